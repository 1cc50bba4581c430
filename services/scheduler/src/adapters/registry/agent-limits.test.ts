import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import { WatchRoutesResponseSchema, type AgentRegistryService } from '@skein/contracts/registry';
import { eventually } from '@skein/testkit';
import { MemoryLimitStore } from '../memory/limit-store.ts';
import { MemoryRunStore } from '../memory/run-store.ts';
import { followAgentLimits } from './agent-limits.ts';

type News = MessageInitShape<typeof WatchRoutesResponseSchema>;

const agent = (agentId: string, maxConcurrency?: number): News => {
  const routing = maxConcurrency === undefined ? {} : { routing: { limit: { maxConcurrency } } };
  return { change: { case: 'upserted', value: { namespace: 'default', agentId, ...routing } } };
};
const SYNCED: News = { change: { case: 'synced', value: {} } };

/** A registry that tells each list of news on a stream of its own; the last stream stays open. */
function registryOf(...streams: readonly (readonly News[])[]) {
  let opened = 0;
  async function* watchRoutes({ policiesOnly = false }, { signal }: { signal: AbortSignal }) {
    assert.equal(policiesOnly, true);
    const news = streams[opened] ?? [];
    opened += 1;
    for (const one of news) yield create(WatchRoutesResponseSchema, one);
    if (opened < streams.length) return;
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  }
  return { watchRoutes } as unknown as Client<typeof AgentRegistryService>;
}

test('limits follow what agents are registered with, and go with them', async () => {
  const limits = new MemoryLimitStore({ runs: new MemoryRunStore() });
  const gone = { namespace: 'default', agentId: 'gone' };
  await limits.defineCalls({ namespace: 'default', key: 'agent/forgotten' }, { maxConcurrency: 9, rate: undefined });
  const registry = registryOf([
    agent('free'),
    agent('busy', 3),
    agent('gone', 4),
    SYNCED,
    agent('later', 5),
    agent('busy', 2),
    { change: { case: 'removed', value: gone } },
  ]);
  await using _ = followAgentLimits({ registry, limits, onLost: () => assert.fail('the stream is open') });
  const now = async () => {
    const keys = await limits.definedCalls();
    const states = await Promise.all(keys.map((key) => limits.limit(key)));
    return states.map((state) => `${state?.key} ${state?.effective.maxConcurrency}`).toSorted();
  };
  await eventually(async () => (await now()).join(', ') === 'agent/busy 2, agent/later 5', { describe: 'the limits' });
});

test('while the registry is away limits stay, and are put right when it is back', async () => {
  const limits = new MemoryLimitStore({ runs: new MemoryRunStore() });
  const lost: Promise<readonly unknown[]>[] = [];
  const registry = registryOf([agent('busy', 3), SYNCED], [agent('busy')], [agent('busy'), SYNCED]);
  await using _ = followAgentLimits({ registry, limits, onLost: () => void lost.push(limits.definedCalls()) });
  await eventually(async () => lost.length === 2 && (await limits.definedCalls()).length === 0, {
    describe: 'the limit to go',
  });
  const meanwhile = await Promise.all(lost);
  assert.deepEqual(
    meanwhile.map(({ length }) => length),
    [1, 1],
  );
});
