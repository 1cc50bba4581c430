/** Deployments: from what is asked for to what executors are told, on a real Postgres. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  AgentProtocol,
  AssignmentState,
  DeploymentPhase,
  type ImagePullPolicy,
  type InstanceTemplateSchema,
  type RolloutPolicySchema,
} from '@skein/contracts/registry';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { FakeHost } from './testing/fake-host.ts';
import { registryRig, TRANSPORTS, type RunningRegistry } from './testing/registry-rig.ts';

const { READY, STALLED } = DeploymentPhase;

type Template = MessageInitShape<typeof InstanceTemplateSchema>;

/** What a test says of its deployment. */
interface About {
  readonly replicas?: number | undefined;
  readonly template?: Template;
  readonly rollout?: MessageInitShape<typeof RolloutPolicySchema>;
}

function template({ version = '1.0.0', agentId = 'mine' } = {}): Template {
  const runtime = { case: 'process' as const, value: { command: 'agent', args: ['--port', '${PORT}'] } };
  return { agentId, version, protocol: AgentProtocol.GRPC, runtime };
}

const IDENTITY = { agentId: 'mine', version: '1.0.0', protocol: AgentProtocol.GRPC } as const;

function deployment({ rollout, ...about }: About = {}) {
  const { replicas, template: given = template() } = 'replicas' in about ? about : { replicas: 2, ...about };
  return {
    deployment: {
      deploymentId: 'd',
      template: given,
      ...(replicas === undefined ? {} : { replicas }),
      ...(rollout === undefined ? {} : { rollout }),
    },
  };
}

const get = async ({ deployments }: Pick<RunningRegistry, 'deployments'>) => {
  const found = (await deployments.getDeployment({ deploymentId: 'd' })).deployment;
  assert.ok(found?.status);
  return { ...found, status: found.status };
};

const becomes = (rig: Pick<RunningRegistry, 'deployments'>, phase: DeploymentPhase, revision = 1n) =>
  eventually(
    async () => {
      const found = await get(rig);
      return found.status.phase === phase && found.status.revision === revision ? found : undefined;
    },
    { describe: `phase ${phase} at revision ${revision}` },
  );

for (const transport of TRANSPORTS) {
  test(`what is applied runs, is scaled, and is gone once it is deleted (${transport})`, async () => {
    await using rig = await registryRig({ transport });
    await using one = new FakeHost(rig.assignments, 'e-1');
    await using two = new FakeHost(rig.assignments, 'e-2');
    await Promise.all([one.heard, two.heard]);
    const first = await rig.deployments.applyDeployment(deployment());
    assert.deepEqual([first.created, first.deployment?.status?.phase], [true, DeploymentPhase.PROGRESSING]);
    const ready = await becomes(rig, READY);
    assert.equal(ready.status.readyReplicas, 2);
    assert.deepEqual([one.assigned.length, two.assigned.length], [1, 1], 'spread');
    assert.partialDeepStrictEqual(one.assigned[0], { namespace: 'default', deploymentId: 'd', wanted: true });
    assert.partialDeepStrictEqual(one.assigned[0]?.template?.runtime.value, { args: ['--port', '${PORT}'] });

    const again = await rig.deployments.applyDeployment(deployment({ replicas: undefined }));
    assert.deepEqual([again.created, again.deployment?.status?.revision], [false, 1n], 'nothing is new');

    await rig.deployments.scaleDeployment({ deploymentId: 'd', replicas: 5 });
    await eventually(async () => (await becomes(rig, READY)).status.readyReplicas === 5, { describe: 'five' });
    await rig.deployments.scaleDeployment({ deploymentId: 'd', replicas: 0 });
    await eventually(() => one.assigned.length + two.assigned.length === 0, { describe: 'none' });
    await becomes(rig, READY);

    await rig.deployments.deleteDeployment({ deploymentId: 'd' });
    await eventually(
      () =>
        get(rig).then(
          () => false,
          (error: unknown) => describeError(error).reason === 'DEPLOYMENT_NOT_FOUND',
        ),
      { describe: 'it to be gone' },
    );
    assert.deepEqual((await rig.deployments.listDeployments({})).deployments, []);
  });
}

