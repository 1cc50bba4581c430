/** What is around the pods of a deployment. Pure. */
import { durationMs } from '@bufbuild/protobuf/wkt';
import type {
  V1Namespace,
  V1NetworkPolicy,
  V1NetworkPolicyIngressRule,
  V1NetworkPolicyPeer,
  V1Service,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import { hasPodAutoscaler, type DeploymentContext } from './deployment-context.ts';

/** The tenant's; undefined: one that was there before. */
export function namespaceObject({ namespace }: DeploymentContext, pattern: string): V1Namespace | undefined {
  if (!pattern.includes('{namespace}')) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { 'app.kubernetes.io/managed-by': 'skein' } },
  };
}

/** For others of the cluster; calls of Skein go to the pods themselves, each to the one that was chosen. */
export function serviceObject({ name, namespace, labels, port }: DeploymentContext): V1Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { ...labels } },
    spec: { selector: { ...labels }, ports: [{ name: 'agent', port, targetPort: 'agent', protocol: 'TCP' }] },
  };
}

/** Nobody else of the cluster reaches the pods but the namespace of the executors. */
export function networkPolicyObject(
  { name, namespace, labels, port }: DeploymentContext,
  clientNamespace: string,
): V1NetworkPolicy {
  const clients = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': clientNamespace } } };
  // In the contract of Kubernetes it is `from`; its client calls it `_from`.
  const ingress: V1NetworkPolicyIngressRule & { readonly from: readonly V1NetworkPolicyPeer[] } = {
    from: [clients],
    ports: [{ port, protocol: 'TCP' }],
  };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: { ...labels } },
    spec: {
      podSelector: { matchLabels: { ...labels } },
      policyTypes: ['Ingress'],
      ingress: [ingress],
    },
  };
}

/** Undefined: Skein decides how many pods there are. */
export function podAutoscalerObject(context: DeploymentContext): V2HorizontalPodAutoscaler | undefined {
  const { name, namespace, labels, spec } = context;
  const { autoscale } = spec;
  if (autoscale === undefined || !hasPodAutoscaler(context)) return undefined;
  const { minReplicas = 2, maxReplicas = 10, targetLoad = 0.7 } = autoscale;
  const windowSeconds = (duration: typeof autoscale.scaleUpStabilization, otherwise: number) =>
    duration === undefined ? otherwise : Math.round(durationMs(duration) / 1000);
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace, labels: { ...labels } },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: Math.max(1, minReplicas),
      maxReplicas,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: Math.round(targetLoad * 100) } },
        },
      ],
      behavior: {
        scaleUp: { stabilizationWindowSeconds: windowSeconds(autoscale.scaleUpStabilization, 0) },
        scaleDown: { stabilizationWindowSeconds: windowSeconds(autoscale.scaleDownStabilization, 300) },
      },
    },
  };
}
