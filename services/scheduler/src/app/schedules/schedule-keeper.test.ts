import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryScheduleStore } from '../../adapters/memory/schedule-store.ts';
import { LOOK_AGAIN_MS, MAX_FIRES } from '../../domain/schedule/advance.ts';
import type { ScheduleSpec } from '../../domain/schedule/schedule.ts';
import { FakeRuns } from '../../testing/schedules/fake-runs.ts';
import { MINUTE_MS, NOON_MS, sampleSpec } from '../../testing/schedules/sample-schedules.ts';
import { ScheduleKeeper } from './schedule-keeper.ts';
import type { ScheduleStore } from './schedule-store.ts';
import * as schedules from './schedules.ts';

const KEY = { namespace: 'default', scheduleId: 'nightly' };

/** Keepers over one store, at a time that the test sets. */
class Stage {
  nowMs = NOON_MS;
  readonly store = new MemoryScheduleStore({ nowMs: () => this.nowMs });
  readonly runs = new FakeRuns();
  readonly fired: string[] = [];
  readonly keeper = this.newKeeper();

  newKeeper(store: ScheduleStore = this.store): ScheduleKeeper {
    return new ScheduleKeeper({
      store,
      runs: this.runs,
      nowMs: () => this.nowMs,
      onFired: (_key, { kind }, { kind: outcome }, delayMs) => void this.fired.push(`${kind} ${outcome} ${delayMs}`),
    });
  }

  get parts(): schedules.ScheduleDependencies {
    return {
      store: this.store,
      keeper: this.keeper,
      nowMs: () => this.nowMs,
      onFailed: (error) => assert.fail(String(error)),
    };
  }

  create(change: Partial<ScheduleSpec> = {}, requestId = '') {
    return schedules.createSchedule(this.parts, { key: KEY, spec: sampleSpec(change), requestId, pauseReason: '' });
  }

  /** Minutes after noon of the fires that were handed over to be started. */
  get started(): number[] {
    return this.runs.starts.map(({ fire }) => (fire.fireMs - NOON_MS) / MINUTE_MS);
  }
}

/** A store whose next write is lost after it was stored, as by a process that dies. */
function dyingAfterSave(store: ScheduleStore): ScheduleStore {
  return Object.assign(Object.create(store) as ScheduleStore, {
    create: store.create.bind(store),
    load: store.load.bind(store),
    async save(...args: Parameters<ScheduleStore['save']>): Promise<never> {
      await store.save(...args);
      throw new Error('died');
    },
  });
}

test('a fire is stored as pending, started, and written down', async () => {
  const stage = new Stage();
  await stage.create();
  stage.nowMs += MINUTE_MS + 7;
  const upToDate = await stage.keeper.advance(KEY);
  assert.deepEqual(stage.started, [1]);
  assert.deepEqual(stage.fired, ['time started 7']);
  assert.equal(upToDate?.checkAtMs, NOON_MS + 2 * MINUTE_MS);
  assert.deepEqual([upToDate.row.state.pending.length, upToDate.row.state.running.length], [0, 1]);
  const [stored] = await stage.store.load([KEY]);
  assert.deepEqual(stored, upToDate.row);
  assert.equal((await stage.keeper.advance(KEY))?.row.writeSeq, stored?.writeSeq, 'nothing is written for nothing');
});

test('K1 K2 who dies between deciding and starting leaves it to the next, who starts it once', async () => {
  const stage = new Stage();
  await stage.create();
  stage.nowMs += MINUTE_MS;
  await assert.rejects(stage.newKeeper(dyingAfterSave(stage.store)).advance(KEY), /died/);
  assert.deepEqual(stage.started, []);
  const [left] = await stage.store.load([KEY]);
  assert.equal(left?.state.pending.length, 1);
  assert.ok((left?.checkAtMs ?? 0) <= stage.nowMs + 1000, 'somebody comes to look');
  await stage.keeper.advance(KEY);
  assert.deepEqual(stage.started, [1]);
});

test('who dies between starting and writing it down has started it, and so has the next', async () => {
  const stage = new Stage();
  await stage.create();
  stage.nowMs += MINUTE_MS;
  const dying = stage.newKeeper();
  const gate = Promise.withResolvers<void>();
  stage.runs.gate = gate.promise;
  const first = dying.advance(KEY);
  const second = stage.keeper.advance(KEY);
  gate.resolve();
  await Promise.all([first, second]);
  assert.equal(new Set(stage.runs.starts.map(({ fire }) => fire.runId)).size, 1);
  assert.equal(stage.runs.open.size, 1);
});

