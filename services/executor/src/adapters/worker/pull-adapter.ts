/**
 * Workers that have dialled in, here or at another executor.
 *
 * Owns the channels to other executors. A worker there is called as an agent is, through its executor, which is told by
 * `WORKER_HEADER` which one is meant.
 */
import { AgentProtocol } from '@skein/contracts/registry';
import type { AgentProtocolAdapter } from '../../app/agent-protocol.ts';
import type { WorkerHub } from '../../app/worker-hub.ts';
import { lasting } from '../../domain/call-failure.ts';
import { agentPlace } from '../../domain/agent-place.ts';
import { ChannelPool } from '../grpc/channel-pool.ts';
import { invoke } from '../grpc/grpc-adapter.ts';
import { WORKER_HEADER, workerOf } from '../../domain/worker-address.ts';

export function pullAdapter(hub: WorkerHub, executorAddress: string): AgentProtocolAdapter {
  const pool = new ChannelPool();
  return {
    protocol: AgentProtocol.PULL,
    async call(request, sink, signal) {
      const { namespace, agentId, endpoint } = request;
      const worker = workerOf(endpoint);
      if (worker === undefined) {
        throw lasting('AGENT_UNAVAILABLE', {
          message: `${endpoint} is no address of a worker`,
          place: agentPlace(agentId, endpoint),
          remedy: 'leave the registration of workers to the executors that they dial in to',
        });
      }
      const { workerId } = worker;
      if (worker.executorAddress === executorAddress) {
        return hub.call({ namespace, agentId, workerId }, request, sink, signal);
      }
      return invoke(pool.lease(worker.executorAddress), request, sink, signal, { [WORKER_HEADER]: workerId });
    },
    [Symbol.asyncDispose]: async () => pool[Symbol.dispose](),
  };
}
