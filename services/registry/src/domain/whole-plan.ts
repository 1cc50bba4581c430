/**
 * What is to be done about a deployment that one executor looks after as a whole. Pure.
 *
 * W1. One executor at most is told to keep it.
 * W2. What its executor cannot keep any more, such as a function that it does not have, goes to another one.
 * W3. A new revision changes what there is: the same assignment becomes of the newest one, and says when it is.
 * W4. What outlives executors is over only when one has said that it has taken everything away: what one that died has left,
 *     another does.
 */
import { availableAt, NOTHING, type DeploymentPlan } from './deployment-decision.ts';
import { scaleNow } from './deployment-scale.ts';
import type { AssignmentRecord, DeploymentState, HostExecutor } from './deployment-record.ts';
import { outlivesExecutors } from './instance-template.ts';
import { noPlace, place } from './placement.ts';

/** A deployment, what is over of it, and what is left. */
export interface WholeFacts {
  readonly deployment: DeploymentState;
  readonly forget: readonly string[];
  readonly left: readonly AssignmentRecord[];
}

export function planWhole(
  { deployment, forget, left }: WholeFacts,
  executors: readonly HostExecutor[],
  nowMs: number,
): DeploymentPlan {
  const { revision, rollout, runtime } = deployment;
  const [kept, ...surplus] = left.filter(({ wanted }) => wanted);
  if (deployment.deleting) return planEnd({ deployment, forget, left }, executors);
  const nothing = { ...NOTHING, forget, stop: surplus.map(({ assignmentId }) => assignmentId) };
  const rescale = scaleNow(deployment, nowMs);
  const replicas = rescale?.replicas ?? deployment.replicas;
  if (kept === undefined) {
    const start = place(1, runtime, left, executors);
    return { ...nothing, start, rescale, obstacle: start.length === 1 ? '' : noPlace(runtime, executors) };
  }
  const canKeep = executors.some((each) => each.executorId === kept.executorId && each.runtimes.includes(runtime));
  if (!canKeep) return { ...nothing, rescale, stop: [...nothing.stop, kept.assignmentId] };
  if (kept.revision !== revision) return { ...nothing, rescale, adopt: [kept.assignmentId] };

  const updated = kept.updatedReplicas;
  const isComplete = deployment.completeRevision === revision;
  const isStep = isComplete ? updated !== deployment.progressCount : updated > deployment.progressCount;
  const progressCount = isStep ? updated : undefined;
  const isAvailable = availableAt(kept, rollout.minReadyMs) <= nowMs;
  const completes = !isComplete && isAvailable && updated >= replicas;
  const isLate =
    !isStep && updated < replicas && nowMs - deployment.progressAtMs >= rollout.progressDeadlineMs && !isComplete;
  if (isLate && rollout.automaticRollback && deployment.completeRevision > 0) {
    return { ...nothing, rollBack: { revision: deployment.completeRevision, why: kept.failure } };
  }
  return { ...nothing, rescale, completes, progressCount };
}

/** W4. */
function planEnd({ deployment, forget, left }: WholeFacts, executors: readonly HostExecutor[]): DeploymentPlan {
  const stop = left.filter(({ wanted }) => wanted).map(({ assignmentId }) => assignmentId);
  if (left.length > 0) return { ...NOTHING, forget, stop };
  const isGone =
    !outlivesExecutors(deployment.runtime) ||
    deployment.assignments.some(({ state, wanted }) => state === 'STOPPED' && !wanted);
  if (isGone) return { ...NOTHING, forget, isOver: true };
  const cleanUp = place(1, deployment.runtime, [], executors);
  return {
    ...NOTHING,
    forget,
    cleanUp,
    obstacle: cleanUp.length === 1 ? '' : noPlace(deployment.runtime, executors),
  };
}
