/** Commands that people give to open runs. */
import { Code } from '@connectrpc/connect';
import { findPlanNode, isTerminal, type RunCommand, type RunStatus } from '@skein/domain';
import { skeinError } from '@skein/rpc';
import { findRun, type FindRunDependencies, type FoundRun } from './find-run.ts';

/** Which run. */
export interface RunAddress {
  readonly namespace: string;
  readonly runId: string;
}

/**
 * Cancels a run; it is CANCELLED when this resolves, or on its way there while something is undone. Cancelling a
 * cancelled run changes nothing.
 * @throws RUN_NOT_FOUND, RUN_ENDED
 */
export function cancelRun(dependencies: FindRunDependencies, address: RunAddress, reason: string): Promise<FoundRun> {
  return endRun(dependencies, address, { kind: 'cancel_run', reason }, ['CANCELLED', 'CANCELLING', 'FAILING']);
}

/**
 * Ends a run at once; nothing is undone. Terminating a terminated run changes nothing.
 * @throws RUN_NOT_FOUND, RUN_ENDED
 */
export function terminateRun(
  dependencies: FindRunDependencies,
  address: RunAddress,
  reason: string,
): Promise<FoundRun> {
  return endRun(dependencies, address, { kind: 'terminate_run', reason }, ['TERMINATED']);
}

/**
 * Holds a run or one of its nodes back, or lets it go on.
 * @throws RUN_NOT_FOUND, NODE_NOT_FOUND, RUN_ENDED
 */
export async function pauseOrResume(
  dependencies: FindRunDependencies,
  address: RunAddress,
  command: Extract<RunCommand, { kind: 'pause_run' | 'resume_run' }>,
): Promise<FoundRun> {
  const { state, plan } = await findRun(dependencies, address.namespace, address.runId);
  const { nodeId } = command;
  if (nodeId !== '' && findPlanNode(plan, nodeId) === undefined) throw nodeNotFound(plan.workflowId, nodeId);
  if (isTerminal(state.status)) throw runEnded(address.runId, state.status);
  await dependencies.engine.submit(address.runId, command);
  const after = await findRun(dependencies, address.namespace, address.runId);
  if (isTerminal(after.state.status)) throw runEnded(address.runId, after.state.status);
  return after;
}

async function endRun(
  dependencies: FindRunDependencies,
  { namespace, runId }: RunAddress,
  command: RunCommand,
  wanted: readonly RunStatus[],
): Promise<FoundRun> {
  const before = await findRun(dependencies, namespace, runId);
  if (!isTerminal(before.state.status)) await dependencies.engine.submit(runId, command);
  const after = isTerminal(before.state.status) ? before : await findRun(dependencies, namespace, runId);
  if (wanted.includes(after.state.status)) return after;
  throw runEnded(runId, after.state.status);
}

/** Terminal states are final. */
export function runEnded(runId: string, status: RunStatus) {
  return skeinError({
    reason: 'RUN_ENDED',
    code: Code.FailedPrecondition,
    message: `run ${runId} has ended already, as ${status}`,
    place: 'run_id',
    remedy: 'an ended run stays as it is; start a new one, or go on from it with `skein runs fork`',
  });
}

/** No such node. */
export function nodeNotFound(workflowId: string, nodeId: string) {
  return skeinError({
    reason: 'NODE_NOT_FOUND',
    code: Code.NotFound,
    message: `workflow ${workflowId} has no node ${nodeId}`,
    place: 'node_id',
    remedy: `\`skein workflows get ${workflowId}\` shows its nodes`,
  });
}
