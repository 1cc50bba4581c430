import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileWorkflow, type Plan } from '@skein/domain';
import { eventually } from '@skein/testkit';
import { v7 as uuidv7 } from 'uuid';
import { MemoryCalledRunStore } from '../adapters/memory/called-run-store.ts';
import { MemoryLimitStore } from '../adapters/memory/limit-store.ts';
import { MemoryRunStore } from '../adapters/memory/run-store.ts';
import { ONE_AGENT, sampleStart, taskSucceeded } from '../testing/engine-rig.ts';
import { NO_PEERS } from '../testing/no-peers.ts';
import { RecordingChannel } from '../testing/sample-orders.ts';
import { ALL_SHARDS, soleOwnership } from '../testing/sole-ownership.ts';
import { newRunId } from '../testing/run-store/sample-batches.ts';
import type { Ownership } from './ownership.ts';
import type { RunStore } from './run-store.ts';
import { RunElsewhereError } from './run-errors.ts';
import { SchedulerCore } from './scheduler-core.ts';

const plan: Plan = compileWorkflow(ONE_AGENT);
const ALONE = [{ schedulerId: 'sole', address: '127.0.0.1:1', historyVersion: 1 }];

interface Rig extends AsyncDisposable {
  readonly core: SchedulerCore;
  readonly ownership: Ownership;
  readonly told: string[];
  active: boolean;
}

function coreOver(store: RunStore): Rig {
  const ownership = soleOwnership({ isFresh: () => rig.active });
  const told: string[] = [];
  const core = new SchedulerCore({
    store,
    limits: new MemoryLimitStore({ runs: store }),
    calledRuns: new MemoryCalledRunStore(store),
    plans: { stored: async () => ({ version: 1, plan }), ofRun: async () => plan },
    carrier: { maxPayloadBytes: 1024 * 1024, publishEventBatch: async () => void told.push('published') },
    observer: {
      transitionCommitted: (_plan, _before, _after, events) => void told.push(events.map(({ kind }) => kind).join(' ')),
      raceLost: () => void told.push('race lost'),
      runSetAside: (runId, error) => void told.push(`set aside ${runId}: ${String(error)}`),
      storeFailed: (error) => void told.push(`store failed: ${String(error)}`),
      reportFailed: (_, error) => void told.push(`report failed: ${String(error)}`),
      publishFailed: () => {},
      runsWaiting: () => {},
      callsWaiting: () => {},
    },
    ownership,
    peers: NO_PEERS,
    newCommitId: uuidv7,
    nowMs: Date.now,
    random: () => 0.5,
  });
  const rig: Rig = { core, ownership, told, active: true, [Symbol.asyncDispose]: () => core[Symbol.asyncDispose]() };
  return rig;
}

const begin = async ({ core }: Rig, count = 1) => {
  const starts = Array.from({ length: count }, () => core.engine.start(sampleStart(newRunId(), plan)));
  return (await Promise.all(starts)).map(({ runId }) => runId);
};

function connect({ core }: Rig): RecordingChannel {
  const channel = new RecordingChannel();
  core.dispatcher.grant(core.dispatcher.connect('executor', channel, []), 1000);
  return channel;
}

test('a run goes from its start to its end, and its events to the bus', async () => {
  await using one = coreOver(new MemoryRunStore());
  const channel = connect(one);
  const [runId = ''] = await begin(one);
  assert.deepEqual(channel.runIds, [runId]);
  await one.core.engine.submit(runId, taskSucceeded());
  assert.match(one.told.at(-1) ?? '', /run_done$/);
  assert.equal(one.told.filter((it) => it === 'published').length, 2);
});

test('R6 one that joins adopts every open run, whatever their number', async () => {
  const store = new MemoryRunStore();
  {
    await using before = coreOver(store);
    await begin(before, 1201);
  }
  await using next = coreOver(store);
  await next.core.membersChanged(ALONE, true);
  assert.equal(next.core.engine.size, 1201);
});

test('one that is excluded lets go of everything; when it joins again it adopts and asks who has what in hand', async () => {
  await using one = coreOver(new MemoryRunStore());
  await one.core.membersChanged(ALONE, true);
  const channel = connect(one);
  const [runId = ''] = await begin(one);
  one.core.excluded();
  assert.equal(one.core.engine.size, 0);
  assert.deepEqual(channel.cancelled, [], 'the executor goes on');
  const asked = channel.asked;
  await one.core.membersChanged(ALONE, true);
  assert.equal(one.core.dispatcher.placeOf(runId, 'work')?.place, 'unannounced');
  assert.equal(channel.asked, asked + 1);
});

