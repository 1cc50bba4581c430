/** A small warehouse: the service of stock.proto over gRPC with server reflection; articles are kept in memory. */
import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Code, ConnectError, type HandlerContext } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { ServerReflection } from '@skein/contracts/grpc';
import { reflectionBinding } from '@skein/rpc';
import { StockService, type CheckRequest, type ReserveRequest } from './stock/v1/stock_pb.ts';

/** A server that runs. */
export interface StockServer extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
  /** Calls of Reserve that it got, repeated ones too. */
  readonly reserveCalls: number;
}

/** The articles, and how many there are of each. */
const ARTICLES: Readonly<Record<string, number>> = { 'lamp-17': 5, 'chair-3': 0 };

/** Starts the server. */
export async function startStockServer(port = 0, host = '127.0.0.1'): Promise<StockServer> {
  const stock = new Map(Object.entries(ARTICLES));
  const reservations = new Map<string, { reservationId: string; remaining: number }>();
  let reserveCalls = 0;

  const availableOf = (sku: string): number => {
    const available = stock.get(sku);
    if (available === undefined) throw new ConnectError(`${sku} is not sold here`, Code.NotFound);
    return available;
  };
  const check = ({ sku }: CheckRequest) => ({ sku, available: availableOf(sku) });
  const reserve = ({ sku, quantity }: ReserveRequest, { requestHeader }: HandlerContext) => {
    reserveCalls += 1;
    const key = requestHeader.get('idempotency-key') ?? '';
    const known = reservations.get(key);
    if (known !== undefined) return known;
    const remaining = availableOf(sku) - quantity;
    if (remaining < 0) throw new ConnectError(`only ${availableOf(sku)} of ${sku} are left`, Code.FailedPrecondition);
    stock.set(sku, remaining);
    const reservation = { reservationId: `r-${reservations.size + 1}`, remaining };
    if (key !== '') reservations.set(key, reservation);
    return reservation;
  };

  const { methods } = reflectionBinding([{ service: StockService, methods: {} }]);
  const reflection = Object.fromEntries(Object.entries(methods).map(([name, { impl }]) => [name, impl]));
  const server = createServer(
    connectNodeAdapter({
      routes: (router) => router.service(StockService, { check, reserve }).service(ServerReflection, reflection),
    }),
  );
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    address: `${host}:${(server.address() as AddressInfo).port}`,
    get reserveCalls() {
      return reserveCalls;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}
