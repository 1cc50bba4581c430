import type { ServiceImpl } from '@connectrpc/connect';
import type { WorkerService } from '@skein/contracts/worker';
import { connectRpc, type ConnectParts } from './connect.ts';
import { completeTaskRpc, failTaskRpc, heartbeatTaskRpc, pollTasksRpc, type PolledTasksParts } from './polled-tasks.ts';

/** skein.worker.v1.WorkerService. */
export function workerService(parts: ConnectParts & PolledTasksParts): ServiceImpl<typeof WorkerService> {
  return {
    connect: connectRpc(parts),
    pollTasks: pollTasksRpc(parts),
    completeTask: completeTaskRpc(parts),
    failTask: failTaskRpc(parts),
    heartbeatTask: heartbeatTaskRpc(parts),
  };
}
