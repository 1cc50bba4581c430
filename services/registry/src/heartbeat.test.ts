/** Instances that speak for themselves: heartbeats, leases, loads, drain. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code } from '@connectrpc/connect';
import { AgentProtocol, BreakerState, InstanceHealth, type Instance } from '@skein/contracts/registry';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { startGrpcAgent } from './testing/grpc-agent.ts';
import { registryRig, TRANSPORTS, type RegistryRig, type RunningRegistry } from './testing/registry-rig.ts';
import { RouteLog } from './testing/route-log.ts';

const { HEALTHY, DEGRADED, UNHEALTHY, UNSPECIFIED } = InstanceHealth;
const AGENT = { agentId: 'mine', version: '1.0.0', probe: { disabled: true }, protocol: AgentProtocol.GRPC };
const SECOND = { seconds: 1n };
const FAST = { probe: { loadIntervalMs: 10 } } as const;

/** Registers instances with a lease; answers their ids. */
async function join(rig: Pick<RegistryRig, 'client'>, endpoints: string[], leaseTtl: { seconds: bigint } = SECOND) {
  const protocol = endpoints[0]?.startsWith('worker:') === true ? AgentProtocol.PULL : AgentProtocol.GRPC;
  const { instanceIds } = await rig.client.registerAgent({ ...AGENT, protocol, endpoints, leaseTtl });
  return instanceIds;
}

const instancesOf = async ({ client }: RunningRegistry): Promise<readonly Instance[]> =>
  (await client.getAgent({ agentId: 'mine' })).agent?.instances ?? [];

for (const transport of TRANSPORTS) {
  test(`an instance that is not heard of is forgotten, one that is stays (${transport})`, async () => {
    await using rig = await registryRig({ transport, ...FAST });
    const answer = await rig.client.registerAgent({ ...AGENT, endpoints: ['h:1'], leaseTtl: SECOND });
    assert.equal(answer.heartbeatInterval?.nanos, 333_333_333);
    const [kept = ''] = answer.instanceIds;
    await join(rig, ['h:2']);
    assert.equal((await instancesOf(rig)).length, 2, 'an instance with a lease does not replace others');
    using log = new RouteLog(rig.client);
    await eventually(
      async () => {
        const { unknownInstanceIds } = await rig.client.heartbeat({
          agentId: 'mine',
          instances: [{ instanceId: kept }],
        });
        assert.deepEqual(unknownInstanceIds, []);
        return (await instancesOf(rig)).length === 1;
      },
      { describe: 'the silent instance to go' },
    );
    assert.deepEqual(
      (await instancesOf(rig)).map(({ endpoint }) => endpoint),
      ['h:1'],
    );
    await log.until(({ agents }) => agents.get('mine')?.instances.length === 1);
    await log.until(({ agents }) => agents.get('mine')?.instances.length === 0);
    assert.equal((await rig.client.getAgent({ agentId: 'mine' })).agent?.version, '1.0.0', 'the agent stays');
    const { unknownInstanceIds } = await rig.client.heartbeat({ agentId: 'mine', instances: [{ instanceId: kept }] });
    assert.deepEqual(unknownInstanceIds, [kept], 'it is told to register again');
  });
}

test('an instance says how it is, and the worse of its word and the probes’ holds', async () => {
  await using rig = await registryRig({ probe: { ...FAST.probe, intervalMs: 10 } });
  await using served = await startGrpcAgent();
  const { instanceIds } = await rig.client.registerAgent({ agentId: 'mine', endpoints: [served.address] });
  const [instanceId = ''] = instanceIds;
  const say = (health: InstanceHealth, healthDetail = '') =>
    rig.client.heartbeat({ agentId: 'mine', instances: [{ instanceId, health, healthDetail }] });
  using log = new RouteLog(rig.client);
  const shown = () => log.agents.get('mine')?.instances[0];
  await log.until(() => shown()?.health === HEALTHY);
  await say(DEGRADED, 'half the workers are busy');
  await log.until(() => shown()?.health === DEGRADED);
  assert.equal(shown()?.healthDetail, 'half the workers are busy');
  await say(UNHEALTHY);
  await log.until(() => shown()?.health === UNHEALTHY);
  await say(UNSPECIFIED);
  await log.until(() => shown()?.health === HEALTHY);
  await say(HEALTHY);
  served.server.health.setAll('NOT_SERVING');
  await log.until(() => shown()?.health === UNHEALTHY);
  assert.equal(shown()?.healthDetail, 'the health service answers NOT_SERVING');
});

test('loads reach every registry and whoever watches', async () => {
  await using rig = await registryRig(FAST);
  await using other = await rig.another();
  const [first = '', second = ''] = await join(rig, ['h:1', 'h:2'], { seconds: 60n });
  using log = new RouteLog(other.client);
  await log.until(({ agents }) => agents.get('mine')?.instances.length === 2);
  await rig.client.heartbeat({ agentId: 'mine', instances: [{ instanceId: first, load: 0.7, inFlight: 3 }] });
  await log.until(({ loads }) => loads.get(first)?.load === 0.7);
  for (const [executorId, inFlight, breaker] of [
    ['e-1', 2, BreakerState.CLOSED],
    ['e-2', 3, BreakerState.OPEN],
  ] as const) {
    const calls = { agentId: 'mine', inFlight, latencyMs: 10, breaker };
    const instances = [first, second].map((instanceId) => ({ ...calls, instanceId }));
    await rig.client.reportCalls({ executorId, instances });
  }
  await log.until(({ loads }) => loads.get(second)?.inFlight === 5);
  await log.until(({ loads }) => loads.get(first)?.breaker === BreakerState.OPEN);
  assert.equal(log.loads.get(first)?.inFlight, 3, 'its own word comes before that of the executors');
  const shown = (await instancesOf(other)).find(({ instanceId }) => instanceId === second);
  assert.deepEqual([shown?.load?.inFlight, shown?.load?.latencyMs], [5, 10]);
  const { agents } = await other.client.discoverAgents({ agentId: 'mine' });
  assert.deepEqual(
    agents[0]?.instances.map(({ instanceId }) => instanceId),
    [second, first],
    'the least loaded comes first',
  );
});

