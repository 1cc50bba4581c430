/** Autoscaling: from what executors and instances say of the load to how many instances there are, on a real Postgres. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { AgentProtocol, DeploymentPhase, InstanceHealth, type AutoscalePolicySchema } from '@skein/contracts/registry';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { FakeHost } from './testing/fake-host.ts';
import { registryRig, TRANSPORTS, type RegistryRig } from './testing/registry-rig.ts';

type Policy = MessageInitShape<typeof AutoscalePolicySchema>;

const deployment = (about: { autoscale?: Policy; replicas?: number } = {}) => ({
  deployment: {
    deploymentId: 'd',
    template: {
      agentId: 'mine',
      version: '1.0.0',
      protocol: AgentProtocol.HTTP_PROCESS,
      runtime: { case: 'process' as const, value: { command: 'agent' } },
    },
    ...about,
  },
});

const AT_ONCE: Policy = { scaleDownStabilization: {} };

async function start(transport: (typeof TRANSPORTS)[number] = 'direct') {
  const rig = await registryRig({ transport, probe: { loadIntervalMs: 20 } });
  const host = new FakeHost(rig.assignments, 'e-1');
  host.directory = rig.client;
  return { rig, host };
}

const get = async ({ deployments }: RegistryRig) => {
  const { deployment: found } = await deployments.getDeployment({ deploymentId: 'd' });
  assert.ok(found?.status);
  return { replicas: found.replicas, ready: found.status.readyReplicas, ...found.status };
};

const has = (rig: RegistryRig, ready: number) =>
  eventually(
    async () => {
      const found = await get(rig);
      return found.ready === ready && found.replicas === ready ? found : undefined;
    },
    { describe: `${ready} instances` },
  );

const ids = (host: FakeHost) =>
  host.assigned.map(({ assignmentId }) => host.registered.get(assignmentId) ?? '').filter((id) => id !== '');

/** Every instance has as many calls, by the word of an executor. */
const calls = ({ client }: RegistryRig, host: FakeHost, inFlight: number) =>
  client.reportCalls({
    executorId: 'caller',
    instances: ids(host).map((instanceId) => ({ namespace: 'default', agentId: 'mine', instanceId, inFlight })),
  });

for (const transport of TRANSPORTS) {
  test(`the load decides how many instances run, and it is said why (${transport})`, async () => {
    const { rig, host } = await start(transport);
    await using _rig = rig;
    await using _host = host;
    await rig.deployments.applyDeployment(deployment({ autoscale: AT_ONCE }));
    await has(rig, 2);
    await calls(rig, host, 12);
    const busy = await has(rig, 4);
    assert.match(busy.autoscale?.reason ?? '', /^the load 1\.2 is at or above 0\.8: 2 to 4 instances/);
    assert.ok(busy.autoscale?.scaledAt);
    // What was called by nobody counts as idle: now the load is that of two of four.
    assert.equal((await get(rig)).autoscale?.load, 0.6);
    await calls(rig, host, 2);
    const quiet = await has(rig, 2);
    assert.match(quiet.autoscale?.reason ?? '', /^the load 0\.2 is at or below 0\.3: 4 to 2 instances/);
  });
}

test('what an instance says of itself goes before its calls, and whoever renews its lease leaves it', async () => {
  const { rig, host } = await start();
  await using _rig = rig;
  await using _host = host;
  await rig.deployments.applyDeployment(deployment({ autoscale: { ...AT_ONCE, minReplicas: 1, maxReplicas: 5 } }));
  await has(rig, 1);
  await calls(rig, host, 1);
  const [instanceId = ''] = ids(host);
  const heartbeat = (about: object) =>
    rig.client.heartbeat({
      agentId: 'mine',
      instances: [{ instanceId, health: InstanceHealth.HEALTHY, ...about }],
    });
  await heartbeat({ load: 0.75 });
  await eventually(async () => (await get(rig)).autoscale?.load === 0.75, { describe: 'its own word' });
  await heartbeat({});
  const pool = rig.database.pool(1);
  const before = await pool.query('select reported_at from registry.instance');
  await heartbeat({});
  await eventually(
    async () =>
      (await pool.query('select 1 from registry.instance where reported_at > $1', [before.rows[0].reported_at]))
        .rowCount === 1,
    { describe: 'the next heartbeat' },
  );
  assert.equal((await get(rig)).autoscale?.load, 0.75);
  await heartbeat({ load: 1 });
  await has(rig, 2);
});

