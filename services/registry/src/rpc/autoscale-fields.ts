/** AutoscalePolicy ↔ settings, with every default and every violation. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { AutoscalePolicy, AutoscalePolicySchema, AutoscaleStatusSchema } from '@skein/contracts/registry';
import { durationOfMs, msOfDuration, timestampOfMs } from '@skein/events';
import { AUTOSCALE_DEFAULTS, type AutoscaleSettings } from '../domain/autoscale.ts';
import { scaleDecision } from '../domain/deployment-scale.ts';
import type { DeploymentRecord } from '../domain/deployment-record.ts';
import { durationIn } from './duration-field.ts';
import type { Violations } from './violations.ts';

const MAX_REPLICAS = 1000;
const MAX_CALLS = 10_000;
const HOUR_MS = 3_600_000;

/** Undefined: none was given. */
export function autoscaleOf(
  at: string,
  policy: AutoscalePolicy | undefined,
  violations: Violations,
): AutoscaleSettings | undefined {
  if (policy === undefined) return undefined;
  const { minReplicas = AUTOSCALE_DEFAULTS.minReplicas } = policy;
  const { maxReplicas = Math.max(AUTOSCALE_DEFAULTS.maxReplicas, minReplicas) } = policy;
  if (minReplicas < 0 || minReplicas > MAX_REPLICAS) violations.add(`${at}.min_replicas`, `give 0 to ${MAX_REPLICAS}`);
  if (maxReplicas < Math.max(1, minReplicas) || maxReplicas > MAX_REPLICAS) {
    violations.add(`${at}.max_replicas`, `give 1 to ${MAX_REPLICAS}, and at least min_replicas`);
  }
  if (policy.callsPerInstance < 0 || policy.callsPerInstance > MAX_CALLS) {
    violations.add(`${at}.calls_per_instance`, `give 1 to ${MAX_CALLS}, or leave it out`);
  }
  durationIn(`${at}.scale_up_stabilization`, policy.scaleUpStabilization, 0, HOUR_MS, violations);
  durationIn(`${at}.scale_down_stabilization`, policy.scaleDownStabilization, 0, HOUR_MS, violations);
  durationIn(`${at}.idle_timeout`, policy.idleTimeout, 1000, 24 * HOUR_MS, violations);
  return {
    minReplicas,
    maxReplicas,
    ...thresholdsOf(at, policy, violations),
    scaleUpStabilizationMs: msOfDuration(policy.scaleUpStabilization) ?? AUTOSCALE_DEFAULTS.scaleUpStabilizationMs,
    scaleDownStabilizationMs:
      msOfDuration(policy.scaleDownStabilization) ?? AUTOSCALE_DEFAULTS.scaleDownStabilizationMs,
    callsPerInstance: policy.callsPerInstance || AUTOSCALE_DEFAULTS.callsPerInstance,
    idleTimeoutMs: msOfDuration(policy.idleTimeout) ?? AUTOSCALE_DEFAULTS.idleTimeoutMs,
  };
}

/** Loads and thresholds in an order in which they do not work against each other; the negations refuse NaN too. */
function thresholdsOf(at: string, policy: AutoscalePolicy, violations: Violations) {
  const { targetLoad = AUTOSCALE_DEFAULTS.targetLoad } = policy;
  // Defaults that are left out make room for what is given.
  const { scaleUpThreshold = Math.max(AUTOSCALE_DEFAULTS.scaleUpThreshold, targetLoad) } = policy;
  const { scaleDownThreshold = Math.min(AUTOSCALE_DEFAULTS.scaleDownThreshold, targetLoad / 2) } = policy;
  if (!(targetLoad > 0 && targetLoad <= 1)) violations.add(`${at}.target_load`, 'give more than 0, at most 1');
  if (!(scaleUpThreshold >= targetLoad && scaleUpThreshold <= 1)) {
    violations.add(`${at}.scale_up_threshold`, 'give at least target_load, at most 1');
  }
  if (!(scaleDownThreshold >= 0 && scaleDownThreshold < targetLoad)) {
    violations.add(`${at}.scale_down_threshold`, 'give 0 or more, less than target_load');
  }
  return { targetLoad, scaleUpThreshold, scaleDownThreshold };
}

/** Settings for the wire. */
export function autoscaleToMessage(settings: AutoscaleSettings): MessageInitShape<typeof AutoscalePolicySchema> {
  const { scaleUpStabilizationMs, scaleDownStabilizationMs, idleTimeoutMs, ...rest } = settings;
  return {
    ...rest,
    scaleUpStabilization: durationOfMs(scaleUpStabilizationMs),
    scaleDownStabilization: durationOfMs(scaleDownStabilizationMs),
    idleTimeout: durationOfMs(idleTimeoutMs),
  };
}

/** What autoscaling sees and does, for the wire; undefined: the deployment is not autoscaled. */
export function autoscaleStatus(
  deployment: DeploymentRecord,
): MessageInitShape<typeof AutoscaleStatusSchema> | undefined {
  const { autoscaling, readAtMs } = deployment;
  const decision = scaleDecision(deployment, readAtMs);
  if (autoscaling === undefined || decision === undefined) return undefined;
  const { load, desired, reason } = decision;
  const { scaledAtMs, usedAtMs, calledAtMs = 0 } = autoscaling;
  const { pending } = decision;
  const waitedMs = pending === undefined ? 0 : readAtMs - pending.sinceMs;
  const waits =
    pending === undefined ? '' : `${reason}: ${pending.replicas} wanted for ${Math.round(waitedMs / 1000)} s`;
  return {
    ...(load === undefined ? {} : { load }),
    desiredReplicas: desired,
    reason: [autoscaling.reason, waits].filter((text) => text !== '').join('; '),
    ...(scaledAtMs === undefined ? {} : { scaledAt: timestampOfMs(scaledAtMs) }),
    usedAt: timestampOfMs(Math.max(usedAtMs, calledAtMs)),
  };
}
