import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { MemoryRunStore } from '../adapters/memory/run-store.ts';
import { engineRig, taskFailed, taskSucceeded, turn, type EngineRig } from '../testing/engine-rig.ts';
import { PARK_AFTER_MS } from './run-engine.ts';
import { ALL_SHARDS } from '../testing/sole-ownership.ts';
import { RunElsewhereError } from './run-errors.ts';
import { CHECK_INTERVAL_MS } from './run-transition.ts';

const MINUTE_MS = 60_000;
const BEGIN_MS = Date.UTC(2026, 0, 1);

beforeEach((context) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: BEGIN_MS });
  if ('after' in context) context.after(() => mock.timers.reset());
});

/** One agent whose next attempt comes after a wait. */
const retrying = (initial: string) => ({
  id: 'one',
  nodes: [
    {
      id: 'work',
      type: 'agent' as const,
      agent_id: 'worker',
      retry: { max_attempts: 3, initial, max: '365d', jitter: 0 },
    },
  ],
  edges: [],
});

async function pass(ms: number): Promise<void> {
  mock.timers.tick(ms);
  await turn();
}

/** A run whose first attempt has failed. */
async function beginAndFail(rig: EngineRig): Promise<string> {
  const runId = await rig.begin();
  const failed = rig.engine.submit(runId, taskFailed());
  await rig.commit();
  await failed;
  return runId;
}

/** Brings what is due into memory, as the sweep does. */
async function sweep({ engine, store }: EngineRig): Promise<readonly string[]> {
  const due = await store.dueRuns(10, ALL_SHARDS);
  for (const runId of due) await engine.adopt(runId);
  await turn();
  return due;
}

const never = new AbortController().signal;
/** The longest wait that a timer keeps. */
const LONGEST_MS = 2 ** 31 - 1;

test('an attempt that is due goes out (E5)', async () => {
  const rig = engineRig({ definition: retrying('10s') });
  await beginAndFail(rig);
  await pass(9999);
  assert.equal(rig.pending.length, 0);
  await pass(1);
  assert.equal(rig.pending.length, 1);
  await rig.commit();
  assert.deepEqual(
    rig.executor.sent.map(({ key }) => key.attempt),
    [1, 2],
  );
});

test('R13 a run that only waits for a far time leaves memory, and is found when it is due', async () => {
  const rig = engineRig({ definition: retrying('1h') });
  const runId = await beginAndFail(rig);
  await turn();
  assert.equal(rig.engine.size, 0);
  await pass(59 * MINUTE_MS);
  assert.deepEqual(await sweep(rig), []);
  await pass(MINUTE_MS);
  assert.deepEqual(await sweep(rig), [runId]);
  await pass(1);
  await rig.commit();
  assert.deepEqual(
    rig.executor.sent.map(({ key }) => key.attempt),
    [1, 2],
  );
});

test('a near time keeps a run in memory', async () => {
  const rig = engineRig({ definition: retrying('30s') });
  await beginAndFail(rig);
  await turn();
  assert.ok(PARK_AFTER_MS >= 30_000);
  assert.equal(rig.engine.size, 1);
});

test('a run that somebody waits for stays in memory and keeps its own time', async () => {
  const rig = engineRig({ definition: retrying('1h') });
  const runId = await rig.begin();
  const ended = rig.engine.whenEnded(runId, LONGEST_MS, never);
  const failed = rig.engine.submit(runId, taskFailed());
  await rig.commit();
  await failed;
  for (let minute = 0; minute < 60; minute += 1) await pass(MINUTE_MS);
  await rig.commit();
  const succeeded = rig.engine.submit(runId, taskSucceeded('work', 2));
  await rig.commit();
  await succeeded;
  assert.equal((await ended)?.status, 'DONE');
});

test('a run that was parked and is waited for goes on when it is due', async () => {
  const rig = engineRig({ definition: retrying('1h') });
  const runId = await beginAndFail(rig);
  await turn();
  assert.equal(rig.engine.size, 0);
  const leave = new AbortController();
  const waiting = rig.engine.whenEnded(runId, LONGEST_MS, leave.signal);
  await turn();
  assert.equal(rig.engine.size, 1);
  leave.abort();
  assert.equal(await waiting, undefined);
  for (let minute = 0; minute <= 60; minute += 1) {
    await pass(MINUTE_MS);
    await sweep(rig);
  }
  await pass(1);
  assert.equal(rig.pending.length, 1, 'the next attempt is being committed');
});

test('a command that comes while a run is being parked waits for that, and its transition brings the row near (E5)', async () => {
  const gate = Promise.withResolvers<void>();
  class Slow extends MemoryRunStore {
    override async postpone(runIds: readonly string[], delayMs: number): Promise<void> {
      await gate.promise;
      return super.postpone(runIds, delayMs);
    }
  }
  const rig = engineRig({ store: new Slow(), definition: retrying('10h') });
  const runId = await beginAndFail(rig);
  const paused = rig.engine.submit(runId, { kind: 'pause_run', nodeId: '', reason: '' });
  await turn();
  assert.equal(rig.pending.length, 0);
  gate.resolve();
  await turn();
  assert.equal(rig.pending[0]?.transition.checkAtMs, Date.now() + CHECK_INTERVAL_MS);
  await rig.commit();
  await paused;
});

