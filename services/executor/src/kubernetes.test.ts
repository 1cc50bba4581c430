/** Deployments of a Kubernetes cluster, against an API over real HTTP that holds what is applied against the published models. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeFile } from 'node:fs/promises';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { AgentProtocol, AssignmentState, type InstanceTemplateSchema } from '@skein/contracts/registry';
import { eventually, temporaryDirectory } from '@skein/testkit';
import { LABELS } from './adapters/kubernetes/names.ts';
import { startStage, type Stage } from './testing/executor-stage.ts';
import { FakeKubernetes, type StoredObject } from './testing/fake-kubernetes.ts';

const { STARTING, RUNNING, RESTARTING, STOPPED } = AssignmentState;
const HOST_TIMES = { leaseMs: 30_000, beatMs: 50, settleMs: 50 };

type Template = MessageInitShape<typeof InstanceTemplateSchema>;

const template = (about: Partial<Template> = {}, kubernetes: object = {}): Template =>
  ({
    agentId: 'greeter',
    version: '1.0.0',
    protocol: AgentProtocol.HTTP_PROCESS,
    runtime: { case: 'kubernetes', value: { image: 'example/greeter:1', port: 9000, ...kubernetes } },
    env: { GREETING: 'Hello', URL: 'http://localhost:${PORT}' },
    secretEnv: { KEY: 'key' },
    health: { path: '/ready', interval: durationFromMs(2500), startTimeout: durationFromMs(20_000) },
    resources: { cpuMillis: 500, memoryBytes: 512n * 1024n * 1024n },
    stopTimeout: durationFromMs(1500),
    ...about,
  }) as Template;

/** A cluster, and a place for the files of its executors. */
async function start() {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryDirectory());
  const cluster = stack.use(await FakeKubernetes.start());
  const kubeconfig = join(folder.path, 'kubeconfig');
  await cluster.writeConfig(kubeconfig);
  await writeFile(join(folder.path, 'key'), 'hunter2\n');
  const env = {
    SKEIN_EXECUTOR_RUNTIMES: 'kubernetes',
    SKEIN_EXECUTOR_KUBECONFIG: kubeconfig,
    SKEIN_EXECUTOR_SECRETS_DIR: folder.path,
  };
  return {
    cluster,
    executor: () => startStage({ hostTimes: HOST_TIMES, env }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const only = (objects: readonly StoredObject[]): StoredObject => {
  const [object, ...others] = objects;
  assert.ok(object !== undefined && others.length === 0, `${objects.length} objects`);
  return object;
};

const applied = (cluster: FakeKubernetes) =>
  eventually(() => cluster.of('deployments')[0], { describe: 'the Deployment' });

interface PodTemplate {
  readonly metadata: { readonly labels: Record<string, string>; readonly annotations: Record<string, string> };
  readonly spec: object;
}

/** A pod of the Deployment as it is now. */
function pod(cluster: FakeKubernetes, name: string, status: object = {}, deleted = false): void {
  const known = cluster.objects.get(`pods/skein-default/${name}`);
  const { spec } = only(cluster.of('deployments')) as unknown as { spec: { template: PodTemplate } };
  const made = known ?? { metadata: spec.template.metadata, spec: spec.template.spec };
  const ready = { podIP: `10.0.0.${name.slice(1)}`, conditions: [{ type: 'Ready', status: 'True' }] };
  const metadata = { ...made.metadata, ...(deleted ? { deletionTimestamp: '2030-01-01T00:00:00Z' } : {}) };
  cluster.put('pods', 'skein-default', name, { ...made, metadata, status: { ...ready, ...status } });
}

const becomes = ({ registry }: Stage, state: AssignmentState, instances: number, revision = 1n, id = 'd-1') =>
  eventually(
    () => {
      const report = registry.assignments.reports.get(id);
      const fits = report?.state === state && report.endpoints.length === instances && report.revision === revision;
      return fits ? report : undefined;
    },
    { describe: `state ${state} with ${instances}`, timeoutMs: 15_000 },
  );

/** A new revision may first be reported with the failure of the one before. */
const fails = ({ registry }: Stage, failure: RegExp, revision = 1n) =>
  eventually(
    () => {
      const report = registry.assignments.reports.get('d-1');
      const fits = report?.state === RESTARTING && report.endpoints.length === 0 && report.revision === revision;
      return fits && failure.test(report.failure);
    },
    { describe: `failure ${failure}`, timeoutMs: 15_000 },
  );

const routed = ({ registry }: Stage) =>
  (registry.agents.get('greeter')?.instances ?? []).filter(({ drained }) => !drained).map(({ endpoint }) => endpoint);

test('a deployment becomes objects of the cluster, and its pods that are ready become instances', async () => {
  await using rig = await start();
  await using executor = await rig.executor();
  const { cluster } = rig;
  executor.registry.assignments.assign('d-1', template({}, { args: ['--port', '${PORT}'] }), true, {
    replicas: 2,
    rollout: { maxSurge: 2, maxUnavailable: 1, progressDeadline: durationFromMs(60_000) },
  });
  const { metadata, ...workload } = await applied(cluster);
  assert.match(metadata.name, /^skein-d-[0-9a-f]{10}$/);
  assert.deepEqual([metadata.namespace, metadata.labels[LABELS.namespace]], ['skein-default', 'default']);
  const content = `${metadata.name}-${only(cluster.of('configmaps')).metadata.labels[LABELS.template]}`;
  assert.partialDeepStrictEqual(workload, {
    spec: {
      replicas: 2,
      progressDeadlineSeconds: 60,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 1 } },
      template: {
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 9,
          containers: [
            {
              image: 'example/greeter:1',
              args: ['--port', '9000'],
              envFrom: [{ configMapRef: { name: content } }, { secretRef: { name: content } }],
              resources: { limits: { cpu: '500m', memory: '536870912' } },
              startupProbe: { httpGet: { path: '/ready', port: 9000 }, failureThreshold: 20 },
              readinessProbe: { periodSeconds: 3, failureThreshold: 3 },
            },
          ],
        },
      },
    },
  });
  assert.deepEqual(only(cluster.of('configmaps'))['data'], { GREETING: 'Hello', URL: 'http://localhost:9000' });
  assert.deepEqual(only(cluster.of('secrets'))['data'], { KEY: Buffer.from('hunter2').toString('base64') });
  assert.ok(!JSON.stringify(workload).includes('hunter2'));
  assert.partialDeepStrictEqual(only(cluster.of('services'))['spec'], { ports: [{ port: 9000, targetPort: 'agent' }] });
  assert.partialDeepStrictEqual(only(cluster.of('networkpolicies'))['spec'], {
    ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'skein' } } }] }],
  });
  assert.equal(only(cluster.of('namespaces')).metadata.name, 'skein-default');
  assert.deepEqual(cluster.faults, []);

  pod(cluster, 'p1');
  pod(cluster, 'p2', { conditions: [{ type: 'Ready', status: 'False' }] });
  assert.deepEqual((await becomes(executor, STARTING, 1)).endpoints, ['http://10.0.0.1:9000']);
  pod(cluster, 'p2');
  await becomes(executor, RUNNING, 2);
  assert.deepEqual(routed(executor), ['http://10.0.0.1:9000', 'http://10.0.0.2:9000']);
  // A pod that is told to stop gets no calls from that moment, ready or not.
  pod(cluster, 'p1', {}, true);
  await eventually(() => routed(executor).length === 1, { describe: 'one in the routes' });
  await becomes(executor, STARTING, 1);
});

