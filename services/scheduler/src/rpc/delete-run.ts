import type { MethodImpl } from '@connectrpc/connect';
import type { RunService } from '@skein/contracts/scheduler';
import { deleteRun } from '../app/retention/delete-run.ts';
import type { RunRetention } from '../app/retention/run-retention.ts';
import { pause } from './pause.ts';
import { namespaceOf, runIdOf } from './request-fields.ts';

/** Between two looks at whether event-log has confirmed a run. */
const RETRY_MS = 250;

/** RunService.DeleteRun. Any scheduler may: an ended run is nobody's. */
export function deleteRunRpc({
  retention,
}: {
  readonly retention: Pick<RunRetention, 'deleteRun'>;
}): MethodImpl<typeof RunService.method.deleteRun> {
  const monotonicMs = () => performance.now();
  return async ({ namespace, runId }, { signal }) => {
    const address = { namespace: namespaceOf(namespace), runId: runIdOf(runId) };
    await deleteRun({ retention, monotonicMs, pause: () => pause(RETRY_MS, signal) }, address);
    return {};
  };
}