test('a thousand instances are heard', async () => {
  await using rig = await registryRig(FAST);
  const endpoints = Array.from({ length: 1000 }, (_, at) => `h:${at + 1}`);
  const instanceIds = await join(rig, endpoints, { seconds: 60n });
  assert.equal(new Set(instanceIds).size, 1000);
  const instances = instanceIds.map((instanceId) => ({ instanceId, load: 0.25 }));
  const { unknownInstanceIds } = await rig.client.heartbeat({ agentId: 'mine', instances });
  assert.deepEqual(unknownInstanceIds, []);
  await eventually(async () => (await instancesOf(rig)).every(({ load }) => load?.load === 0.25), {
    describe: 'every load',
  });
});

test('an outage of the database costs nobody the lease', async () => {
  await using rig = await registryRig(FAST);
  await join(rig, ['h:1'], { seconds: 3n });
  const pool = rig.database.pool(1);
  await pool.query(`update registry.instance set lease_expires_at = now() - interval '1 hour'`);
  await rig.service[Symbol.asyncDispose]();
  await pool.query(`update registry.instance set lease_expires_at = now() - interval '1 hour'`);
  await using after = await rig.another();
  const [instance] = await instancesOf(after);
  assert.ok(instance, 'a registry that has just begun has given nobody the time to be heard of');
  await after.client.heartbeat({ agentId: 'mine', instances: [{ instanceId: instance.instanceId }] });
  await eventually(async () => ((await instancesOf(after))[0]?.leaseExpiresAt?.seconds ?? 0n) * 1000n > Date.now(), {
    describe: 'the lease to be renewed',
  });
});

test('a drained instance takes no calls until it is enabled', async () => {
  await using rig = await registryRig();
  const { instanceIds } = await rig.client.registerAgent({ ...AGENT, endpoints: ['h:1', 'h:2'] });
  const [instanceId = ''] = instanceIds;
  using log = new RouteLog(rig.client);
  const shown = () => log.agents.get('mine')?.instances.find((each) => each.instanceId === instanceId);
  for (let round = 0; round < 2; round += 1) {
    const { instance } = await rig.client.drainInstance({ agentId: 'mine', instanceId, reason: 'maintenance' });
    assert.deepEqual([instance?.drained, instance?.drainReason], [true, 'maintenance']);
  }
  await log.until(() => shown()?.drained === true);
  const { agents } = await rig.client.discoverAgents({ agentId: 'mine' });
  assert.deepEqual(
    agents[0]?.instances.map(({ endpoint }) => endpoint),
    ['h:2'],
  );
  // A registration is about where agents are, not about who may be called.
  await rig.client.registerAgent({ ...AGENT, endpoints: ['h:1', 'h:2'], description: 'changed' });
  await log.until(({ agents: known }) => known.get('mine')?.description === 'changed');
  assert.equal(shown()?.drained, true);
  const { instance } = await rig.client.enableInstance({ agentId: 'mine', instanceId });
  assert.deepEqual([instance?.drained, instance?.drainReason], [false, '']);
  await log.until(() => shown()?.drained === false);
  const unknown = rig.client.drainInstance({ agentId: 'mine', instanceId: 'nobody' });
  await assert.rejects(unknown, (error) => {
    const { code, reason } = describeError(error);
    assert.deepEqual([code, reason], [Code.NotFound, 'INSTANCE_NOT_FOUND']);
    return true;
  });
});

test('an instance that goes says so, and is gone at once', async () => {
  await using rig = await registryRig();
  const [instanceId = ''] = await join(rig, ['worker:executor-1:7403/w-1'], { seconds: 60n });
  using log = new RouteLog(rig.client);
  await log.until(({ agents }) => agents.get('mine')?.instances.length === 1);
  for (let round = 0; round < 2; round += 1) await rig.client.removeInstance({ agentId: 'mine', instanceId });
  await log.until(({ agents }) => agents.get('mine')?.instances.length === 0);
});

test('a heartbeat that is out of bounds changes nothing and names every field', async () => {
  await using rig = await registryRig();
  const [instanceId = ''] = await join(rig, ['h:1'], { seconds: 60n });
  const wrong = {
    instanceId: '',
    health: 9 as InstanceHealth,
    load: 1.5,
    latencyMs: -1,
    healthDetail: 'x'.repeat(1025),
  };
  const beat = rig.client.heartbeat({ agentId: 'mine', instances: [{ instanceId, load: 0.5 }, wrong] });
  await assert.rejects(beat, (error) => {
    const fields = describeError(error).violations.map(({ field }) => field.replace('instances[1].', ''));
    assert.deepEqual(fields, ['instance_id', 'health', 'load', 'latency_ms', 'health_detail']);
    return true;
  });
  await assert.rejects(
    rig.client.heartbeat({ agentId: 'mine' }),
    (error) => describeError(error).reason === 'INVALID_FIELD',
  );
});

test('whoever looks for nothing in particular is told what to say', async () => {
  await using rig = await registryRig();
  await assert.rejects(rig.client.discoverAgents({ version: 'new', pageSize: -1 }), (error) => {
    const fields = describeError(error).violations.map(({ field }) => field);
    assert.deepEqual(fields, ['capabilities', 'version', 'page_size']);
    return true;
  });
});
