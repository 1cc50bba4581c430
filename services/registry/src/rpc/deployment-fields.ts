/** Deployment of a request → what is asked for, or every violation at once. */
import { toJson, type JsonObject } from '@bufbuild/protobuf';
import { InstanceTemplateSchema, type Deployment, type RolloutPolicy } from '@skein/contracts/registry';
import { msOfDuration } from '@skein/events';
import { autoscaleOf } from './autoscale-fields.ts';
import type { DesiredDeployment } from '../app/deployment-store.ts';
import { fixedReplicas } from '../domain/instance-template.ts';
import { ROLLOUT_DEFAULTS, type DeploymentKey, type RolloutSettings } from '../domain/deployment-record.ts';
import { checkTemplate } from './instance-template-fields.ts';
import { durationIn } from './duration-field.ts';
import { idOf, namespaceOf } from './request-fields.ts';
import { Violations } from './violations.ts';

const MAX_REPLICAS = 1000;
const HOUR_MS = 3_600_000;

/** @throws INVALID_FIELD with every violation. */
export function desiredOf(deployment: Deployment | undefined): {
  readonly key: DeploymentKey;
  readonly desired: DesiredDeployment;
} {
  const violations = new Violations();
  if (deployment === undefined) violations.add('deployment', 'is required', 'REQUIRED');
  const template = deployment?.template;
  if (deployment !== undefined && template === undefined) {
    violations.add('deployment.template', 'is required', 'REQUIRED');
  }
  if (deployment === undefined || template === undefined) {
    violations.throwIfAny();
    throw new Error('unreachable: what is missing is a violation');
  }
  const namespace = namespaceOf(deployment.namespace, violations);
  const deploymentId = idOf('deployment.deployment_id', deployment.deploymentId, violations);
  const replicas = replicasIn('deployment.replicas', deployment.replicas, violations);
  checkTemplate('deployment.template', template, violations);
  const rollout = rolloutOf(deployment.rollout, violations);
  const autoscale = autoscaleOf('deployment.autoscale', deployment.autoscale, violations);
  const json = toJson(InstanceTemplateSchema, template) as JsonObject;
  const fixed = fixedReplicas(json);
  if (fixed !== undefined) {
    if (replicas !== undefined && replicas !== fixed) {
      violations.add('deployment.replicas', `leave it out: by its template there are ${fixed}`);
    }
    if (autoscale !== undefined)
      violations.add('deployment.autoscale', 'leave it out: its template says how many there are');
  }
  violations.throwIfAny();
  return {
    key: { namespace, deploymentId },
    desired: { agentId: template.agentId, replicas: fixed ?? replicas, rollout, autoscale, template: json },
  };
}

/** The deployment that a request names. */
export function deploymentKeyOf(request: { readonly namespace: string; readonly deploymentId: string }): DeploymentKey {
  const violations = new Violations();
  const namespace = namespaceOf(request.namespace, violations);
  const deploymentId = idOf('deployment_id', request.deploymentId, violations);
  violations.throwIfAny();
  return { namespace, deploymentId };
}

/** A number of instances; undefined: none was given. */
export function replicasIn(field: string, replicas: number | undefined, violations: Violations): number | undefined {
  if (replicas !== undefined && (replicas < 0 || replicas > MAX_REPLICAS)) {
    violations.add(field, `give 0 to ${MAX_REPLICAS}`);
  }
  return replicas;
}

function rolloutOf(policy: RolloutPolicy | undefined, violations: Violations): RolloutSettings {
  if (policy === undefined) return ROLLOUT_DEFAULTS;
  const at = 'deployment.rollout';
  const { maxUnavailable = ROLLOUT_DEFAULTS.maxUnavailable, maxSurge = ROLLOUT_DEFAULTS.maxSurge } = policy;
  replicasIn(`${at}.max_unavailable`, maxUnavailable, violations);
  replicasIn(`${at}.max_surge`, maxSurge, violations);
  if (maxUnavailable === 0 && maxSurge === 0) {
    violations.add(`${at}.max_surge`, 'give at least 1, or a max_unavailable: with neither nothing could be replaced');
  }
  durationIn(`${at}.progress_deadline`, policy.progressDeadline, 100, 24 * HOUR_MS, violations);
  durationIn(`${at}.min_ready`, policy.minReady, 0, HOUR_MS, violations);
  return {
    maxUnavailable,
    maxSurge,
    progressDeadlineMs: msOfDuration(policy.progressDeadline) ?? ROLLOUT_DEFAULTS.progressDeadlineMs,
    automaticRollback: !policy.noAutomaticRollback,
    minReadyMs: msOfDuration(policy.minReady) ?? ROLLOUT_DEFAULTS.minReadyMs,
  };
}
