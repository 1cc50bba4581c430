/** Whether an instance answers: a GET of its health path, or of its agent's card over gRPC. */
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { AgentService } from '@skein/contracts/agent';
import { AgentProtocol } from '@skein/contracts/registry';
import { grpcTransport } from '@skein/rpc';
import { Agent, request } from 'undici';
import type { ReadinessPort } from '../../app/runtime.ts';

export function readinessCheck(): ReadinessPort {
  // A connection for each check: one that is kept would not notice that nobody listens any more.
  const connections = new Agent({ pipelining: 0 });
  return {
    async check(address, { protocol, healthPath }, signal) {
      const base = address.includes('://') ? address.replace(/\/+$/, '') : `http://${address}`;
      if (protocol === AgentProtocol.GRPC || !/^https?:/.test(base)) {
        return askCard(address.replace(/^grpc:\/\//, '').replace(/\/$/, ''), signal);
      }
      const url = `${base}${healthPath}`;
      const { statusCode, body } = await request(url, { dispatcher: connections, signal });
      await body.dump();
      if (statusCode < 200 || statusCode > 299) throw new Error(`GET ${healthPath} is answered with ${statusCode}`);
    },
    [Symbol.dispose]: () => void connections.destroy(),
  };
}

async function askCard(address: string, signal: AbortSignal): Promise<void> {
  using transport = grpcTransport({ address });
  try {
    await createClient(AgentService, transport).getCard({}, { signal });
  } catch (error) {
    const { code } = ConnectError.from(error);
    // A server that does not know the method, or refuses, is there.
    if (code === Code.Unavailable || code === Code.DeadlineExceeded || code === Code.Canceled) throw error;
  }
}
