import { Pool } from 'undici';

/** An answer, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** HTTP to one server: keep-alive connections, one request at a time on each. */
export interface HttpClient extends AsyncDisposable {
  get(path: string): Promise<HttpAnswer>;
  post(path: string, body: string): Promise<HttpAnswer>;
}

const TIMEOUT_MS = 180_000;
const HEADERS = { 'content-type': 'application/json' };

/** A client with at most so many connections. */
export function httpClient(url: string, connections: number): HttpClient {
  const pool = new Pool(url, { connections, pipelining: 1, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  return {
    async get(path) {
      const { statusCode, body } = await pool.request({ path, method: 'GET' });
      return { status: statusCode, text: await body.text() };
    },
    async post(path, text) {
      const { statusCode, body } = await pool.request({ path, method: 'POST', headers: HEADERS, body: text });
      return { status: statusCode, text: await body.text() };
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}
