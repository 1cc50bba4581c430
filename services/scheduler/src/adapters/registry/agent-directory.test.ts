import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code, type Client } from '@connectrpc/connect';
import type { AgentRegistryService } from '@skein/contracts/registry';
import { skeinError } from '@skein/rpc';
import { registryAgentDirectory } from './agent-directory.ts';

/** A registry that has one agent, and counts who asks. */
function stage() {
  const asked: string[] = [];
  const trouble: unknown[] = [];
  let nowMs = 0;
  let isAway = false;
  const getAgent = async ({ agentId = '' }) => {
    await Promise.resolve();
    asked.push(agentId);
    if (isAway) throw skeinError({ reason: 'SERVICE_UNAVAILABLE', code: Code.Unavailable, message: 'away' });
    if (agentId !== 'known') throw skeinError({ reason: 'AGENT_NOT_FOUND', code: Code.NotFound, message: 'unknown' });
    return {};
  };
  const registry = { getAgent } as unknown as Client<typeof AgentRegistryService>;
  return {
    asked,
    trouble,
    directory: registryAgentDirectory(
      registry,
      () => nowMs,
      (error) => void trouble.push(error),
    ),
    pass: (ms: number) => void (nowMs += ms),
    leave: () => void (isAway = true),
  };
}

test('many that ask at once ask once, and what was found is remembered for a moment', async () => {
  const { directory, asked, pass } = stage();
  const answers = await Promise.all(Array.from({ length: 50 }, () => directory.missing('default', ['known'])));
  assert.deepEqual([answers.flat(), asked], [[], ['known']]);
  pass(4000);
  assert.deepEqual([await directory.missing('default', ['known']), asked.length], [[], 1]);
  pass(2000);
  assert.deepEqual([await directory.missing('default', ['known']), asked.length], [[], 2]);
});

test('what is missing is asked for again each time', async () => {
  const { directory, asked } = stage();
  assert.deepEqual(await directory.missing('default', ['known', 'nobody']), ['nobody']);
  assert.deepEqual(await directory.missing('default', ['nobody']), ['nobody']);
  assert.deepEqual(asked, ['known', 'nobody', 'nobody']);
});

test('a registry that does not answer stops nobody, and is asked again', async () => {
  const { directory, asked, leave, trouble } = stage();
  leave();
  for (let time = 0; time < 2; time += 1) assert.deepEqual(await directory.missing('default', ['nobody']), []);
  assert.deepEqual([asked.length, trouble.length], [2, 2]);
});
