import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AgentSource } from '@skein/contracts/registry';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { startGrpcAgent } from './testing/grpc-agent.ts';
import { registryRig } from './testing/registry-rig.ts';

/** A registry with a file of agents that can be replaced. */
async function listing(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'agents-file-'));
  const path = join(folder, 'agents.yaml');
  await writeFile(path, text);
  const rig = await registryRig({ agentsFile: path, probe: { intervalMs: 3_600_000 } });
  const ids = async () => (await rig.client.listAgents({})).agents.map(({ agentId }) => agentId);
  return {
    rig,
    ids,
    lists: (...expected: readonly string[]) =>
      eventually(async () => (await ids()).join(' ') === expected.join(' '), {
        describe: `agents ${expected.join(' ')}`,
      }),
    /** Whoever reads sees the old file or the new one. */
    async replace(changed: string): Promise<void> {
      await writeFile(`${path}.new`, changed);
      await rename(`${path}.new`, path);
    },
    async [Symbol.asyncDispose]() {
      await rig[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

const entry = (agentId: string, version = '1.0.0', port = 1) =>
  `{ agent_id: ${agentId}, version: ${version}, protocol: AGENT_PROTOCOL_GRPC, endpoints: ["h:${port}"], capabilities: [work] }`;

test('F3 agents of the file are registered, follow it, and go with it; those of others stay', async () => {
  await using it = await listing(`agents: [${entry('a')}, ${entry('b')}]`);
  await it.lists('a', 'b');
  await it.rig.client.registerAgent({ agentId: 'c', version: '1.0.0', endpoints: ['h:9'], protocol: 1 });
  await it.replace(`agents: [${entry('b', '1.1.0')}, ${entry('b', '1.0.0', 2)}, ${entry('d')}]`);
  await it.lists('b', 'c', 'd');
  const { agent } = await it.rig.client.getAgent({ agentId: 'b' });
  assert.deepEqual(
    agent?.versions.map(({ version }) => version),
    ['1.1.0', '1.0.0'],
  );
  await it.replace('');
  await it.lists('c');
});

test('F1 F2 a file that is none changes nothing; an entry that cannot be registered keeps no other from it', async () => {
  await using it = await listing(`agents: [${entry('a')}]`);
  await it.lists('a');
  for (const wrong of [
    'agents: [',
    'agents: {}',
    'agent: []',
    'agents: [{ agent: a }]',
    'hosts: [{ url: nonsense }]',
  ]) {
    await it.replace(wrong);
  }
  const away = 'hosts: [{ url: "127.0.0.1:1" }]';
  await it.replace(`{ agents: [${entry('a')}, ${entry('b')}], ${away} }`);
  await it.lists('a', 'b');
  await it.replace(`{ agents: [${entry('b')}], ${away} }`);
  await it.lists('b');
});

test('the card at a host says which agent is there, in the order file, card, registration', async () => {
  await using host = await startGrpcAgent({ name: 'Story Writer', version: '2.0.0', skills: [{ skillId: 'work' }] });
  await using it = await listing(
    `{ agents: [${entry('z-listed')}], hosts: [{ url: "${host.address}", labels: { of: host } }] }`,
  );
  await it.lists('story-writer', 'z-listed');
  await it.rig.client.registerAgent({
    agentId: 'a',
    version: '1.0.0',
    endpoints: ['h:9'],
    protocol: 1,
    capabilities: ['work'],
  });
  const { agents } = await it.rig.client.discoverAgents({ capabilities: ['work'] });
  assert.deepEqual(
    agents.map(({ agentId, source }) => [agentId, source]),
    [
      ['z-listed', AgentSource.CONFIG],
      ['story-writer', AgentSource.WELL_KNOWN],
      ['a', AgentSource.UNSPECIFIED],
    ],
  );
  const one = await it.rig.client.discoverAgents({ capabilities: ['work'], pageSize: 1 });
  assert.equal(one.agents[0]?.agentId, 'z-listed');
});

test('what the file keeps nobody else registers', async () => {
  await using it = await listing(`agents: [${entry('a')}]`);
  await it.lists('a');
  const registering = it.rig.client.registerAgent({ agentId: 'a', version: '2.0.0', endpoints: ['h:9'], protocol: 1 });
  await assert.rejects(registering, (error) => {
    const { reason, message } = describeError(error);
    assert.equal(reason, 'AGENT_CONFLICT');
    assert.match(message, /agent a in namespace default is kept by the file of agents/);
    return true;
  });
});