test('what is in the way is said, and tried again', async () => {
  await using rig = await start();
  await using executor = await rig.executor();
  const { cluster } = rig;
  cluster.refusal = { status: 403, message: 'deployments.apps is forbidden' };
  executor.registry.assignments.assign('d-1', template());
  await fails(executor, /^deployments\.apps is forbidden$/);
  cluster.refusal = undefined;
  await applied(cluster);
  const waiting = { reason: 'ImagePullBackOff', message: 'no such image' };
  pod(cluster, 'p1', { conditions: [], containerStatuses: [{ state: { waiting } }] });
  await fails(executor, /^p1: ImagePullBackOff: no such image$/);
  executor.registry.assignments.assign('d-1', template({ secretEnv: { KEY: 'other' } }), true, { revision: 2n });
  await fails(executor, /no secret other: put it/, 2n);
});

test('a new revision replaces pods, each registered as what it was made of, and number and bounds restart none', async () => {
  await using rig = await start();
  await using executor = await rig.executor();
  const { cluster, registry } = { ...rig, ...executor };
  registry.assignments.assign('d-1', template(), true, { replicas: 1 });
  const before = await applied(cluster);
  pod(cluster, 'p1');
  await becomes(executor, RUNNING, 1);
  registry.assignments.assign('d-1', template(), true, { replicas: 2 });
  await eventually(() => (only(cluster.of('deployments'))['spec'] as { replicas: number }).replicas === 2, {
    describe: 'two',
  });
  const podTemplate = (object: StoredObject) => JSON.stringify((object['spec'] as { template: object }).template);
  assert.equal(podTemplate(only(cluster.of('deployments'))), podTemplate(before));

  registry.assignments.assign('d-1', template({ version: '2.0.0' }), true, { replicas: 2, revision: 2n });
  await eventually(() => podTemplate(only(cluster.of('deployments'))) !== podTemplate(before), {
    describe: 'new pods',
  });
  pod(cluster, 'p2');
  const half = await becomes(executor, STARTING, 2, 2n);
  assert.equal(half.updatedReplicas, 1);
  const versions = () => registry.agents.get('greeter')?.instances.map(({ version }) => version);
  assert.deepEqual(versions(), ['1.0.0', '2.0.0']);
  assert.equal(cluster.of('configmaps').length, 2, 'each reads its own');
  // Going back makes what is still there part of the newest revision.
  registry.assignments.assign('d-1', template(), true, { replicas: 1, revision: 3n });
  assert.equal((await becomes(executor, RUNNING, 2, 3n)).updatedReplicas, 1);
  assert.deepEqual(cluster.faults, []);
});

