/**
 * Requests of the Docker Engine's HTTP API over its socket.
 *
 * Owns the connections. Answers are read as the caller says they are; nothing is asked twice.
 *
 * E1. A request that the Engine refuses is an `EngineError` with its words; one that finds nobody is an `EngineAwayError`.
 * E2. Whoever leaves a stream, or fires its signal, ends the request.
 */
import { Agent, request, type Dispatcher } from 'undici';

/** The Engine does not do what it was asked. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Nobody answers at the socket, or stopped to in the middle of an answer. */
export class EngineAwayError extends Error {
  override readonly name = 'EngineAwayError';
}

/** What is asked of the Engine. */
export interface EngineRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Without the version. Parts that are not of our making are encoded already. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/** The version whose behaviour is expected, of Engine 20.10; newer Engines may want a newer one. */
const API_VERSION = '1.41';
/** For an answer to begin. A request whose answer is a stream begins at once. */
const HEADERS_TIMEOUT_MS = 60_000;
const MAX_ERROR_LENGTH = 500;

export class EngineClient implements AsyncDisposable {
  readonly #socketPath: string;
  readonly #connections: Agent;
  #version: Promise<string> | undefined;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
    this.#connections = new Agent({
      connect: { socketPath },
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: 0,
      pipelining: 0,
    });
  }

  /** The answer as JSON; undefined where it is empty. @throws EngineError, EngineAwayError */
  async call<Answer>(asked: EngineRequest): Promise<Answer> {
    const { statusCode, body } = await this.#send(asked);
    const text = await this.#whole(body);
    if (statusCode >= 400) throw new EngineError(statusCode, reasonIn(text));
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  /** Resolves when the answer begins, with its bytes as they come. @throws EngineError, EngineAwayError */
  async open(asked: EngineRequest): Promise<AsyncGenerator<Buffer, void>> {
    const { statusCode, body } = await this.#send(asked);
    if (statusCode >= 400) throw new EngineError(statusCode, reasonIn(await this.#whole(body)));
    return this.#bytesOf(body, asked.signal);
  }

  async *#bytesOf(body: Dispatcher.ResponseData['body'], signal: AbortSignal | undefined) {
    try {
      for await (const chunk of body) yield chunk as Buffer;
    } catch (error) {
      throw this.#away(error, signal);
    } finally {
      body.on('error', () => {}).destroy();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connections.destroy();
  }

  async #send(asked: EngineRequest): Promise<Dispatcher.ResponseData> {
    this.#version ??= this.#agreeOnVersion();
    try {
      return await this.#request(await this.#version, asked);
    } catch (error) {
      // Who answers next may be another Engine.
      this.#version = undefined;
      throw error;
    }
  }

  async #agreeOnVersion(): Promise<string> {
    const { body } = await this.#request('', { path: '/version' });
    const { MinAPIVersion: least = API_VERSION } = JSON.parse(await this.#whole(body)) as { MinAPIVersion?: string };
    return `/v${minorOf(least) > minorOf(API_VERSION) ? least : API_VERSION}`;
  }

  async #request(version: string, asked: EngineRequest): Promise<Dispatcher.ResponseData> {
    const { method = 'GET', path, query = {}, body, signal } = asked;
    const parameters = new URLSearchParams(query).toString();
    try {
      return await request(`http://engine${version}${path}${parameters === '' ? '' : `?${parameters}`}`, {
        dispatcher: this.#connections,
        method,
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      throw this.#away(error, signal);
    }
  }

  async #whole(body: Dispatcher.ResponseData['body']): Promise<string> {
    try {
      return await body.text();
    } catch (error) {
      throw this.#away(error, undefined);
    }
  }

  #away(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted === true) return error;
    const why = error instanceof Error ? error.message : String(error);
    return new EngineAwayError(`the Docker Engine at ${this.#socketPath} does not answer: ${why}`, { cause: error });
  }
}

const minorOf = (version: string): number => Number(version.split('.')[1] ?? 0);

/** The objects of an answer, one a line. */
export async function* objectsIn<Item>(bytes: AsyncIterable<Buffer>): AsyncGenerator<Item, void> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as Item;
  }
}

/** `{"message": "…"}`. */
function reasonIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    if (typeof message === 'string') return message.slice(0, MAX_ERROR_LENGTH);
  } catch {
    // Not of the Engine: a proxy, or no Engine at all.
  }
  return text.slice(0, MAX_ERROR_LENGTH) || 'no reason was given';
}
