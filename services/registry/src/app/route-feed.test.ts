import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentKey, AgentRecord } from '../domain/agent-record.ts';
import { versionRecord } from '../testing/agent-records.ts';
import { RouteFeed } from './route-feed.ts';
import type { RouteNews, RouteWatcher } from './route-watcher.ts';

/** The description stands for everything that may change. */
const agent = (agentId: string, description = ''): AgentRecord => ({
  namespace: 'default',
  agentId,
  routing: undefined,
  versions: [versionRecord({ description })],
  instances: [],
  createdAtMs: 0,
  updatedAtMs: 0,
});

const key = (agentId: string): AgentKey => ({ namespace: 'default', agentId });

/** Rows in memory, whose reads a test lets go one by one. */
class HeldRows {
  readonly rows = new Map<string, AgentRecord>();
  readonly reads: (string[] | 'all')[] = [];
  readonly errors: unknown[] = [];
  held: PromiseWithResolvers<void> | undefined;
  failures = 0;
  readonly feed = new RouteFeed({
    load: (keys) => this.#load(keys),
    onLoadFailed: (error) => this.errors.push(error),
  });

  put(record: AgentRecord): void {
    this.rows.set(record.agentId, record);
  }

  async #load(keys: readonly AgentKey[] | undefined): Promise<AgentRecord[]> {
    this.reads.push(keys === undefined ? 'all' : keys.map(({ agentId }) => agentId));
    const found = [...this.rows.values()].filter(({ agentId }) => keys?.some((one) => one.agentId === agentId) ?? true);
    await this.held?.promise;
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('away');
    }
    return found;
  }
}

const nameOf = (news: RouteNews): string => {
  switch (news.kind) {
    case 'upserted':
      return `+${news.agent.agentId} ${news.agent.versions[0].description}`.trim();
    case 'removed':
      return `-${news.key.agentId}`;
    case 'synced':
    case 'loads':
      return news.kind;
  }
};

/** The next `count` pieces of news. */
async function take(watcher: RouteWatcher, count: number): Promise<string[]> {
  const over = new AbortController();
  const names: string[] = [];
  for await (const news of watcher.news(over.signal)) {
    names.push(nameOf(news));
    if (names.length === count) over.abort();
  }
  return names;
}

test('reads do not overlap, and what changes meanwhile is read again', async () => {
  const rows = new HeldRows();
  rows.put(agent('a', 'old'));
  rows.held = Promise.withResolvers();
  rows.feed.refreshAll();
  rows.put(agent('a', 'new'));
  rows.feed.refresh(key('a'));
  rows.feed.refresh(key('b'));
  assert.deepEqual(rows.reads, ['all'], 'the second read waits for the first');
  rows.held.resolve();
  await rows.feed.whenLoaded;
  assert.deepEqual(await take(rows.feed.watch(), 3), ['+a old', 'synced', '+a new']);
  assert.deepEqual(rows.reads, ['all', ['a', 'b']]);
});

test('a slow watcher gets the latest of each agent, and no more', async () => {
  const rows = new HeldRows();
  rows.feed.refreshAll();
  await rows.feed.whenLoaded;
  const slow = rows.feed.watch();
  const quick = rows.feed.watch();
  const seen = take(quick, 5);
  for (const description of ['1', '2', '3']) {
    rows.put(agent('a', description));
    rows.feed.refresh(key('a'));
    await settled();
  }
  rows.rows.delete('a');
  rows.put(agent('b'));
  rows.feed.refresh(key('a'));
  rows.feed.refresh(key('b'));
  await settled();
  assert.deepEqual(await seen, ['synced', '+a 1', '+a 2', '+a 3', '-a']);
  assert.deepEqual(await take(slow, 3), ['synced', '-a', '+b']);
  assert.equal(rows.feed.watcherCount, 0, 'watchers that are done are forgotten');
});

test('what could not be read is read later', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const rows = new HeldRows();
  rows.failures = 2;
  rows.put(agent('a'));
  rows.feed.refresh(key('a'));
  rows.feed.refreshAll();
  await settled();
  t.mock.timers.tick(2000);
  await settled();
  t.mock.timers.tick(2000);
  await settled();
  await rows.feed.whenLoaded;
  assert.equal(rows.errors.length, 2);
  assert.deepEqual(rows.reads.slice(1), ['all', 'all']);
});

test('a feed that closes ends its watchers', async () => {
  const rows = new HeldRows();
  rows.feed.refreshAll();
  await rows.feed.whenLoaded;
  const before = take(rows.feed.watch(), 9);
  rows.feed[Symbol.dispose]();
  assert.deepEqual(await before, ['synced']);
  assert.deepEqual(await take(rows.feed.watch(), 9), ['synced']);
});

/** Lets everything run that waits for nothing outside. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