test('another executor takes over without a pod being restarted, and takes away what is left', async () => {
  await using rig = await start();
  const { cluster } = rig;
  const first = await rig.executor();
  first.registry.assignments.assign('d-1', template(), true, { replicas: 1 });
  await applied(cluster);
  pod(cluster, 'p1');
  await becomes(first, RUNNING, 1);
  const before = cluster.of('deployments')[0]?.metadata;
  await first[Symbol.asyncDispose]();
  assert.ok(!cluster.requests.some((request) => request.startsWith('DELETE')));

  await using second = await rig.executor();
  second.registry.assignments.assign('d-9', template(), true, { replicas: 1 });
  await becomes(second, RUNNING, 1, 1n, 'd-9');
  await eventually(() => cluster.requests.filter((each) => each.startsWith('PATCH deployments')).length > 1, {
    describe: 'the heir to apply',
  });
  assert.deepEqual(cluster.of('deployments')[0]?.metadata, before, 'nothing was written');
  second.registry.assignments.forget('d-9');
  // One that never knew of it is told to take it away.
  await using third = await rig.executor();
  third.registry.assignments.assign('d-10', template(), false);
  await eventually(() => cluster.of('deployments').length === 0, { describe: 'the Deployment to be gone' });
  assert.notEqual(third.registry.assignments.reports.get('d-10')?.state, STOPPED, 'a pod is left');
  cluster.delete('pods', 'skein-default', 'p1');
  await becomes(third, STOPPED, 0, 0n, 'd-10');
  const left = [...cluster.objects.keys()].filter((key) => !key.startsWith('namespaces/'));
  assert.deepEqual(left, []);
});

test('no change of a pod is missed, whatever becomes of the watch', async () => {
  await using rig = await start();
  await using executor = await rig.executor();
  const { cluster } = rig;
  executor.registry.assignments.assign('d-1', template({ secretEnv: {} }), true, { replicas: 3 });
  await applied(cluster);
  pod(cluster, 'p1');
  await becomes(executor, STARTING, 1);
  cluster.breakWatches();
  pod(cluster, 'p2');
  await becomes(executor, STARTING, 2);
  // Kubernetes has forgotten what happened since: all is read again.
  pod(cluster, 'p3');
  cluster.delete('pods', 'skein-default', 'p1');
  cluster.compact();
  const endpoints = () => executor.registry.assignments.reports.get('d-1')?.endpoints.toSorted().join(' ');
  await eventually(() => endpoints() === 'http://10.0.0.2:9000 http://10.0.0.3:9000', { describe: 'what is there' });
  assert.ok(cluster.toldTooOld > 0);
});

test('Kubernetes decides how many pods there are where it is asked to', async () => {
  await using rig = await start();
  await using executor = await rig.executor();
  const { cluster, registry } = { ...rig, ...executor };
  const autoscale = { minReplicas: 2, maxReplicas: 7, targetLoad: 0.6, scaleDownStabilization: durationFromMs(60_000) };
  registry.assignments.assign('d-1', template({}, { podAutoscaler: true }), true, { replicas: 2, autoscale });
  const scaler = await eventually(() => cluster.of('horizontalpodautoscalers')[0], { describe: 'the autoscaler' });
  assert.partialDeepStrictEqual(scaler['spec'], {
    scaleTargetRef: { kind: 'Deployment', name: scaler.metadata.name },
    minReplicas: 2,
    maxReplicas: 7,
    metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 60 } } }],
    behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
  });
  assert.ok(!('replicas' in (only(cluster.of('deployments'))['spec'] as object)));
  registry.assignments.assign('d-1', template(), true, { replicas: 2, autoscale, revision: 2n });
  await eventually(() => cluster.of('horizontalpodautoscalers').length === 0, { describe: 'it to be gone' });
  assert.partialDeepStrictEqual(only(cluster.of('deployments'))['spec'], { replicas: 2 });
  assert.deepEqual(cluster.faults, []);
});