test('fewer are waited for, across registries', async () => {
  const { rig, host } = await start();
  await using _rig = rig;
  await using _host = host;
  await rig.deployments.applyDeployment(deployment({ autoscale: { minReplicas: 1 }, replicas: 3 }));
  await has(rig, 3);
  await calls(rig, host, 0);
  const waiting = await eventually(
    async () => {
      const found = await get(rig);
      return /wanted for/.test(found.autoscale?.reason ?? '') ? found : undefined;
    },
    { describe: 'the wait' },
  );
  assert.deepEqual([waiting.replicas, waiting.autoscale?.desiredReplicas], [3, 1]);
  const pool = rig.database.pool(1);
  const pending = () => pool.query('select scale_pending from registry.deployment');
  const [before] = (await pending()).rows;
  await using _another = await rig.another();
  await host.crash();
  await rig.service[Symbol.asyncDispose]();
  assert.deepEqual((await pending()).rows, [before]);
  await pool.query(`update registry.deployment set scale_pending = jsonb_set(scale_pending, '{sinceMs}', '1')`);
  await eventually(async () => (await pool.query('select replicas from registry.deployment')).rows[0].replicas === 1, {
    describe: 'the heir to decide',
  });
});

test('bounds, numbers and files that are given by hand', async () => {
  const { rig, host } = await start();
  await using _rig = rig;
  await using _host = host;
  const { deployments } = rig;
  await deployments.applyDeployment(deployment({ replicas: 1 }));
  await has(rig, 1);
  const scaled = await deployments.autoscaleDeployment({
    deploymentId: 'd',
    autoscale: { minReplicas: 3, maxReplicas: 4 },
  });
  assert.partialDeepStrictEqual(scaled.deployment?.autoscale, {
    minReplicas: 3,
    maxReplicas: 4,
    targetLoad: 0.7,
    scaleUpThreshold: 0.8,
    scaleDownThreshold: 0.3,
    callsPerInstance: 10,
  });
  assert.match((await has(rig, 3)).autoscale?.reason ?? '', /^the bounds are 3 to 4: 1 to 3 instances/);
  await deployments.scaleDeployment({ deploymentId: 'd', replicas: 4 });
  assert.equal((await has(rig, 4)).autoscale?.reason.startsWith('set by hand to 4 instances'), true);
  await assert.rejects(deployments.scaleDeployment({ deploymentId: 'd', replicas: 5 }), (error) => {
    assert.equal(describeError(error).reason, 'REPLICAS_OUT_OF_BOUNDS');
    assert.match(describeError(error).remedy, /skein deployments autoscale d/);
    return true;
  });
  // A file that says nothing of it changes nothing of it, nor does its number.
  const again = await deployments.applyDeployment(deployment({ replicas: 1 }));
  assert.deepEqual([again.deployment?.replicas, again.deployment?.autoscale?.minReplicas], [4, 3]);
  const off = await deployments.autoscaleDeployment({ deploymentId: 'd' });
  assert.deepEqual(
    [off.deployment?.autoscale, off.deployment?.status?.autoscale, off.deployment?.replicas],
    [undefined, undefined, 4],
  );
  await deployments.scaleDeployment({ deploymentId: 'd', replicas: 5 });
});

test('policies that cannot work are refused, with every field', async () => {
  const { rig, host } = await start();
  await using _rig = rig;
  await using _host = host;
  const autoscale: Policy = {
    minReplicas: 5,
    maxReplicas: 4,
    targetLoad: 1.5,
    scaleUpThreshold: Number.NaN,
    scaleDownThreshold: -1,
    scaleUpStabilization: { seconds: 7200n },
    callsPerInstance: -1,
    idleTimeout: { nanos: 1 },
  };
  await assert.rejects(rig.deployments.applyDeployment(deployment({ autoscale })), (error) => {
    const fields = describeError(error).violations.map(({ field }) => field.replace('deployment.autoscale.', ''));
    assert.deepEqual(fields, [
      'max_replicas',
      'calls_per_instance',
      'scale_up_stabilization',
      'idle_timeout',
      'target_load',
      'scale_up_threshold',
      'scale_down_threshold',
    ]);
    return true;
  });
  assert.deepEqual((await rig.deployments.listDeployments({})).deployments, []);
});

