import { Code } from '@connectrpc/connect';
import { isTerminal } from '@skein/domain';
import { skeinError } from '@skein/rpc';
import { findRun, type FindRunDependencies, type FoundRun } from './find-run.ts';

/**
 * Cancels a run; it is CANCELLED when this resolves. Cancelling a cancelled run changes nothing.
 * @throws RUN_NOT_FOUND, RUN_ENDED
 */
export async function cancelRun(
  dependencies: FindRunDependencies,
  namespace: string,
  runId: string,
  reason: string,
): Promise<FoundRun> {
  const before = await findRun(dependencies, namespace, runId);
  if (!isTerminal(before.state.status)) await dependencies.engine.submit(runId, { kind: 'cancel_run', reason });
  const after = isTerminal(before.state.status) ? before : await findRun(dependencies, namespace, runId);
  if (after.state.status === 'CANCELLED') return after;
  throw skeinError({
    reason: 'RUN_ENDED',
    code: Code.FailedPrecondition,
    message: `run ${runId} has ended already, as ${after.state.status}`,
    place: 'run_id',
    remedy: 'an ended run stays as it is; start a new one',
  });
}
