/**
 * What is to be done about a deployment now. Pure.
 *
 * D1. Never more than `replicas + maxSurge` wanted instances.
 * D2. No instance that is available is stopped for a rollout while fewer than `replicas - maxUnavailable` others are.
 * D3. What does not serve goes first.
 * D4. A revision that was complete once is never rolled back; one that was not goes back to the last that was.
 * D5. How many instances an autoscaled deployment has is decided with everything else, and holds at once.
 */
import { scaleNow, type Rescale } from './deployment-scale.ts';
import type { AssignmentRecord, DeploymentState, HostExecutor } from './deployment-record.ts';

/** What to write. */
export interface DeploymentPlan {
  /** Assignments that are over, or whose executor is gone. */
  readonly forget: readonly string[];
  readonly stop: readonly string[];
  /** The executor of each new assignment. */
  readonly start: readonly string[];
  /** Every instance wanted is available and of the newest revision, for the first time. */
  readonly completes: boolean;
  /** The number of available instances of the newest revision, where it counts as a step. */
  readonly progressCount: number | undefined;
  /** The revision whose template becomes the newest one, and why. */
  readonly rollBack: { readonly revision: number; readonly why: string } | undefined;
  /** What autoscaling has to write down; undefined: nothing. */
  readonly rescale: Rescale | undefined;
  /** What is in the way; empty: nothing. */
  readonly obstacle: string;
  /** It is deleted, and the last instance has stopped. */
  readonly isOver: boolean;
}

const NOTHING: DeploymentPlan = Object.freeze({
  forget: [],
  stop: [],
  start: [],
  completes: false,
  progressCount: undefined,
  rollBack: undefined,
  rescale: undefined,
  obstacle: '',
  isOver: false,
});

export function planDeployment(
  deployment: DeploymentState,
  executors: readonly HostExecutor[],
  nowMs: number,
): DeploymentPlan {
  const living = new Set(executors.map(({ executorId }) => executorId));
  const isOver = ({ executorId, state }: AssignmentRecord) => state === 'STOPPED' || !living.has(executorId);
  const forget = idsOf(deployment.assignments.filter(isOver));
  const left = deployment.assignments.filter((assignment) => !isOver(assignment));
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

/** Whether a plan says to write anything. */
export function isNews(plan: DeploymentPlan, obstacle: string): boolean {
  const { forget, stop, start, completes, progressCount, rollBack, rescale, isOver } = plan;
  const writes = [...forget, ...stop, ...start].length > 0 || progressCount !== undefined || rollBack !== undefined;
  return writes || completes || isOver || rescale !== undefined || plan.obstacle !== obstacle;
}

/** When an instance counts; Infinity: it is not ready. */
export function availableAt({ wanted, state, readyAtMs }: AssignmentRecord, minReadyMs: number): number {
  return wanted && state === 'RUNNING' && readyAtMs !== undefined ? readyAtMs + minReadyMs : Infinity;
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

/** An executor for each of `count` instances: the one with the fewest of this deployment, then of all. */
function place(
  count: number,
  runtime: string,
  own: readonly AssignmentRecord[],
  executors: readonly HostExecutor[],
): readonly string[] {
  const fitting = executors
    .filter(({ runtimes }) => runtimes.includes(runtime))
    .map(({ executorId, assigned, capacity }) => ({
      executorId,
      own: own.filter((assignment) => assignment.executorId === executorId).length,
      assigned,
      capacity,
    }));
  const placed: string[] = [];
  while (placed.length < count) {
    const [best] = fitting
      .filter(({ assigned, capacity }) => assigned < capacity)
      .toSorted((a, b) => a.own - b.own || a.assigned - b.assigned || (a.executorId < b.executorId ? -1 : 1));
    if (best === undefined) break;
    best.own += 1;
    best.assigned += 1;
    placed.push(best.executorId);
  }
  return placed;
}

function noPlace(runtime: string, executors: readonly HostExecutor[]): string {
  if (!executors.some(({ runtimes }) => runtimes.includes(runtime))) {
    return `no executor has the runtime ${runtime}: start one with SKEIN_EXECUTOR_RUNTIMES=${runtime}`;
  }
  return `no executor with the runtime ${runtime} has room: start another, or raise SKEIN_EXECUTOR_CAPACITY`;
}

const idsOf = (assignments: readonly AssignmentRecord[]) => assignments.map(({ assignmentId }) => assignmentId);