test('a run that is let go of while it is being parked is left near, and its commands are refused', async () => {
  const gate = Promise.withResolvers<void>();
  class Slow extends MemoryRunStore {
    readonly delays: number[] = [];
    override async postpone(runIds: readonly string[], delayMs: number): Promise<void> {
      await gate.promise;
      this.delays.push(delayMs);
      return super.postpone(runIds, delayMs);
    }
  }
  const store = new Slow();
  const rig = engineRig({ store, definition: retrying('10h') });
  const runId = await beginAndFail(rig);
  const paused = rig.engine.submit(runId, { kind: 'pause_run', nodeId: '', reason: '' });
  await turn();
  rig.ownership.update([]);
  rig.engine.release(() => true);
  gate.resolve();
  await assert.rejects(paused, RunElsewhereError);
  assert.equal(store.delays.at(-1), CHECK_INTERVAL_MS);
  assert.equal(rig.engine.has(runId), false);
});

test('a transition of a run that was loaded because somebody waits for it brings its row near (E5)', async () => {
  const rig = engineRig({ definition: retrying('10h') });
  const runId = await beginAndFail(rig);
  await turn();
  assert.equal(rig.engine.has(runId), false);
  void rig.engine.whenEnded(runId, LONGEST_MS, never);
  await turn();
  void rig.engine.submit(runId, { kind: 'pause_run', nodeId: '', reason: '' });
  await turn();
  assert.equal(rig.pending[0]?.transition.checkAtMs, Date.now() + CHECK_INTERVAL_MS);
  await rig.commit();
});

test('a run that cannot be parked keeps its own time', async () => {
  class Unpostponing extends MemoryRunStore {
    override postpone(): Promise<void> {
      return Promise.reject(new Error('the store is away'));
    }
  }
  const rig = engineRig({ definition: retrying('2m'), store: new Unpostponing() });
  await beginAndFail(rig);
  await turn();
  assert.match(rig.told.at(-1) ?? '', /store failed/);
  assert.equal(rig.engine.size, 1);
  for (let second = 0; second < 121; second += 1) await pass(1000);
  assert.equal(rig.pending.length, 1);
});

test('a clock that is set back makes a timer fire early; it is set again', async () => {
  const rig = engineRig({ definition: retrying('20s') });
  await beginAndFail(rig);
  mock.timers.setTime(BEGIN_MS - 5000);
  await pass(20_000);
  assert.equal(rig.pending.length, 0, 'nothing is due by this clock');
  await pass(5000);
  assert.equal(rig.pending.length, 1);
});

test('timers rest while the scheduler stands by, and are set again when it is active (E6)', async () => {
  const rig = engineRig({ definition: retrying('10s') });
  await beginAndFail(rig);
  rig.active = false;
  await pass(CHECK_INTERVAL_MS);
  assert.equal(rig.pending.length, 0);
  rig.engine.resume();
  rig.active = true;
  await pass(1);
  assert.equal(rig.pending.length, 1);
});

test('whoever waits for a run that leaves is told that it has to look elsewhere', async () => {
  const rig = engineRig();
  const runId = await rig.begin();
  const waiting = rig.engine.whenEnded(runId, LONGEST_MS, never);
  rig.engine.release((released) => released === runId);
  assert.equal(await waiting, undefined);
  assert.equal(rig.engine.awaitedRunIds.length, 0);
});

test('whoever waits is told when the time is up', async () => {
  const rig = engineRig();
  const runId = await rig.begin();
  const waiting = rig.engine.whenEnded(runId, 1000, never);
  await pass(1000);
  assert.equal(await waiting, undefined);
});

test('nobody waits for a run that has ended or never was, or when they have left', async () => {
  const rig = engineRig();
  const runId = await rig.begin();
  assert.equal(await rig.engine.whenEnded(runId, LONGEST_MS, AbortSignal.abort()), undefined);
  const cancelled = rig.engine.submit(runId, { kind: 'cancel_run', reason: '' });
  await rig.commit();
  await cancelled;
  assert.equal(await rig.engine.whenEnded(runId, LONGEST_MS, never), undefined);
  assert.equal(await rig.engine.whenEnded('00000000-0000-7000-8000-000000000000', LONGEST_MS, never), undefined);
});

test('a stopped engine keeps no timer', async () => {
  const rig = engineRig({ definition: retrying('10s') });
  await beginAndFail(rig);
  rig.engine.stop();
  await pass(CHECK_INTERVAL_MS);
  assert.equal(rig.pending.length, 0);
});
