import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConnectRouter } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';

/** An API that answers what a test says. */
export interface FakePlatform extends AsyncDisposable {
  readonly url: string;
}

/** Serves the given routes over Connect on a free port. */
export async function fakePlatform(routes: (router: ConnectRouter) => void): Promise<FakePlatform> {
  const server = createServer(connectNodeAdapter({ routes }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
