/**
 * How many instances an autoscaled deployment is to have. Pure.
 *
 * U1. The number is always within the bounds.
 * U2. It never flaps: under a load that stays the same it changes at most once. The number follows from the whole load alone,
 *     not from how many instances share it, and between the thresholds nothing changes.
 * U3. What is not ready yet counts as idle when more are considered, and not at all when fewer are.
 * U4. None run only while nobody calls, and never before the newest revision was complete.
 */

/** How a deployment is scaled. */
export interface AutoscaleSettings {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly targetLoad: number;
  readonly scaleUpThreshold: number;
  readonly scaleDownThreshold: number;
  readonly scaleUpStabilizationMs: number;
  readonly scaleDownStabilizationMs: number;
  readonly callsPerInstance: number;
  readonly idleTimeoutMs: number;
}

/** What holds where nothing is said. */
export const AUTOSCALE_DEFAULTS: AutoscaleSettings = Object.freeze({
  minReplicas: 2,
  maxReplicas: 10,
  targetLoad: 0.7,
  scaleUpThreshold: 0.8,
  scaleDownThreshold: 0.3,
  scaleUpStabilizationMs: 0,
  scaleDownStabilizationMs: 300_000,
  callsPerInstance: 10,
  idleTimeoutMs: 300_000,
});

/** How busy one instance that takes calls is. */
export interface InstanceUse {
  /** By its own word; undefined: it does not say. */
  readonly load: number | undefined;
  /** Calls under way. */
  readonly inFlight: number;
}

/** Another number that is wanted, but not for long enough yet. */
export interface PendingScale {
  readonly direction: 'UP' | 'DOWN';
  readonly sinceMs: number;
  /** The least of those wanted since then when there are to be more, the most when fewer. */
  readonly replicas: number;
}

/** What is decided on. */
export interface ScaleFacts {
  readonly settings: AutoscaleSettings;
  readonly replicas: number;
  /** Of the instances that are wanted and ready. */
  readonly uses: readonly InstanceUse[];
  readonly pending: PendingScale | undefined;
  /** When a call was last seen, or an instance asked for. */
  readonly usedAtMs: number;
  /** Whether every instance of the newest revision was ready once. */
  readonly isComplete: boolean;
}

/** What is decided. */
export interface ScaleDecision {
  readonly replicas: number;
  readonly pending: PendingScale | undefined;
  /** Average; undefined: nobody takes calls. */
  readonly load: number | undefined;
  /** What the load asks for now. */
  readonly desired: number;
  /** Why `replicas` changes, or would. Empty: it is as it is to be. */
  readonly reason: string;
}

/** Quotients of loads are not exact: 2.1 / 0.7 is to be three. */
const TOLERANCE = 1e-9;

export function decideScale(facts: ScaleFacts, nowMs: number): ScaleDecision {
  const { settings, replicas, uses } = facts;
  const { minReplicas, maxReplicas } = settings;
  const total = uses.reduce((sum, use) => sum + loadOf(use, settings), 0);
  const load = uses.length === 0 ? undefined : total / uses.length;
  const now = (wanted: number, reason: string): ScaleDecision => {
    return { replicas: wanted, pending: undefined, load, desired: wanted, reason };
  };
  const isIdle = total === 0 && nowMs - facts.usedAtMs >= settings.idleTimeoutMs;
  if (replicas === 0 && minReplicas === 0) {
    return isIdle ? now(0, '') : now(1, 'an instance is asked for');
  }
  if (replicas < minReplicas || replicas > maxReplicas) {
    return now(clamp(replicas, minReplicas, maxReplicas), `the bounds are ${minReplicas} to ${maxReplicas}`);
  }
  if (isIdle && minReplicas === 0 && facts.isComplete) {
    return now(0, `nobody has called for ${seconds(settings.idleTimeoutMs)}`);
  }
  const { wanted, reason } = load === undefined ? { wanted: replicas, reason: '' } : byLoad(facts, total, load);
  if (wanted === replicas) return now(replicas, '');
  return stabilized(facts, { load, desired: wanted, reason }, nowMs);
}

/** Share of its capacity that is in use; more than 1 where more is called than an instance is made for. */
function loadOf({ load, inFlight }: InstanceUse, { callsPerInstance }: AutoscaleSettings): number {
  return load ?? inFlight / callsPerInstance;
}

/** U2, U3. */
function byLoad({ settings, replicas, uses }: ScaleFacts, total: number, load: number) {
  const { minReplicas, maxReplicas, targetLoad, scaleUpThreshold, scaleDownThreshold } = settings;
  const enough = clamp(Math.ceil(total / targetLoad - TOLERANCE), Math.max(1, minReplicas), maxReplicas);
  const ofAll = total / Math.max(replicas, uses.length);
  if (ofAll >= scaleUpThreshold - TOLERANCE && enough > replicas) {
    return { wanted: enough, reason: `the load ${digits(ofAll)} is at or above ${scaleUpThreshold}` };
  }
  if (load <= scaleDownThreshold + TOLERANCE && enough < replicas) {
    return { wanted: enough, reason: `the load ${digits(load)} is at or below ${scaleDownThreshold}` };
  }
  return { wanted: replicas, reason: '' };
}

/** What is wanted for long enough is done. */
function stabilized(
  { settings, replicas, pending }: ScaleFacts,
  { load, desired, reason }: Pick<ScaleDecision, 'load' | 'desired' | 'reason'>,
  nowMs: number,
): ScaleDecision {
  const direction = desired > replicas ? 'UP' : 'DOWN';
  const [windowMs, modest] =
    direction === 'UP' ? [settings.scaleUpStabilizationMs, Math.min] : [settings.scaleDownStabilizationMs, Math.max];
  const earlier = pending?.direction === direction ? pending : undefined;
  const sinceMs = earlier?.sinceMs ?? nowMs;
  const wanted = earlier === undefined ? desired : modest(earlier.replicas, desired);
  if (nowMs - sinceMs >= windowMs) {
    const lasting = windowMs === 0 ? reason : `${reason} since ${seconds(nowMs - sinceMs)}`;
    return { replicas: wanted, pending: undefined, load, desired, reason: lasting };
  }
  const isSame = earlier !== undefined && wanted === earlier.replicas;
  return { replicas, pending: isSame ? earlier : { direction, sinceMs, replicas: wanted }, load, desired, reason };
}

const clamp = (value: number, min: number, max: number): number => Math.min(Math.max(value, min), max);
const digits = (load: number): string => String(Math.round(load * 100) / 100);
const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