test('a new template is rolled out, and goes back when its instances do not become ready', async () => {
  await using rig = await registryRig();
  await using host = new FakeHost(rig.assignments, 'e-1');
  const rollout = { progressDeadline: { nanos: 300_000_000 } };
  await rig.deployments.applyDeployment(deployment({ rollout }));
  const before = new Set((await becomes(rig, READY)).status.assignments.map(({ assignmentId }) => assignmentId));
  await rig.deployments.applyDeployment(deployment({ rollout, template: template({ version: '2.0.0' }) }));
  const after = (await becomes(rig, READY, 2n)).status.assignments.map(({ assignmentId }) => assignmentId);
  assert.ok(!after.some((id) => before.has(id)), 'every instance was replaced');

  host.answer = ({ template: given, wanted }) => {
    if (!wanted) return AssignmentState.STOPPED;
    return given?.version === '3.0.0' ? AssignmentState.RESTARTING : AssignmentState.RUNNING;
  };
  await rig.deployments.applyDeployment(deployment({ rollout, template: template({ version: '3.0.0' }) }));
  const back = await becomes(rig, READY, 4n);
  assert.match(
    back.status.detail,
    /^revision 3 made no progress in time and was rolled back to the template of revision 2/,
  );
  assert.equal(back.template?.version, '2.0.0');
  assert.deepEqual(
    back.status.assignments.map(({ assignmentId }) => assignmentId).toSorted(),
    after.toSorted(),
    'what served goes on serving',
  );

  await rig.deployments.rollbackDeployment({ deploymentId: 'd', revision: 1n });
  assert.equal((await becomes(rig, READY, 5n)).template?.version, '1.0.0');
  await assert.rejects(
    rig.deployments.rollbackDeployment({ deploymentId: 'd', revision: 99n }),
    (error) => describeError(error).reason === 'DEPLOYMENT_NOT_FOUND',
  );
});

test('the instances of an executor that is gone are given to another, and so are those of one that leaves', async () => {
  await using rig = await registryRig({ deployments: { executorLeaseMs: 400 } });
  const lost = new FakeHost(rig.assignments, 'e-1');
  await rig.deployments.applyDeployment(deployment());
  await becomes(rig, READY);
  await using two = new FakeHost(rig.assignments, 'e-2');
  await lost.crash();
  await eventually(() => two.assigned.filter(({ wanted }) => wanted).length === 2, { describe: 'both at e-2' });
  await becomes(rig, READY);
  await using three = new FakeHost(rig.assignments, 'e-3');
  await two.leave();
  await eventually(() => three.assigned.length === 2, { describe: 'both at e-3' });
  // What comes back after its time was up is told to keep nothing running.
  await using late = new FakeHost(rig.assignments, 'e-1');
  assert.deepEqual(late.assigned, []);
});

test('another registry goes on where one dies, and an outage costs no executor its instances', async () => {
  await using rig = await registryRig({ deployments: { executorLeaseMs: 1000 } });
  const first = new FakeHost(rig.assignments, 'e-1');
  await rig.deployments.applyDeployment(deployment());
  const before = (await becomes(rig, READY)).status.assignments.map(({ assignmentId }) => assignmentId);
  await first.crash();
  await rig.service[Symbol.asyncDispose]();
  const pool = rig.database.pool(1);
  await pool.query(`update registry.host_executor set heard_at = now() - interval '1 hour'`);
  await using after = await rig.another();
  await using host = new FakeHost(after.assignments, 'e-1');
  await eventually(() => host.assigned.length === 2, { describe: 'what it had' });
  assert.deepEqual(
    (await get(after)).status.assignments.map(({ assignmentId }) => assignmentId),
    before,
    'the executor came back in time',
  );
  await after.deployments.scaleDeployment({ deploymentId: 'd', replicas: 3 });
  await eventually(() => host.assigned.length === 3, { describe: 'the new registry to decide' });
});

