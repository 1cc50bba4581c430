import type { KubernetesRuntime } from '@skein/contracts/registry';
import type { WholeKey, WholeSpec } from '../../app/whole-runtime.ts';
import { kubernetesNamespace, LABELS, objectName, ownerLabels, templateDigest } from './names.ts';

/** What all objects of a deployment are made from. */
export interface DeploymentContext {
  readonly key: WholeKey;
  readonly spec: WholeSpec;
  readonly kubernetes: KubernetesRuntime;
  /** Of the objects. */
  readonly name: string;
  /** In Kubernetes. */
  readonly namespace: string;
  readonly digest: string;
  /** Of all objects. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of the pods, and of what only they use. */
  readonly templateLabels: Readonly<Record<string, string>>;
  readonly port: number;
}

const DEFAULT_PORT = 8080;

/** Undefined: the template is not of Kubernetes. */
export function contextOf(key: WholeKey, spec: WholeSpec, namespacePattern: string): DeploymentContext | undefined {
  const { template } = spec;
  if (template.runtime.case !== 'kubernetes') return undefined;
  const digest = templateDigest(template);
  const labels = ownerLabels(key);
  return {
    key,
    spec,
    kubernetes: template.runtime.value,
    name: objectName(key),
    namespace: kubernetesNamespace(namespacePattern, key.namespace),
    digest,
    labels,
    templateLabels: { ...labels, [LABELS.template]: digest },
    port: template.runtime.value.port || DEFAULT_PORT,
  };
}

/** Whether Kubernetes decides how many pods there are. */
export function hasPodAutoscaler({ kubernetes, spec }: DeploymentContext): boolean {
  return kubernetes.podAutoscaler && spec.autoscale !== undefined;
}
