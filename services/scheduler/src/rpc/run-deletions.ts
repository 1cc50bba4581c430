import type { MethodImpl } from '@connectrpc/connect';
import type { TaskService } from '@skein/contracts/scheduler';
import type { RunRetention } from '../app/retention/run-retention.ts';
import { invalidField, pageSizeOf, runIdOf } from './request-fields.ts';

const MAX_RUN_IDS = 1000;

interface Parts {
  readonly retention: Pick<RunRetention, 'unconfirmed' | 'confirm'>;
}

/** TaskService.ListRunDeletions. Answered from the store, so that any scheduler can. */
export function listRunDeletionsRpc({ retention }: Parts): MethodImpl<typeof TaskService.method.listRunDeletions> {
  return async ({ pageSize }) => {
    const deletions = await retention.unconfirmed(pageSizeOf(pageSize));
    return { deletions: deletions.map(({ namespace, runId }) => ({ namespace, runId })) };
  };
}

/** TaskService.ConfirmRunDeletions. */
export function confirmRunDeletionsRpc({
  retention,
}: Parts): MethodImpl<typeof TaskService.method.confirmRunDeletions> {
  return async ({ runIds }) => {
    if (runIds.length > MAX_RUN_IDS) throw invalidField('run_ids', `give at most ${MAX_RUN_IDS}`);
    if (runIds.length > 0) await retention.confirm(runIds.map(runIdOf));
    return {};
  };
}
