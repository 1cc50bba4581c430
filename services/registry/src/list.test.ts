import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentProtocol, InstanceHealth } from '@skein/contracts/registry';
import { describeError } from '@skein/rpc';
import { eventually, freePort } from '@skein/testkit';
import { registryRig, TRANSPORTS } from './testing/registry-rig.ts';

const reason = (expected: string) => (error: unknown) => describeError(error).reason === expected;

for (const transport of TRANSPORTS) {
  test(`pages come in the order of the ids and meet at their edges (${transport})`, async () => {
    await using rig = await registryRig({ transport });
    const ids = ['B', 'Z-1', 'a', 'a.1', 'a_b', 'z'];
    for (const agentId of ids.toReversed()) {
      await rig.client.registerAgent({ agentId, version: '1.0.0', endpoints: ['inprocess:x'] });
    }
    const seen: string[] = [];
    const sizes: number[] = [];
    let pageToken = '';
    do {
      const page = await rig.client.listAgents({ pageSize: 4, pageToken });
      seen.push(...page.agents.map(({ agentId }) => agentId));
      sizes.push(page.agents.length);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    assert.deepEqual(seen, ids);
    assert.deepEqual(sizes, [4, 2]);
    assert.equal((await rig.client.listAgents({ pageSize: 6 })).nextPageToken, '', 'a full last page is the last');
  });
}

test('all filters must hold', async () => {
  await using rig = await registryRig();
  const put = (agentId: string, capabilities: string[], agentType: string) =>
    rig.client.registerAgent({ agentId, capabilities, agentType, version: '1.0.0', endpoints: ['inprocess:x'] });
  await put('one', ['read', 'write'], 'input');
  await put('two', ['read'], 'input');
  await put('three', ['read', 'write'], 'output');
  const list = async (filter: Parameters<typeof rig.client.listAgents>[0]) =>
    (await rig.client.listAgents(filter)).agents.map(({ agentId }) => agentId);
  assert.deepEqual(await list({ capabilities: ['read'] }), ['one', 'three', 'two']);
  assert.deepEqual(await list({ capabilities: ['write', 'read'] }), ['one', 'three']);
  assert.deepEqual(await list({ capabilities: ['read', 'write'], agentType: 'input' }), ['one']);
  assert.deepEqual(await list({ capabilities: ['rea'] }), []);
  assert.deepEqual(await list({ agentType: 'processor' }), []);
});

test('agents are found by the health of their instances', async () => {
  await using rig = await registryRig();
  await rig.client.registerAgent({ agentId: 'function', version: '1.0.0', endpoints: ['inprocess:x'] });
  const endpoints = [`http://127.0.0.1:${await freePort()}`];
  await rig.client.registerAgent({ agentId: 'away', endpoints, protocol: AgentProtocol.HTTP_PROCESS });
  const list = async (health: InstanceHealth) =>
    (await rig.client.listAgents({ health })).agents.map(({ agentId }) => agentId);
  await eventually(async () => (await list(InstanceHealth.UNHEALTHY)).length === 1, { describe: 'the probes to fail' });
  assert.deepEqual(await list(InstanceHealth.UNHEALTHY), ['away']);
  assert.deepEqual(await list(InstanceHealth.HEALTHY), []);
  assert.deepEqual(await list(InstanceHealth.UNSPECIFIED), ['away', 'function']);
});

test('a token of another list, or of nobody’s making, is refused', async () => {
  await using rig = await registryRig();
  for (const agentId of ['a', 'b']) {
    await rig.client.registerAgent({ agentId, version: '1.0.0', endpoints: ['inprocess:x'] });
  }
  const { nextPageToken } = await rig.client.listAgents({ pageSize: 1 });
  const forged = Buffer.from(JSON.stringify(['agents/default', 'a\0'])).toString('base64url');
  for (const pageToken of ['garbage', '!', Buffer.from('[]').toString('base64url'), forged]) {
    await assert.rejects(rig.client.listAgents({ pageToken }), reason('INVALID_CURSOR'));
  }
  const elsewhere = rig.client.listAgents({ namespace: 'team-b', pageToken: nextPageToken });
  await assert.rejects(elsewhere, reason('INVALID_CURSOR'));
});

test('every wrong filter is named at once', async () => {
  await using rig = await registryRig();
  const wrong = {
    namespace: 'X',
    capabilities: [''],
    agentType: 't'.repeat(65),
    health: 9 as InstanceHealth,
    pageSize: -1,
  };
  await assert.rejects(rig.client.listAgents(wrong), (error) => {
    const { violations } = describeError(error);
    assert.deepEqual(violations.map(({ field }) => field).toSorted(), [
      'agent_type',
      'capabilities[0]',
      'health',
      'namespace',
      'page_size',
    ]);
    return true;
  });
});