test('several schedulers at one schedule start every fire time once', async () => {
  const stage = new Stage();
  await stage.create({ overlap: 'allow_all' });
  const keepers = Array.from({ length: 5 }, () => stage.newKeeper());
  for (let minute = 1; minute <= 20; minute += 1) {
    stage.nowMs = NOON_MS + minute * MINUTE_MS;
    await Promise.all(keepers.map((keeper) => keeper.advance(KEY)));
  }
  assert.equal(stage.runs.open.size, 20);
  assert.deepEqual(
    [...new Set(stage.started)].toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
});

test('an update comes after all fire times that were due, under the old spec, however many they are', async () => {
  const stage = new Stage();
  await stage.create({ overlap: 'allow_all', catchUpWindowMs: 1000 * MINUTE_MS });
  stage.nowMs += 350 * MINUTE_MS;
  const action = { target: { kind: 'llm', model: 'm' }, input: {}, labels: {}, sessionId: '' } as const;
  const changed = sampleSpec({ overlap: 'allow_all', action });
  const row = await schedules.updateSchedule(stage.parts, KEY, changed, 0);
  assert.equal(row.revision, 2);
  assert.equal(row.state.decidedUntilMs, stage.nowMs);
  await stage.keeper.advance(KEY);
  stage.nowMs += MINUTE_MS;
  await stage.keeper.advance(KEY);
  assert.deepEqual(
    stage.started.toSorted((a, b) => a - b),
    Array.from({ length: 351 }, (_, index) => index + 1),
  );
  const byNew = stage.runs.starts.filter((start) => start.action.target.kind === 'llm');
  assert.ok(byNew.some(({ fire }) => fire.fireMs === stage.nowMs));
});

test('a pause holds at once: of many fire times that were due it decides one look, and the rest pass', async () => {
  const stage = new Stage();
  await stage.create({ overlap: 'allow_all', catchUpWindowMs: 1000 * MINUTE_MS });
  stage.nowMs += 350 * MINUTE_MS;
  await schedules.pauseSchedule(stage.parts, KEY, 'enough');
  await stage.keeper.advance(KEY);
  await schedules.resumeSchedule(stage.parts, KEY);
  await stage.keeper.advance(KEY);
  assert.equal(stage.started.length, MAX_FIRES);
  stage.nowMs += MINUTE_MS;
  await stage.keeper.advance(KEY);
  assert.equal(stage.started.at(-1), 351);
});

test('a pause that is answered has no fire decided after it', async () => {
  const stage = new Stage();
  await stage.create();
  const other = stage.newKeeper();
  stage.nowMs += MINUTE_MS;
  const [paused] = await Promise.all([schedules.pauseSchedule(stage.parts, KEY, 'holiday'), other.advance(KEY)]);
  assert.equal(paused.state.isPaused, true);
  await stage.keeper.advance(KEY);
  assert.deepEqual(new Set(stage.started), new Set([1]), 'what was due before is done');
  stage.nowMs += 5 * MINUTE_MS;
  await other.advance(KEY);
  assert.deepEqual(new Set(stage.started), new Set([1]));
  await schedules.resumeSchedule(stage.parts, KEY);
  stage.runs.finish();
  stage.nowMs += MINUTE_MS;
  await other.advance(KEY);
  assert.deepEqual(new Set(stage.started), new Set([1, 7]));
});

test('cancel other: the open run is ended, then the next is started', async () => {
  const stage = new Stage();
  await stage.create({ overlap: 'cancel_other' });
  stage.nowMs += MINUTE_MS;
  await stage.keeper.advance(KEY);
  const [first] = stage.runs.starts;
  stage.nowMs += MINUTE_MS;
  await stage.keeper.advance(KEY);
  assert.deepEqual(stage.runs.endings, [`cancel ${first?.fire.runId}`]);
  assert.deepEqual(stage.started, [1, 2]);
  assert.equal(stage.runs.open.size, 1);
});

test('a start that fails is remembered, and the next fire time comes', async () => {
  const stage = new Stage();
  await stage.create();
  const failure = { code: 'WORKFLOW_NOT_FOUND', message: 'no', place: 'workflow_id', remedy: 'apply it' };
  stage.runs.outcome = { kind: 'failed', failure };
  stage.nowMs += MINUTE_MS;
  const failed = await stage.keeper.advance(KEY);
  assert.deepEqual(failed?.row.state.recent[0]?.failure, failure);
  stage.runs.outcome = { kind: 'started' };
  stage.nowMs += MINUTE_MS;
  assert.equal((await stage.keeper.advance(KEY))?.row.state.recent[0]?.outcome, 'started');
});

test('K4 a look ends with a start that nobody answers for, whatever comes due meanwhile', async () => {
  const stage = new Stage();
  await stage.create({ overlap: 'allow_all' });
  const failure = { code: 'NOT_READY', message: 'nobody answers', place: '', remedy: '' };
  stage.runs.outcome = { kind: 'unsettled', failure };
  let starts = 0;
  // Each start takes longer than the time to the next fire.
  stage.runs.beforeStart = () => {
    starts += 1;
    assert.ok(starts < 10, 'the look goes on for ever');
    stage.nowMs += MINUTE_MS + 1;
  };
  stage.nowMs += MINUTE_MS;
  const upToDate = await stage.keeper.advance(KEY);
  assert.deepEqual(stage.started, [1]);
  assert.deepEqual(
    upToDate?.row.state.pending.map(({ fireMs }) => (fireMs - NOON_MS) / MINUTE_MS),
    [1, 2],
    'what was due meanwhile is decided, and left to the next look',
  );
  assert.equal(upToDate.checkAtMs, stage.nowMs + LOOK_AGAIN_MS);
  stage.runs.outcome = { kind: 'started' };
  stage.runs.beforeStart = undefined;
  await stage.keeper.advance(KEY);
  assert.deepEqual(stage.started, [1, 1, 2]);
});

test('a trigger with a request id fires once, at any time and beside a pause', async () => {
  const stage = new Stage();
  await stage.create();
  await schedules.pauseSchedule(stage.parts, KEY, 'x');
  const first = await schedules.triggerSchedule(stage.parts, KEY, undefined, 'r');
  stage.nowMs += 5;
  const again = await schedules.triggerSchedule(stage.parts, KEY, undefined, 'r');
  assert.equal(first.fire.runId, again.fire.runId);
  assert.equal(stage.runs.open.size, 1);
  const other = await schedules.triggerSchedule(stage.parts, KEY, 'allow_all', '');
  assert.notEqual(other.fire.runId, first.fire.runId);
  assert.equal(stage.runs.open.size, 2);
});

test('a backfill fills in what is missing, one after the other, and repeats nothing', async () => {
  const stage = new Stage();
  await stage.create();
  stage.nowMs += MINUTE_MS;
  await stage.keeper.advance(KEY);
  stage.runs.finish();
  const range = { startMs: NOON_MS - MINUTE_MS, endMs: stage.nowMs, overlap: 'buffer_all' as const };
  const { fireCount } = await schedules.backfillSchedule(stage.parts, KEY, range);
  assert.equal(fireCount, 2);
  for (let look = 0; look < 3; look += 1) {
    await stage.keeper.advance(KEY);
    stage.runs.finish();
  }
  assert.deepEqual(stage.started, [1, -1, 0]);
  await schedules.backfillSchedule(stage.parts, KEY, { ...range, startMs: stage.nowMs, endMs: stage.nowMs });
  await schedules.backfillSchedule(stage.parts, KEY, range);
  await stage.keeper.advance(KEY);
  assert.equal(stage.runs.open.size, 0, 'the runs of these times exist already');
});

test('creation is idempotent by its request id, and refuses what is taken', async () => {
  const stage = new Stage();
  const reason = (expected: string) => (error: unknown) =>
    String((error as { message: unknown }).message).includes(expected);
  assert.equal((await stage.create({}, 'r')).created, true);
  assert.equal((await stage.create({}, 'r')).created, false);
  await assert.rejects(stage.create({ description: 'another' }, 'r'), reason('used before with a different request'));
  await assert.rejects(stage.create(), reason('already'));
  await assert.rejects(schedules.updateSchedule(stage.parts, KEY, sampleSpec(), 7), reason('has revision 1 by now'));
  const updated = await schedules.updateSchedule(stage.parts, KEY, sampleSpec({ crons: ['@hourly'] }), 1);
  assert.deepEqual([updated.revision, updated.nextFireMs], [2, NOON_MS + 60 * MINUTE_MS]);
});
