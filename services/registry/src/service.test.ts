import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code } from '@connectrpc/connect';
import { AgentProtocol, InstanceHealth } from '@skein/contracts/registry';
import { describeError } from '@skein/rpc';
import { RouteLog } from './testing/route-log.ts';
import { registryRig, TRANSPORTS } from './testing/registry-rig.ts';

const reason = (expected: string) => (error: unknown) => describeError(error).reason === expected;

for (const transport of TRANSPORTS) {
  test(`an agent is registered, found, changed and forgotten (${transport})`, async () => {
    await using rig = await registryRig({ transport });
    const { client } = rig;
    const registration = {
      agentId: 'greeter',
      version: '1.2.3',
      name: 'Greeter',
      capabilities: ['talk', 'greet', 'talk'],
      agentType: 'output',
      endpoints: ['inprocess:greet'],
      labels: { team: 'a' },
      config: { polite: true, words: ['hello'] },
      timeout: { seconds: 2n, nanos: 500_000_000 },
    };
    const first = await client.registerAgent(registration);
    assert.equal(first.created, true);
    const { agent } = first;
    assert.ok(agent);
    assert.equal(agent.namespace, 'default');
    assert.equal(agent.protocol, AgentProtocol.IN_PROCESS);
    assert.deepEqual(agent.capabilities, ['greet', 'talk']);
    assert.deepEqual(agent.config, registration.config);
    assert.equal(agent.timeout?.nanos, 500_000_000);
    assert.equal(agent.instances[0]?.endpoint, 'inprocess:greet');
    assert.equal(agent.instances[0]?.health, InstanceHealth.UNSPECIFIED);

    const same = await client.registerAgent(registration);
    assert.equal(same.created, false);
    assert.deepEqual(same.agent, agent, 'the same registration again changes nothing');

    const changed = await client.registerAgent({ ...registration, endpoints: ['inprocess:greet', 'inprocess:other'] });
    assert.equal(changed.created, false);
    assert.equal(changed.agent?.instances[0]?.instanceId, agent.instances[0]?.instanceId);
    assert.equal(changed.agent?.instances.length, 2);

    const { agent: found } = await client.getAgent({ agentId: 'greeter' });
    assert.deepEqual(found, changed.agent);
    await client.unregisterAgent({ agentId: 'greeter' });
    await assert.rejects(client.getAgent({ agentId: 'greeter' }), reason('AGENT_NOT_FOUND'));
    await assert.rejects(client.unregisterAgent({ agentId: 'greeter' }), reason('AGENT_NOT_FOUND'));
  });

  test(`a watcher gets everything, a mark, and every change (${transport})`, async () => {
    await using rig = await registryRig({ transport });
    const { client } = rig;
    const put = (agentId: string, description = '') =>
      client.registerAgent({ agentId, description, version: '1.0.0', endpoints: [`inprocess:${agentId}`] });
    await put('one');
    await using other = await rig.another();
    using log = new RouteLog(other.client);
    await log.synced;
    assert.deepEqual(log.news, ['+one', 'synced']);
    await put('two');
    await log.until(({ news }) => news.length === 3);
    await put('two', 'described now');
    await log.until(({ agents }) => agents.get('two')?.description === 'described now');
    await client.unregisterAgent({ agentId: 'one' });
    await log.until(({ news }) => news.includes('-one'));
    assert.deepEqual(log.news, ['+one', 'synced', '+two', '+two', '-one']);
  });
}

test('a namespace does not see the agents of another', async () => {
  await using rig = await registryRig();
  const { client } = rig;
  const put = (namespace: string) =>
    client.registerAgent({ namespace, agentId: 'shared-name', version: '1.0.0', endpoints: ['inprocess:it'] });
  const first = await put('team-a');
  await assert.rejects(client.getAgent({ namespace: 'team-b', agentId: 'shared-name' }), (error) => {
    const { code, reason: why } = describeError(error);
    return code === Code.NotFound && why === 'AGENT_NOT_FOUND';
  });
  const second = await put('team-b');
  assert.equal(second.created, true);
  assert.notEqual(second.agent?.instances[0]?.instanceId, first.agent?.instances[0]?.instanceId);
  await client.unregisterAgent({ namespace: 'team-a', agentId: 'shared-name' });
  assert.equal((await client.listAgents({ namespace: 'team-b' })).agents.length, 1);
  assert.equal((await client.listAgents({})).agents.length, 0);
});
