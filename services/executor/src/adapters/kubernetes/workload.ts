/** The Deployment of a deployment, and what its pods read. Pure. */
import { durationMs, type Duration } from '@bufbuild/protobuf/wkt';
import type {
  V1ConfigMap,
  V1Container,
  V1Deployment,
  V1EnvVar,
  V1PodTemplateSpec,
  V1Probe,
  V1Secret,
} from '@kubernetes/client-node';
import { AgentProtocol, type HealthCheck } from '@skein/contracts/registry';
import { healthOf, registrationOf, stopTimeoutMsOf } from '../../domain/hosted-settings.ts';
import { hasPodAutoscaler, type DeploymentContext } from './deployment-context.ts';
import { REGISTRATION } from './names.ts';

/** Time until every executor has heard that a pod gets no more calls: it is told to stop no sooner. */
const SETTLE_SECONDS = 5;
const START_PERIOD_SECONDS = 1;

export function deploymentObject(context: DeploymentContext): V1Deployment {
  const { name, namespace, labels, spec } = context;
  const { rollout, replicas } = spec;
  const { maxSurge = 1, maxUnavailable = 0 } = rollout ?? {};
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: { ...labels } },
    spec: {
      // Where Kubernetes decides how many there are, this is its field.
      ...(hasPodAutoscaler(context) ? {} : { replicas }),
      selector: { matchLabels: { ...labels } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
      minReadySeconds: secondsOf(rollout?.minReady, 0),
      progressDeadlineSeconds: secondsOf(rollout?.minReady, 0) + secondsOf(rollout?.progressDeadline, 300),
      revisionHistoryLimit: 2,
      template: podTemplate(context),
    },
  };
}

/** Environment variables by value. */
export function configObject(context: DeploymentContext): V1ConfigMap {
  const { namespace, templateLabels, spec, port } = context;
  const data = Object.entries(spec.template.env).map(([name, value]) => [name, withPort(value, port)]);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: contentName(context), namespace, labels: { ...templateLabels } },
    data: Object.fromEntries(data),
  };
}

/** Environment variables that are secrets of the executor; undefined: there are none. */
export function secretObject(
  context: DeploymentContext,
  secrets: Readonly<Record<string, string>>,
): V1Secret | undefined {
  const { namespace, templateLabels } = context;
  const all = Object.entries(secrets);
  if (all.length === 0) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name: contentName(context), namespace, labels: { ...templateLabels } },
    data: Object.fromEntries(all.map(([name, value]) => [name, Buffer.from(value).toString('base64')])),
  };
}

/** What pods read is of their template: those of an earlier one go on reading theirs. */
const contentName = ({ name, digest }: DeploymentContext): string => `${name}-${digest}`;

function podTemplate(context: DeploymentContext): V1PodTemplateSpec {
  const { kubernetes, templateLabels, spec } = context;
  const { serviceAccount, imagePullSecrets } = kubernetes;
  return {
    metadata: {
      labels: { ...templateLabels },
      annotations: { [REGISTRATION]: JSON.stringify(registrationOf(spec.template)) },
    },
    spec: {
      containers: [container(context)],
      automountServiceAccountToken: serviceAccount !== '',
      ...(serviceAccount === '' ? {} : { serviceAccountName: serviceAccount }),
      ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      // The calls under way, then SIGTERM, then SIGKILL after the same time again.
      terminationGracePeriodSeconds: SETTLE_SECONDS + 2 * Math.ceil(stopTimeoutMsOf(spec.template) / 1000),
    },
  };
}

function container(context: DeploymentContext): V1Container {
  const { kubernetes, spec, port } = context;
  const { image, command, args } = kubernetes;
  const name = contentName(context);
  const hasSecrets = Object.keys(spec.template.secretEnv).length > 0;
  return {
    name: 'agent',
    image,
    ...(command.length === 0 ? {} : { command: [...command] }),
    ...(args.length === 0 ? {} : { args: args.map((arg) => withPort(arg, port)) }),
    ports: [{ name: 'agent', containerPort: port, protocol: 'TCP' }],
    env: environment(context),
    envFrom: [{ configMapRef: { name } }, ...(hasSecrets ? [{ secretRef: { name } }] : [])],
    ...resourcesOf(context),
    ...probes(context),
    lifecycle: { preStop: { sleep: { seconds: SETTLE_SECONDS } } },
    securityContext: { allowPrivilegeEscalation: false },
  };
}

function environment({ key, spec, kubernetes, port }: DeploymentContext): V1EnvVar[] {
  const { agentId, version } = spec.template;
  const referred = Object.entries(kubernetes.secretKeyEnv).map(([variable, reference]): V1EnvVar => {
    const [name = '', secretKey = ''] = reference.split('/');
    return { name: variable, valueFrom: { secretKeyRef: { name, key: secretKey } } };
  });
  return [
    { name: 'PORT', value: String(port) },
    { name: 'SKEIN_NAMESPACE', value: key.namespace },
    { name: 'SKEIN_DEPLOYMENT_ID', value: key.deploymentId },
    { name: 'SKEIN_ASSIGNMENT_ID', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
    { name: 'SKEIN_AGENT_ID', value: agentId },
    { name: 'SKEIN_AGENT_VERSION', value: version },
    ...referred,
  ];
}

/** Limits are requests too: a node has room for what is placed there. */
function resourcesOf({ spec }: DeploymentContext): Pick<V1Container, 'resources'> {
  const { cpuMillis = 0, memoryBytes = 0n } = spec.template.resources ?? {};
  const amounts = {
    ...(cpuMillis === 0 ? {} : { cpu: `${cpuMillis}m` }),
    ...(memoryBytes === 0n ? {} : { memory: String(memoryBytes) }),
  };
  return Object.keys(amounts).length === 0 ? {} : { resources: { requests: amounts, limits: { ...amounts } } };
}

/** Ready when it answers; started again when it does not any more, or has not in time. */
function probes({
  spec,
  port,
}: DeploymentContext): Pick<V1Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const { template } = spec;
  const { healthPath: path } = registrationOf(template);
  const { healthIntervalMs, healthTimeoutMs, unhealthyThreshold } = healthOf(template);
  // Not every gRPC server has the health service: that it listens has to do.
  const check: Pick<V1Probe, 'tcpSocket' | 'httpGet'> =
    template.protocol === AgentProtocol.GRPC ? { tcpSocket: { port } } : { httpGet: { path, port, scheme: 'HTTP' } };
  const timeoutSeconds = wholeSeconds(healthTimeoutMs);
  const periodSeconds = wholeSeconds(healthIntervalMs);
  const steady = { ...check, timeoutSeconds, periodSeconds, failureThreshold: unhealthyThreshold };
  return {
    startupProbe: {
      ...check,
      timeoutSeconds,
      periodSeconds: START_PERIOD_SECONDS,
      failureThreshold: wholeSeconds(startTimeoutMsOf(template.health)),
    },
    readinessProbe: steady,
    livenessProbe: { ...steady },
  };
}

const DEFAULT_START_TIMEOUT_MS = 60_000;

function startTimeoutMsOf(health: HealthCheck | undefined): number {
  return health?.startTimeout === undefined ? DEFAULT_START_TIMEOUT_MS : durationMs(health.startTimeout);
}

const withPort = (text: string, port: number): string => text.replaceAll('${PORT}', String(port));
const wholeSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));
const secondsOf = (duration: Duration | undefined, otherwise: number): number =>
  duration === undefined ? otherwise : Math.ceil(durationMs(duration) / 1000);