test('R7 when another one joins, the runs that become its own leave, and the others stay', async () => {
  const store = new MemoryRunStore();
  await using one = coreOver(store);
  await one.core.membersChanged(ALONE, true);
  connect(one);
  const runIds = await begin(one, 64);
  await one.core.membersChanged([...ALONE, { schedulerId: 'other', address: '127.0.0.1:2', historyVersion: 1 }], false);
  const { ownership } = one;
  for (const runId of runIds) {
    assert.equal(one.core.engine.peek(runId) !== undefined, ownership.owns(runId));
    assert.equal(one.core.dispatcher.placeOf(runId, 'work')?.place, ownership.owns(runId) ? 'held' : undefined);
  }
  const moved = runIds.find((runId) => !ownership.owns(runId)) ?? '';
  await assert.rejects(one.core.engine.submit(moved, taskSucceeded()), RunElsewhereError);
  await assert.rejects(one.core.engine.start(sampleStart(moved, plan)), RunElsewhereError);
  await one.core.membersChanged(ALONE, false);
  assert.equal(one.core.engine.size, 64, 'what comes back is adopted');
});

test('one whose store failed while it adopted tries again with the next round', async () => {
  class Faltering extends MemoryRunStore {
    falters = false;
    override openRuns(...query: Parameters<RunStore['openRuns']>): Promise<readonly string[]> {
      return this.falters ? Promise.reject(new Error('the store is away')) : super.openRuns(...query);
    }
  }
  const store = new Faltering();
  {
    await using before = coreOver(store);
    await begin(before, 3);
  }
  await using next = coreOver(store);
  store.falters = true;
  await assert.rejects(next.core.membersChanged(ALONE, true), /the store is away/);
  store.falters = false;
  await next.core.keeper.round();
  assert.equal(next.core.engine.size, 3);
});

test('a run that cannot be read is told of and postponed; the others are adopted', async () => {
  class Unreadable extends MemoryRunStore {
    unreadable = '';
    override load(runId: string) {
      return runId === this.unreadable ? Promise.reject(new Error('not readable')) : super.load(runId);
    }
  }
  const store = new Unreadable();
  let runIds: string[];
  {
    await using before = coreOver(store);
    runIds = await begin(before, 3);
  }
  store.unreadable = runIds[1] ?? '';
  await using next = coreOver(store);
  await next.core.membersChanged(ALONE, true);
  assert.equal(next.core.engine.size, 2);
  assert.deepEqual(next.told, [`set aside ${store.unreadable}: Error: not readable`]);
});

test('T4 what an executor has in hand of a run that has ended is stopped, although the store was away when it said so', async () => {
  class Faltering extends MemoryRunStore {
    failures = 0;
    override load(runId: string) {
      return this.failures-- > 0 ? Promise.reject(new Error('the store is away')) : super.load(runId);
    }
  }
  const store = new Faltering();
  await using one = coreOver(store);
  await one.core.membersChanged(ALONE, true);
  connect(one);
  const [runId = ''] = await begin(one);
  await one.core.engine.submit(runId, { kind: 'terminate_run', reason: 'enough' });
  await eventually(() => one.core.engine.peek(runId) === undefined, { describe: 'the run to leave memory' });
  store.failures = 3;
  const channel = new RecordingChannel();
  one.core.dispatcher.connect('another', channel, [{ runId, key: { nodeId: 'work', attempt: 1, dispatch: 1 } }]);
  await eventually(() => channel.cancelled.length > 0, { describe: 'the executor to be told' });
  assert.deepEqual(
    channel.cancelled.map((told) => told.runId),
    [runId],
  );
  assert.equal(one.told.filter((line) => line.startsWith('report failed')).length, 3);
});

test('a round sweeps what is due, but only where this scheduler is active', async () => {
  let nowMs = Date.now();
  const store = new MemoryRunStore({ nowMs: () => nowMs });
  {
    await using before = coreOver(store);
    await begin(before, 2);
  }
  nowMs += 24 * 60 * 60 * 1000;
  await using next = coreOver(store);
  next.active = false;
  await next.core.keeper.round();
  assert.equal(next.core.engine.size, 0);
  assert.equal(next.told.filter((it) => it === 'published').length, 1, 'events are everybody’s business');
  next.active = true;
  await next.core.keeper.round();
  assert.equal(next.core.engine.size, 2);
  assert.deepEqual(await store.dueRuns(10, ALL_SHARDS), [], 'the next look is later');
});

test('rounds follow each other although one fails', async () => {
  let rounds = 0;
  class Faltering extends MemoryRunStore {
    override staleOutbox(...query: Parameters<RunStore['staleOutbox']>) {
      rounds += 1;
      return rounds === 1 ? Promise.reject(new Error('the store is away')) : super.staleOutbox(...query);
    }
  }
  await using one = coreOver(new Faltering());
  one.core.keeper.start();
  await eventually(() => rounds >= 2, { describe: 'a second round' });
  assert.deepEqual(one.told, ['store failed: Error: the store is away']);
});

test('R3 large transitions do not hold up small ones', async () => {
  const gate = Promise.withResolvers<void>();
  class Slow extends MemoryRunStore {
    override async commit(...[batch]: Parameters<RunStore['commit']>) {
      if (batch.transitions.some(({ body }) => body.byteLength > 64 * 1024)) await gate.promise;
      return super.commit(batch);
    }
  }
  await using one = coreOver(new Slow());
  const large = sampleStart(newRunId(), plan);
  const slow = one.core.engine.start({
    ...large,
    command: { ...large.command, labels: { note: 'x'.repeat(70_000) } },
  });
  await begin(one);
  gate.resolve();
  await slow;
});