for (const transport of TRANSPORTS) {
  test(`none run while nobody calls, and a call that waits starts one (${transport})`, async () => {
    const { rig, host } = await start(transport);
    await using _rig = rig;
    await using _host = host;
    const autoscale: Policy = { ...AT_ONCE, minReplicas: 0, maxReplicas: 3, idleTimeout: { seconds: 3600n } };
    const pool = rig.database.pool(1);
    const anHourPasses = () => pool.query(`update registry.deployment set used_at = now() - interval '1 hour'`);
    await rig.deployments.applyDeployment(deployment({ autoscale }));
    const first = await has(rig, 1);
    assert.ok(first.autoscale?.usedAt);
    await anHourPasses();
    const idle = await has(rig, 0);
    assert.match(idle.autoscale?.reason ?? '', /^nobody has called for 3600 s: 1 to 0 instances/);
    await eventually(async () => (await get(rig)).phase === DeploymentPhase.READY, { describe: 'it to be settled' });
    assert.equal((await rig.client.getAgent({ agentId: 'mine' })).agent?.agentId, 'mine', 'the agent stays');

    const request = (about: object = {}) => rig.assignments.requestInstance({ agentId: 'mine', ...about });
    assert.deepEqual((await request({ version: '>=2.0.0' })).deploymentIds, []);
    assert.deepEqual((await request({ agentId: 'other' })).deploymentIds, []);
    assert.deepEqual((await request({ namespace: 'other' })).deploymentIds, []);
    const answers = await Promise.all(Array.from({ length: 20 }, () => request({ version: '^1.0.0' })));
    assert.deepEqual(new Set(answers.map(({ deploymentIds }) => deploymentIds.join())), new Set(['d']));
    assert.match((await has(rig, 1)).autoscale?.reason ?? '', /^an instance is asked for: 0 to 1 instances/);
    // For as long as calls are under way it stays.
    await calls(rig, host, 1);
    await eventually(async () => (await get(rig)).autoscale?.load === 0.1, { describe: 'the call' });
    await anHourPasses();
    assert.equal((await get(rig)).replicas, 1);
    await pool.query('delete from registry.instance_calls');
    await anHourPasses();
    await has(rig, 0);

    await rig.deployments.autoscaleDeployment({ deploymentId: 'd' });
    const off = await request();
    assert.deepEqual([off.deploymentIds, off.keptDeploymentIds], [[], []], 'somebody says that none run');
    await assert.rejects(request({ agentId: 'a b', version: 'x y' }), (error) => {
      assert.deepEqual(
        describeError(error).violations.map(({ field }) => field),
        ['agent_id', 'version'],
      );
      return true;
    });
  });
}

test('whoever waits for an instance is told who keeps one running anyway, of which versions', async () => {
  const { rig, host } = await start();
  await using _rig = rig;
  await using _host = host;
  const kept = async (version = '') => {
    const { deploymentIds, keptDeploymentIds } = await rig.assignments.requestInstance({ agentId: 'mine', version });
    assert.deepEqual(deploymentIds, []);
    return keptDeploymentIds;
  };
  assert.deepEqual(await kept(), []);
  await rig.deployments.applyDeployment(deployment({ replicas: 1 }));
  assert.deepEqual(await kept('^1.0.0'), ['d'], 'one that has never been ready');
  await has(rig, 1);
  assert.deepEqual(await kept(), ['d']);
  assert.deepEqual(await kept('^2.0.0'), []);
  // While a revision that nobody can run replaces it, instances of both are kept.
  await host.crash();
  const next = deployment({ replicas: 1 });
  next.deployment.template.version = '2.0.0';
  await rig.deployments.applyDeployment(next);
  assert.deepEqual([await kept('^1.0.0'), await kept('^2.0.0')], [['d'], ['d']]);
  await rig.deployments.scaleDeployment({ deploymentId: 'd', replicas: 0 });
  assert.deepEqual(await kept(), []);
  await rig.deployments.scaleDeployment({ deploymentId: 'd', replicas: 1 });
  await rig.deployments.deleteDeployment({ deploymentId: 'd' });
  assert.deepEqual(await kept(), []);
});
