/**
 * What is to be done about a deployment now. Pure.
 *
 * D1. Never more than `replicas + maxSurge` wanted instances.
 * D2. No instance that is available is stopped for a rollout while fewer than `replicas - maxUnavailable` others are.
 * D3. What does not serve goes first.
 * D4. A revision that was complete once is never rolled back; one that was not goes back to the last that was.
 * D5. How many instances an autoscaled deployment has is decided with everything else, and holds at once.
 */
import { availableAt, NOTHING, type DeploymentPlan } from './deployment-decision.ts';
import { scaleNow } from './deployment-scale.ts';
import { isWhole } from './instance-template.ts';
import { noPlace, place } from './placement.ts';
import { planWhole } from './whole-plan.ts';
import type { AssignmentRecord, DeploymentState, HostExecutor } from './deployment-record.ts';

export function planDeployment(
  deployment: DeploymentState,
  executors: readonly HostExecutor[],
  nowMs: number,
): DeploymentPlan {
  const living = new Set(executors.map(({ executorId }) => executorId));
  const isOver = ({ executorId, state }: AssignmentRecord) => state === 'STOPPED' || !living.has(executorId);
  const forget = idsOf(deployment.assignments.filter(isOver));
  const left = deployment.assignments.filter((assignment) => !isOver(assignment));
  if (isWhole(deployment.runtime)) return planWhole({ deployment, forget, left }, executors, nowMs);
  const wanted = left.filter((assignment) => assignment.wanted);
  if (deployment.deleting) return { ...NOTHING, forget, stop: idsOf(wanted), isOver: left.length === 0 };

  const { rollout, revision } = deployment;
  const rescale = scaleNow(deployment, nowMs);
  const replicas = rescale?.replicas ?? deployment.replicas;
  const isAvailable = (assignment: AssignmentRecord) => availableAt(assignment, rollout.minReadyMs) <= nowMs;
  const newest = wanted.filter((assignment) => assignment.revision === revision);
  const older = wanted.filter((assignment) => assignment.revision !== revision);
  const updated = newest.filter(isAvailable).length;

  const isComplete = deployment.completeRevision === revision;
  const isStep = isComplete ? updated !== deployment.progressCount : updated > deployment.progressCount;
  const progressCount = isStep ? updated : undefined;
  const completes = !isComplete && updated >= replicas && left.length === newest.length && newest.length === replicas;
  const isLate =
    !isStep && updated < replicas && nowMs - deployment.progressAtMs >= rollout.progressDeadlineMs && !isComplete;
  if (isLate && rollout.automaticRollback && deployment.completeRevision > 0) {
    const why = newest.find(({ failure }) => failure !== '')?.failure ?? deployment.obstacle;
    return { ...NOTHING, forget, rollBack: { revision: deployment.completeRevision, why } };
  }

  const surplus = orderToStop(newest, isAvailable).slice(0, Math.max(0, newest.length - replicas));
  const stop = [...surplus, ...outdated({ rollout, replicas }, older, newest.length, updated, isAvailable)];
  const room = replicas + rollout.maxSurge - wanted.length + surplus.length;
  const missing = Math.max(0, Math.min(replicas - newest.length, room));
  const start = place(missing, deployment.runtime, left, executors);
  const obstacle = start.length === missing ? '' : noPlace(deployment.runtime, executors);
  return { ...NOTHING, forget, stop: idsOf(stop), start, completes, progressCount, rescale, obstacle };
}

/** Instances of older revisions that may stop now. D2, D3. */
function outdated(
  { replicas, rollout }: Pick<DeploymentState, 'replicas' | 'rollout'>,
  older: readonly AssignmentRecord[],
  newest: number,
  updated: number,
  isAvailable: (assignment: AssignmentRecord) => boolean,
): readonly AssignmentRecord[] {
  const serving = older.filter(isAvailable);
  const idle = older.filter((assignment) => !isAvailable(assignment));
  const spare = updated + serving.length - Math.max(0, replicas - rollout.maxUnavailable);
  // With nothing of the newest revision to come, as when scaled to none, nothing is waited for.
  const stoppable = replicas === 0 && newest === 0 ? serving.length : Math.max(0, Math.min(spare, serving.length));
  return [...idle, ...orderToStop(serving, isAvailable).slice(0, stoppable)];
}

/** Those that do not serve first, then the youngest. */
function orderToStop(
  assignments: readonly AssignmentRecord[],
  isAvailable: (assignment: AssignmentRecord) => boolean,
): readonly AssignmentRecord[] {
  return assignments.toSorted(
    (a, b) => Number(isAvailable(a)) - Number(isAvailable(b)) || b.createdAtMs - a.createdAtMs,
  );
}

const idsOf = (assignments: readonly AssignmentRecord[]) => assignments.map(({ assignmentId }) => assignmentId);
