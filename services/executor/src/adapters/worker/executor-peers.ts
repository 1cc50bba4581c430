import { createClient, type Client } from '@connectrpc/connect';
import { WorkerService } from '@skein/contracts/worker';
import { grpcTransport, type ClosableTransport } from '@skein/rpc';

/** Other executors, by their address; a connection is made when one is first asked for. */
export class ExecutorPeers implements Disposable {
  readonly #transports = new Map<string, ClosableTransport>();

  client(address: string): Client<typeof WorkerService> {
    const transport = this.#transports.get(address) ?? grpcTransport({ address });
    this.#transports.set(address, transport);
    return createClient(WorkerService, transport);
  }

  [Symbol.dispose](): void {
    for (const transport of this.#transports.values()) transport[Symbol.dispose]();
    this.#transports.clear();
  }
}
