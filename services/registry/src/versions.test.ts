/** Several versions of one agent at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { AgentProtocol, RoutingStrategy, type Agent, type RegisterAgentRequestSchema } from '@skein/contracts/registry';
import { describeError } from '@skein/rpc';
import { startGrpcAgent } from './testing/grpc-agent.ts';
import { registryRig, TRANSPORTS, type RegistryRig } from './testing/registry-rig.ts';
import { RouteLog } from './testing/route-log.ts';

const put = (rig: RegistryRig, given: MessageInitShape<typeof RegisterAgentRequestSchema>) =>
  rig.client.registerAgent({ agentId: 'mine', protocol: AgentProtocol.GRPC, name: 'n', ...given });

const placesOf = (agent: Agent | undefined) =>
  agent?.instances.map(({ endpoint, version }) => `${endpoint} ${version}`);
const versionsOf = (agent: Agent | undefined) => agent?.versions.map(({ version }) => version);

for (const transport of TRANSPORTS) {
  test(`versions live side by side; the newest is shown first (${transport})`, async () => {
    await using rig = await registryRig({ transport, probe: { intervalMs: 3_600_000 } });
    await put(rig, { version: '1.9.0', endpoints: ['h:1', 'h:2'], description: 'nine' });
    const { agent, created } = await put(rig, { version: '1.10.0', endpoints: ['h:3'], description: 'ten' });
    assert.equal(created, false);
    assert.deepEqual(versionsOf(agent), ['1.10.0', '1.9.0']);
    assert.deepEqual(placesOf(agent)?.toSorted(), ['h:1 1.9.0', 'h:2 1.9.0', 'h:3 1.10.0']);
    assert.deepEqual([agent?.version, agent?.description], ['1.10.0', 'ten']);
    using log = new RouteLog(rig.client);
    await log.until(({ agents }) => agents.get('mine')?.versions.length === 2);
    assert.equal(log.agents.get('mine')?.version, '1.10.0');
  });
}

test('a version is unregistered alone; the last one takes the agent along', async () => {
  await using rig = await registryRig({ probe: { intervalMs: 3_600_000 } });
  await put(rig, { version: '1.0.0', endpoints: ['h:1'] });
  await put(rig, { version: '2.0.0', endpoints: ['h:2'] });
  await rig.client.unregisterAgent({ agentId: 'mine', version: '2.0.0' });
  assert.deepEqual(placesOf((await rig.client.getAgent({ agentId: 'mine' })).agent), ['h:1 1.0.0']);
  const again = rig.client.unregisterAgent({ agentId: 'mine', version: '2.0.0' });
  await assert.rejects(again, (error) => describeError(error).reason === 'AGENT_NOT_FOUND');
  await rig.client.unregisterAgent({ agentId: 'mine', version: '1.0.0' });
  await assert.rejects(
    rig.client.getAgent({ agentId: 'mine' }),
    (error) => describeError(error).code === Code.NotFound,
  );
});

test('an endpoint moves to the version it is registered with; going back must be allowed', async () => {
  await using rig = await registryRig({ probe: { intervalMs: 3_600_000 } });
  await put(rig, { version: '1.0.0', endpoints: ['h:1', 'h:2'] });
  await put(rig, { version: '2.0.0', endpoints: ['h:1'] });
  const back = put(rig, { version: '1.0.0', endpoints: ['h:1', 'h:2'] });
  await assert.rejects(back, (error) => {
    const { code, reason, remedy } = describeError(error);
    assert.deepEqual([code, reason], [Code.FailedPrecondition, 'VERSION_DOWNGRADE']);
    assert.match(remedy, /--allow-downgrade/);
    return true;
  });
  const untouched = (await rig.client.getAgent({ agentId: 'mine' })).agent;
  assert.deepEqual(placesOf(untouched)?.toSorted(), ['h:1 2.0.0', 'h:2 1.0.0']);
  const { agent } = await put(rig, { version: '1.0.0', endpoints: ['h:1', 'h:2'], allowDowngrade: true });
  assert.deepEqual([placesOf(agent), versionsOf(agent)], [['h:1 1.0.0', 'h:2 1.0.0'], ['1.0.0']]);
});

test('other versions go where that is asked for', async () => {
  await using rig = await registryRig({ probe: { intervalMs: 3_600_000 } });
  await put(rig, { version: '1.0.0', endpoints: ['h:1'] });
  await put(rig, { version: '2.0.0', endpoints: ['h:2'] });
  const { agent } = await put(rig, { version: '3.0.0', endpoints: ['h:3'], replaceVersions: true });
  assert.deepEqual(placesOf(agent), ['h:3 3.0.0']);
});

test('whoever wants a new agent does not get another one', async () => {
  await using rig = await registryRig({ probe: { intervalMs: 3_600_000 } });
  await put(rig, { version: '1.0.0', endpoints: ['h:1'], createOnly: true });
  const again = put(rig, { version: '1.0.0', endpoints: ['h:2'], createOnly: true });
  await assert.rejects(again, (error) => {
    const { code, reason } = describeError(error);
    assert.deepEqual([code, reason], [Code.AlreadyExists, 'AGENT_EXISTS']);
    return true;
  });
  assert.deepEqual(placesOf((await rig.client.getAgent({ agentId: 'mine' })).agent), ['h:1 1.0.0']);
});

test('how calls are routed is of the agent, and stays until it is said anew', async () => {
  await using rig = await registryRig({ probe: { intervalMs: 3_600_000 } });
  const routing = {
    strategy: RoutingStrategy.ROUND_ROBIN,
    sessionAffinity: true,
    maxInstancesTried: 2,
    fallbackAgentIds: ['backup'],
    circuitBreaker: { failureThreshold: 7, resetTimeout: { seconds: 5n } },
    outlierEjection: { failureRatio: 0.4, maxEjectedRatio: 0.2 },
    limit: { maxConcurrency: 4, rateLimit: 10, ratePer: { seconds: 60n } },
  };
  await put(rig, { version: '1.0.0', endpoints: ['h:1'], routing });
  const { agent } = await put(rig, { version: '2.0.0', endpoints: ['h:2'] });
  const { $typeName: _type, circuitBreaker, outlierEjection, limit, ...rest } = agent?.routing ?? {};
  assert.deepEqual(rest, {
    strategy: RoutingStrategy.ROUND_ROBIN,
    sessionAffinity: true,
    maxInstancesTried: 2,
    fallbackAgentIds: ['backup'],
  });
  assert.deepEqual([circuitBreaker?.failureThreshold, circuitBreaker?.resetTimeout?.seconds], [7, 5n]);
  assert.deepEqual([outlierEjection?.failureRatio, outlierEjection?.maxEjectedRatio], [0.4, 0.2]);
  assert.deepEqual([limit?.maxConcurrency, limit?.rateLimit, limit?.ratePer?.seconds], [4, 10, 60n]);
});

test('instances that follow their cards part when their cards do', async () => {
  await using rig = await registryRig();
  await using one = await startGrpcAgent({ version: '1.0.0' });
  const two = await startGrpcAgent({ version: '1.0.0' });
  const { port } = two.server;
  await rig.client.registerAgent({ agentId: 'mine', endpoints: [one.address, two.address] });
  using log = new RouteLog(rig.client);
  const versionAt = (address: string) =>
    log.agents.get('mine')?.instances.find(({ endpoint }) => endpoint === address)?.version;
  await log.until(() => versionAt(two.address) === '1.0.0');
  await two[Symbol.asyncDispose]();
  await log.until(
    ({ agents }) => agents.get('mine')?.instances.some(({ healthDetail }) => healthDetail !== '') ?? false,
  );
  await using _newer = await startGrpcAgent({ version: '1.1.0' }, port);
  await log.until(() => versionAt(two.address) === '1.1.0');
  assert.equal(versionAt(one.address), '1.0.0');
  assert.deepEqual(versionsOf(log.agents.get('mine')), ['1.1.0', '1.0.0']);
});

test('the skills of a card are kept with their schemas', async () => {
  await using rig = await registryRig();
  const skill = { skillId: 'classify', description: 'sorts', tags: ['text'], inputSchema: { type: 'string' } };
  await using served = await startGrpcAgent({ version: '1.0.0', skills: [skill] });
  const { agent } = await rig.client.registerAgent({ agentId: 'mine', endpoints: [served.address] });
  const [found] = agent?.versions[0]?.skills ?? [];
  assert.deepEqual([found?.skillId, found?.inputSchema], ['classify', { type: 'string' }]);
  assert.deepEqual(agent?.capabilities, ['classify', 'text']);
});

test('who asks for policies alone is told how calls are routed, and of nothing else', async () => {
  await using rig = await registryRig({ probe: { intervalMs: 3_600_000 } });
  await put(rig, { version: '1.0.0', endpoints: ['h:1'] });
  using log = new RouteLog(rig.client, { policiesOnly: true });
  await log.until(({ agents, news }) => agents.has('mine') && news.includes('synced'));
  await put(rig, { version: '1.0.0', endpoints: ['h:2'] });
  await put(rig, { version: '1.0.0', endpoints: ['h:2'], routing: { limit: { maxConcurrency: 3 } } });
  await log.until(({ agents }) => agents.get('mine')?.routing?.limit?.maxConcurrency === 3);
  await rig.client.unregisterAgent({ agentId: 'mine' });
  await log.until(({ agents }) => !agents.has('mine'));
  assert.deepEqual(
    log.news.filter((news) => news !== 'synced'),
    ['+mine', '+mine', '-mine'],
  );
});