test('what is in the way is said', async () => {
  await using rig = await registryRig();
  await rig.deployments.applyDeployment(deployment({ rollout: { progressDeadline: { nanos: 100_000_000 } } }));
  const stalled = await becomes(rig, STALLED);
  assert.match(stalled.status.detail, /^no executor has the runtime process/);
  await using silent = new FakeHost(rig.assignments, 'e-1', false);
  await eventually(() => silent.assigned.length === 2, { describe: 'an executor' });
  const [instance] = silent.assigned;
  await silent.report(instance?.assignmentId ?? '', AssignmentState.RESTARTING, 'exit code 3: boom\0');
  const shown = (await get(rig)).status.assignments.find(({ assignmentId }) => assignmentId === instance?.assignmentId);
  assert.deepEqual([shown?.state, shown?.failure, shown?.pid], [AssignmentState.RESTARTING, 'exit code 3: boom�', 7n]);
});

test('a container goes to an executor that has the runtime, and what it says of it is shown', async () => {
  await using rig = await registryRig();
  await using host = new FakeHost(rig.assignments, 'executor-1', true, ['container']);
  const runtime = { case: 'container', value: { image: 'registry.example/greeter:1.0.0', port: 9000 } } as const;
  const resources = { cpuMillis: 500, memoryBytes: 64n * 1024n ** 2n };
  host.about = { containerId: 'c0ffee', notice: 'it is not limited' };
  await rig.deployments.applyDeployment(deployment({ template: { ...IDENTITY, runtime, resources }, replicas: 1 }));
  const { status } = await becomes(rig, READY);
  const [told] = host.assigned;
  assert.ok(told?.template);
  assert.deepEqual(told.template.runtime.case, 'container');
  assert.deepEqual([told.template.resources?.cpuMillis, told.template.resources?.memoryBytes], [500, 67_108_864n]);
  assert.partialDeepStrictEqual(status.assignments[0], host.about);
});

test('a container that no Engine would take is refused with its fields', async () => {
  await using rig = await registryRig();
  const value = {
    image: 'a b',
    port: 70_000,
    workingDirectory: 'x',
    user: 'a b',
    network: 'host',
    pull: 9 as ImagePullPolicy,
  };
  const resources = { cpuMillis: 5, memoryBytes: 1n };
  const asked = deployment({ template: { ...IDENTITY, runtime: { case: 'container', value }, resources } });
  await assert.rejects(rig.deployments.applyDeployment(asked), (error) => {
    const fields = describeError(error).violations.map(({ field }) => field.replace('deployment.template.', ''));
    const expected = ['image', 'working_directory', 'port', 'pull', 'user', 'network'];
    assert.deepEqual(fields, [
      ...expected.map((field) => `container.${field}`),
      'resources.cpu_millis',
      'resources.memory_bytes',
    ]);
    return true;
  });
});

test('what is out of bounds changes nothing and names every field', async () => {
  await using rig = await registryRig();
  const apply = rig.deployments.applyDeployment({
    deployment: {
      deploymentId: 'a b',
      replicas: -1,
      template: {
        agentId: '',
        version: 'v1',
        protocol: AgentProtocol.PULL,
        runtime: { case: 'process', value: { command: '', workingDirectory: 'here' } },
        env: { PORT: '1', 'a-b': '' },
        secretEnv: { KEY: 'a b' },
        stopTimeout: { seconds: 999_999n },
        health: { path: 'x', unhealthyThreshold: 101 },
        restart: { initialBackoff: { seconds: 60n } },
      },
      rollout: { maxSurge: 0, maxUnavailable: 0 },
    },
  });
  await assert.rejects(apply, (error) => {
    const fields = describeError(error).violations.map(({ field }) => field.replace('deployment.', ''));
    assert.deepEqual(fields, [
      'deployment_id',
      'replicas',
      'template.agent_id',
      'template.version',
      'template.protocol',
      'template.process.command',
      'template.process.working_directory',
      'template.env.PORT',
      'template.env.a-b',
      'template.secret_env.KEY',
      'template.stop_timeout',
      'template.health.path',
      'template.health.unhealthy_threshold',
      'template.restart.max_backoff',
      'rollout.max_surge',
    ]);
    return true;
  });
  assert.deepEqual((await rig.deployments.listDeployments({})).deployments, []);
  await rig.deployments.applyDeployment(deployment());
  const other = deployment({ template: template({ agentId: 'other' }) });
  await assert.rejects(rig.deployments.applyDeployment(other), (error) => {
    assert.equal(describeError(error).violations[0]?.field, 'deployment.template.agent_id');
    return true;
  });
  await rig.deployments.deleteDeployment({ deploymentId: 'd' });
});
