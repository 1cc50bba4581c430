/** Deployments that are given to one executor as a whole, on a real Postgres. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  AgentProtocol,
  AssignmentState,
  DeploymentPhase,
  type InstanceTemplateSchema,
} from '@skein/contracts/registry';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { FakeHost } from './testing/fake-host.ts';
import { registryRig, TRANSPORTS, type RegistryRig } from './testing/registry-rig.ts';

type Template = MessageInitShape<typeof InstanceTemplateSchema>;

const ENDPOINTS = ['http://a.example/x', 'http://b.example'];
const external = (about: { endpoints?: string[]; version?: string } = {}): Template => ({
  agentId: 'theirs',
  version: about.version ?? '1.0.0',
  protocol: AgentProtocol.HTTP_PROCESS,
  runtime: { case: 'external', value: { endpoints: about.endpoints ?? ENDPOINTS } },
});

const apply = ({ deployments }: RegistryRig, template: Template, about: object = {}) =>
  deployments.applyDeployment({ deployment: { deploymentId: 'd', template, ...about } });

const becomes = ({ deployments }: RegistryRig, phase: DeploymentPhase, revision: bigint) =>
  eventually(
    async () => {
      const { deployment } = await deployments.getDeployment({ deploymentId: 'd' });
      const fits = deployment?.status?.phase === phase && deployment.status.revision === revision;
      return fits ? deployment : undefined;
    },
    { describe: `phase ${phase} at revision ${revision}` },
  );

/** An executor that says nothing by itself. */
function host(rig: RegistryRig, executorId: string, runtime = 'external') {
  const made = new FakeHost(rig.assignments, executorId, false, [runtime]);
  const say = (endpoints: string[], revision: bigint, state: AssignmentState = AssignmentState.RUNNING) =>
    rig.assignments.reportAssignments({
      executorId,
      reports: made.assigned.map(({ assignmentId }) => ({
        assignmentId,
        state,
        endpoints,
        revision,
        updatedReplicas: endpoints.length,
      })),
    });
  const isGiven = (revision: bigint) =>
    eventually(() => made.assigned.find((each) => each.revision === revision), { describe: `revision ${revision}` });
  return { made, say, isGiven, [Symbol.asyncDispose]: () => made[Symbol.asyncDispose]() };
}

for (const transport of TRANSPORTS) {
  test(`it is given to one executor, changed in place, and handed on (${transport})`, async () => {
    await using rig = await registryRig({ transport, deployments: { executorLeaseMs: 400 } });
    const one = host(rig, 'e-1');
    const { deployment } = await apply(rig, external());
    assert.equal(deployment?.replicas, 2, 'as many as endpoints');
    const given = await one.isGiven(1n);
    assert.equal(given.replicas, 2);
    await one.say(ENDPOINTS.slice(1), 1n, AssignmentState.STARTING);
    const half = await becomes(rig, DeploymentPhase.PROGRESSING, 1n);
    assert.deepEqual([half.status?.readyReplicas, half.status?.updatedReplicas], [1, 1]);
    await one.say(ENDPOINTS, 1n);
    const ready = await becomes(rig, DeploymentPhase.READY, 1n);
    assert.deepEqual(ready.status?.assignments[0]?.endpoints, ENDPOINTS);

    await apply(rig, external({ version: '2.0.0', endpoints: ['http://c.example'] }));
    const changed = await one.isGiven(2n);
    assert.deepEqual([changed.assignmentId, changed.replicas], [given.assignmentId, 1]);
    // What is still said of the revision before counts for nothing.
    await one.say(ENDPOINTS, 1n);
    assert.equal((await becomes(rig, DeploymentPhase.PROGRESSING, 2n)).status?.completeRevision, 1n);
    await one.say(['http://c.example'], 2n);
    await becomes(rig, DeploymentPhase.READY, 2n);

    await using two = host(rig, 'e-2');
    await one.made.crash();
    const handedOn = await two.isGiven(2n);
    assert.notEqual(handedOn.assignmentId, given.assignmentId);
    await two.say(['http://c.example'], 2n);
    await becomes(rig, DeploymentPhase.READY, 2n);
    const back = await rig.deployments.rollbackDeployment({ deploymentId: 'd', revision: 1n });
    assert.equal(back.deployment?.replicas, 2);
    await rig.deployments.deleteDeployment({ deploymentId: 'd' });
    await eventually(() => two.made.assigned[0]?.wanted === false, { describe: 'it to be taken away' });
    await two.say([], 0n, AssignmentState.STOPPED);
    await eventually(async () => (await rig.deployments.listDeployments({})).deployments.length === 0, {
      describe: 'it to be gone',
    });
  });
}

test('how many there are is up to the template', async () => {
  await using rig = await registryRig();
  await apply(rig, external());
  await rig.deployments.scaleDeployment({ deploymentId: 'd', replicas: 2 });
  for (const refused of [
    () => rig.deployments.scaleDeployment({ deploymentId: 'd', replicas: 1 }),
    () => rig.deployments.autoscaleDeployment({ deploymentId: 'd', autoscale: {} }),
  ]) {
    await assert.rejects(refused(), (error) => describeError(error).reason === 'REPLICAS_OUT_OF_BOUNDS');
  }
});

