import type { MethodImpl } from '@connectrpc/connect';
import type { TaskService } from '@skein/contracts/scheduler';
import { runIdOf } from './request-fields.ts';
import type { TaskRpcParts } from './task-service.ts';

/** TaskService.TakeRun. */
export function takeRunRpc({ takeRun }: TaskRpcParts): MethodImpl<typeof TaskService.method.takeRun> {
  return async ({ runId }) => {
    await takeRun(runIdOf(runId));
    return {};
  };
}
