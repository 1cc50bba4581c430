import { createClient } from '@connectrpc/connect';
import { TaskService } from '@skein/contracts/scheduler';
import { grpcTransport } from '@skein/rpc';
import type { SchedulerPeer } from '../../app/scheduler-peer.ts';

/** A scheduler in another process, by `host:port`. */
export function grpcScheduler(address: string): SchedulerPeer & Disposable {
  const transport = grpcTransport({ address });
  return {
    name: address,
    tasks: createClient(TaskService, transport),
    [Symbol.dispose]: () => transport[Symbol.dispose](),
  };
}
