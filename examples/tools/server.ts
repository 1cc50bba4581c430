/** A small HTTP service that knows what parcels cost: `GET /rates/{country}?weight_kg=…` answers JSON. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that runs. */
export interface RateServer extends AsyncDisposable {
  /** Base URL, without a slash at its end. */
  readonly url: string;
}

/** Cents for each kilogram, by country. */
const RATES: Readonly<Record<string, number>> = { de: 450, fr: 700, us: 1900 };

/** Starts the server. */
export async function startRateServer(port = 0, host = '127.0.0.1'): Promise<RateServer> {
  const server = createServer(({ method, url = '/' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://rates');
    const country = /^\/rates\/([a-z]{2})$/.exec(pathname)?.[1] ?? '';
    const rate = RATES[country];
    const weightKg = Number(searchParams.get('weight_kg'));
    if (method !== 'GET' || rate === undefined) return answer(response, 404, { error: `no rate for ${pathname}` });
    if (!(weightKg > 0)) return answer(response, 422, { error: 'weight_kg must be above zero' });
    return answer(response, 200, { country, price_cents: Math.ceil(rate * weightKg) });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
