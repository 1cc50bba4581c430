import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { AgentProtocol, InstanceTemplateSchema } from '@skein/contracts/registry';
import { eventually, temporaryDirectory } from '@skein/testkit';
import { FakeKubernetes, type StoredObject } from '../../testing/fake-kubernetes.ts';
import { connectCluster } from './cluster.ts';
import { kubernetesRuntime } from './kubernetes-runtime.ts';

const spec = (revision: bigint, env: Record<string, string> = {}) => ({
  revision,
  replicas: 2,
  template: create(InstanceTemplateSchema, {
    agentId: 'a',
    version: '1.0.0',
    protocol: AgentProtocol.GRPC,
    runtime: { case: 'kubernetes', value: { image: 'i', secretKeyEnv: { TOKEN: 'tokens/one' } } },
    env,
  }),
});

const specOf = (object: StoredObject | undefined) =>
  object?.['spec'] as { replicas: number; paused?: boolean; template: { spec: object } } | undefined;

test('what somebody changed by hand is put right, what others set stays, and what no pod reads any more goes', async () => {
  await using folder = await temporaryDirectory();
  await using cluster = await FakeKubernetes.start();
  const kubeconfig = join(folder.path, 'kubeconfig');
  await cluster.writeConfig(kubeconfig);
  const runtime = kubernetesRuntime({
    connect: () => connectCluster(kubeconfig),
    namespacePattern: 'agents',
    clientNamespace: 'skein',
    secretsOf: async () => ({}),
    resyncMs: 30,
  });
  const kept = runtime.open({ namespace: 'acme', deploymentId: 'd' }, () => {});
  kept.bring(spec(1n));
  const made = await eventually(() => cluster.of('deployments')[0], { describe: 'the Deployment' });
  assert.deepEqual(
    [cluster.of('namespaces').length, cluster.of('secrets').length],
    [0, 0],
    'a namespace of somebody else',
  );
  const { namespace, name } = made.metadata;
  assert.equal(namespace, 'agents');
  assert.partialDeepStrictEqual(specOf(made)?.template.spec, {
    containers: [{ readinessProbe: { tcpSocket: { port: 8080 } } }],
  });
  assert.ok(JSON.stringify(made).includes('{"secretKeyRef":{"name":"tokens","key":"one"}}'));

  const { spec: workload, ...rest } = structuredClone(made) as StoredObject & { spec: object };
  cluster.put('deployments', namespace, name, { ...rest, spec: { ...workload, replicas: 9, paused: true } });
  await eventually(() => specOf(cluster.of('deployments')[0])?.replicas === 2, { describe: 'two again' });
  assert.equal(specOf(cluster.of('deployments')[0])?.paused, true, 'what others set is theirs');

  kept.bring(spec(2n, { MODE: 'other' }));
  await eventually(
    () => cluster.of('configmaps')[0]?.metadata.name !== undefined && cluster.of('configmaps').length === 1,
    {
      describe: 'one ConfigMap',
    },
  );
  await eventually(() => JSON.stringify(cluster.of('configmaps')[0]?.['data']) === '{"MODE":"other"}', {
    describe: 'that of the newest template',
  });
  await kept.release();
  assert.equal(cluster.of('deployments').length, 1);
});
