/** What is decided about a deployment, and what decisions have in common. */
import type { Rescale } from './deployment-scale.ts';
import type { AssignmentRecord } from './deployment-record.ts';

/** What to write. */
export interface DeploymentPlan {
  /** Assignments that are over, or whose executor is gone. */
  readonly forget: readonly string[];
  readonly stop: readonly string[];
  /** The executor of each new assignment. */
  readonly start: readonly string[];
  /** Assignments that are brought to the newest revision as they are. */
  readonly adopt: readonly string[];
  /** The executor that takes away what another one has left, or none. */
  readonly cleanUp: readonly string[];
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

export const NOTHING: DeploymentPlan = Object.freeze({
  forget: [],
  stop: [],
  start: [],
  adopt: [],
  cleanUp: [],
  completes: false,
  progressCount: undefined,
  rollBack: undefined,
  rescale: undefined,
  obstacle: '',
  isOver: false,
});

/** Whether a plan says to write anything. */
export function isNews(plan: DeploymentPlan, obstacle: string): boolean {
  const { forget, stop, start, adopt, cleanUp, completes, progressCount, rollBack, rescale, isOver } = plan;
  const writes =
    [...forget, ...stop, ...start, ...adopt, ...cleanUp].length > 0 ||
    progressCount !== undefined ||
    rollBack !== undefined;
  return writes || completes || isOver || rescale !== undefined || plan.obstacle !== obstacle;
}

/** When an instance counts; Infinity: it is not ready. */
export function availableAt({ wanted, state, readyAtMs }: AssignmentRecord, minReadyMs: number): number {
  return wanted && state === 'RUNNING' && readyAtMs !== undefined ? readyAtMs + minReadyMs : Infinity;
}
