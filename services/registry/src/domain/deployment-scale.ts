/** What autoscaling does to a deployment as it is written. Pure. */
import { decideScale, type PendingScale, type ScaleDecision } from './autoscale.ts';
import type { Autoscaling, DeploymentState } from './deployment-record.ts';

/** What to write. */
export interface Rescale {
  readonly replicas: number;
  readonly pending: PendingScale | undefined;
  readonly usedAtMs: number;
  /** Why `replicas` is another; undefined: it is as it was. */
  readonly reason: string | undefined;
}

/** Calls are written down only when they are so much later than what is written: each costs a write. */
const USE_STEP_SHARE = 0.1;
const MAX_USE_STEP_MS = 10_000;

/** Undefined: nothing is to be written. */
export function scaleNow(deployment: DeploymentState, nowMs: number): Rescale | undefined {
  const { autoscaling, replicas } = deployment;
  const decision = scaleDecision(deployment, nowMs);
  if (autoscaling === undefined || decision === undefined) return undefined;
  const usedAtMs = lastUseMs(autoscaling);
  const { settings, pending } = autoscaling;
  const isUseNews =
    settings.minReplicas === 0 &&
    usedAtMs - autoscaling.usedAtMs >= Math.min(MAX_USE_STEP_MS, settings.idleTimeoutMs * USE_STEP_SHARE);
  const isNew = decision.replicas !== replicas;
  if (!isNew && !isUseNews && isSame(decision.pending, pending)) return undefined;
  const reason = isNew ? `${decision.reason}: ${replicas} to ${decision.replicas} instances` : undefined;
  return { replicas: decision.replicas, pending: decision.pending, usedAtMs, reason };
}

/** What autoscaling thinks of a deployment; undefined: it is not autoscaled. */
export function scaleDecision(deployment: DeploymentState, nowMs: number): ScaleDecision | undefined {
  const { autoscaling, replicas, revision, completeRevision } = deployment;
  if (autoscaling === undefined || autoscaling.isElsewhere) return undefined;
  const isComplete = completeRevision === revision;
  return decideScale({ ...autoscaling, usedAtMs: lastUseMs(autoscaling), replicas, isComplete }, nowMs);
}

function lastUseMs({ usedAtMs, calledAtMs }: Autoscaling): number {
  return Math.max(usedAtMs, calledAtMs ?? 0);
}

function isSame(one: PendingScale | undefined, other: PendingScale | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.direction === other.direction && one.sinceMs === other.sinceMs && one.replicas === other.replicas;
}