test('what is in a cluster is taken away before the deployment is gone, whoever is left to do it', async () => {
  await using rig = await registryRig({ deployments: { executorLeaseMs: 400 } });
  const one = host(rig, 'e-1', 'kubernetes');
  const kubernetes = { case: 'kubernetes' as const, value: { image: 'example/greeter:1', podAutoscaler: true } };
  const template: Template = {
    agentId: 'theirs',
    version: '1.0.0',
    protocol: AgentProtocol.GRPC,
    runtime: kubernetes,
    resources: { cpuMillis: 100 },
  };
  await apply(rig, template, { autoscale: { minReplicas: 2 }, rollout: { maxSurge: 3 } });
  const given = await one.isGiven(1n);
  assert.partialDeepStrictEqual(given, {
    replicas: 2,
    rollout: { maxSurge: 3 },
    autoscale: { minReplicas: 2, maxReplicas: 10 },
  });
  await one.say(['a:1', 'b:1', 'c:1'], 1n);
  assert.equal((await becomes(rig, DeploymentPhase.READY, 1n)).status?.readyReplicas, 3, 'more, as Kubernetes decides');
  await one.made.crash();
  await rig.deployments.deleteDeployment({ deploymentId: 'd' });
  await eventually(
    async () => {
      const { deployment } = await rig.deployments.getDeployment({ deploymentId: 'd' });
      return /no executor has the runtime kubernetes/.test(deployment?.status?.detail ?? '');
    },
    { describe: 'nobody to take it away' },
  );
  await using two = host(rig, 'e-2', 'kubernetes');
  await eventually(() => two.made.assigned[0]?.wanted === false, { describe: 'e-2 to be told' });
  await two.say([], 0n, AssignmentState.STOPPED);
  await eventually(async () => (await rig.deployments.listDeployments({})).deployments.length === 0, {
    describe: 'it to be gone',
  });
});

const REFUSED: readonly { readonly template: Template; readonly about?: object; readonly fields: readonly string[] }[] =
  [
    {
      template: external({ endpoints: ['http://a', 'http://a', 'a:1', 'x y'] }),
      about: { replicas: 3, autoscale: {} },
      fields: [
        'template.external.endpoints[1]',
        'template.external.endpoints[2]',
        'template.external.endpoints[3]',
        'replicas',
        'autoscale',
      ],
    },
    { template: external({ endpoints: [] }), fields: ['template.external.endpoints'] },
    {
      template: {
        agentId: 'theirs',
        version: '1.0.0',
        protocol: AgentProtocol.GRPC,
        runtime: {
          case: 'kubernetes',
          value: {
            image: 'No Image',
            port: 70_000,
            secretKeyEnv: { PORT: 'a/b', A: 'x', B: 'tokens/b' },
            imagePullSecrets: ['A'],
            serviceAccount: 'b c',
            podAutoscaler: true,
          },
        },
        env: { B: '' },
      },
      fields: [
        'template.kubernetes.image',
        'template.kubernetes.port',
        'template.kubernetes.secret_key_env.PORT',
        'template.kubernetes.secret_key_env.A',
        'template.kubernetes.secret_key_env.B',
        'template.kubernetes.image_pull_secrets[0]',
        'template.kubernetes.service_account',
        'template.kubernetes.pod_autoscaler',
      ],
    },
    {
      template: {
        agentId: 'theirs',
        version: '1.0.0',
        protocol: AgentProtocol.GRPC,
        runtime: { case: 'inProcess', value: { function: 'a b' } },
      },
      fields: ['template.protocol', 'template.in_process.function'],
    },
  ];

test('what cannot be is refused with every field', async () => {
  await using rig = await registryRig();
  for (const { template, about, fields } of REFUSED) {
    await assert.rejects(apply(rig, template, about), (error) => {
      const named = describeError(error).violations.map(({ field }) => field.replace('deployment.', ''));
      assert.deepEqual(named, fields);
      return true;
    });
  }
});

test('one runtime is not replaced by another where one of them keeps a deployment as a whole', async () => {
  await using rig = await registryRig();
  await apply(rig, external());
  const { runtime: _runtime, ...rest } = external();
  const others: readonly Template[] = [
    { ...rest, runtime: { case: 'process', value: { command: 'agent' } } } as Template,
    { ...rest, runtime: { case: 'kubernetes', value: { image: 'i' } } } as Template,
  ];
  for (const other of others) {
    await assert.rejects(apply(rig, other), (error) => {
      assert.equal(describeError(error).violations[0]?.field, 'deployment.template');
      return true;
    });
  }
});

test('a function is wanted of an executor that has it', async () => {
  await using rig = await registryRig();
  const template: Template = {
    agentId: 'theirs',
    version: '1.0.0',
    protocol: AgentProtocol.IN_PROCESS,
    runtime: { case: 'inProcess', value: { function: 'triage' } },
  };
  await apply(rig, template);
  await using other = host(rig, 'e-1', 'in_process.other');
  const waiting = await eventually(
    async () => {
      const { deployment } = await rig.deployments.getDeployment({ deploymentId: 'd' });
      return deployment?.status?.detail === '' ? undefined : deployment?.status?.detail;
    },
    { describe: 'the obstacle' },
  );
  assert.match(waiting, /no executor has the function triage/);
  await using one = host(rig, 'e-2', 'in_process.triage');
  await one.isGiven(1n);
  assert.deepEqual(other.made.assigned, []);
});
