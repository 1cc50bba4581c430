import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { MemoryScheduleStore } from '../../adapters/memory/schedule-store.ts';
import type { ScheduleSpec } from '../../domain/schedule/schedule.ts';
import { FakeRuns } from '../../testing/schedules/fake-runs.ts';
import { NOON_MS, sampleSpec } from '../../testing/schedules/sample-schedules.ts';
import { ALL_SHARDS } from '../../testing/sole-ownership.ts';
import { ScheduleClock } from './schedule-clock.ts';
import { ScheduleKeeper } from './schedule-keeper.ts';
import { createSchedule, type ScheduleDependencies } from './schedules.ts';

/** Clocks under time that the test lets pass. */
class Stage implements Disposable {
  nowMs = NOON_MS;
  readonly runs = new FakeRuns();
  readonly delays: number[] = [];
  readonly failures: string[] = [];
  readonly store = new MemoryScheduleStore({ nowMs: () => this.nowMs, onTold: () => this.clock?.poke() });
  readonly keeper = new ScheduleKeeper({
    store: this.store,
    runs: this.runs,
    nowMs: () => this.nowMs,
    onFired: (_key, _fire, _outcome, delayMs) => void this.delays.push(delayMs),
  });
  isActive = true;
  sweeps = 0;
  clock: ScheduleClock | undefined;

  constructor() {
    mock.timers.enable({ apis: ['setTimeout'] });
    this.start();
  }

  start(): void {
    const isActive = () => this.isActive;
    this.clock = new ScheduleClock({
      store: {
        due: (...args) => {
          this.sweeps += 1;
          return this.store.due(...args);
        },
      },
      keeper: this.keeper,
      ownership: {
        shards: ALL_SHARDS,
        get isActive() {
          return isActive();
        },
      },
      nowMs: () => this.nowMs,
      onFailed: (error) => void this.failures.push(String(error)),
    });
    this.clock.poke();
  }

  create(scheduleId: string, change: Partial<ScheduleSpec> = {}) {
    const parts: ScheduleDependencies = {
      store: this.store,
      keeper: this.keeper,
      nowMs: () => this.nowMs,
      onFailed: (error) => assert.fail(String(error)),
    };
    const key = { namespace: 'default', scheduleId };
    return createSchedule(parts, { key, spec: sampleSpec(change), requestId: '', pauseReason: '' });
  }

  async pass(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= 10) {
      this.nowMs += 10;
      mock.timers.tick(10);
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  [Symbol.dispose](): void {
    mock.timers.reset();
  }
}

test('every schedule is woken at its time, also one that was made a moment before', async () => {
  using stage = new Stage();
  await stage.create('every-second', { crons: ['* * * * * *'], overlap: 'allow_all' });
  await stage.pass(500);
  await stage.create('on-the-minute', { overlap: 'allow_all' });
  await stage.pass(60_000);
  const ids = stage.runs.starts.map(({ key }) => key.scheduleId);
  assert.equal(ids.filter((id) => id === 'every-second').length, 60);
  assert.equal(ids.filter((id) => id === 'on-the-minute').length, 1);
  assert.ok(Math.max(...stage.delays) <= 20, `late by ${Math.max(...stage.delays)} ms`);
  assert.deepEqual(stage.failures, []);
});

test('an idle clock asks once a second', async () => {
  using stage = new Stage();
  await stage.create('yearly', { crons: ['@yearly'] });
  await stage.pass(20_000);
  assert.ok(stage.sweeps <= 23, `${stage.sweeps} questions in 20 s`);
});

test('C3 who cannot be sure that it lives wakes nothing, and makes up for it when it can', async () => {
  using stage = new Stage();
  await stage.create('every-second', { crons: ['* * * * * *'], overlap: 'allow_all' });
  stage.isActive = false;
  await stage.pass(5000);
  assert.equal(stage.runs.starts.length, 0);
  stage.isActive = true;
  stage.clock?.poke();
  await stage.pass(1000);
  assert.equal(stage.runs.starts.length, 6);
});

test('the end of a run lets the next begin at once, and is found where nobody tells of it', async () => {
  using stage = new Stage();
  await stage.create('queue', { crons: ['* * * * * *'], overlap: 'buffer_all' });
  await stage.pass(3050);
  assert.equal(stage.runs.starts.length, 1);
  const [first] = stage.runs.open;
  stage.runs.finish();
  stage.clock?.runEnded(first ?? '');
  await stage.pass(20);
  assert.equal(stage.runs.starts.length, 2);
  stage.runs.finish();
  await stage.pass(1100);
  assert.equal(stage.runs.starts.length, 3);
});

test('a start that is late holds up no other schedule', async () => {
  using stage = new Stage();
  await stage.create('slow', { crons: ['* * * * * *'], overlap: 'allow_all' });
  const gate = Promise.withResolvers<void>();
  stage.runs.gate = gate.promise;
  await stage.pass(1050);
  stage.runs.gate = undefined;
  await stage.create('quick', { crons: ['* * * * * *'], overlap: 'allow_all' });
  await stage.pass(2000);
  assert.deepEqual(new Set(stage.runs.starts.map(({ key }) => key.scheduleId)), new Set(['quick']));
  gate.resolve();
  await stage.pass(1000);
  assert.equal(stage.runs.starts.filter(({ key }) => key.scheduleId === 'slow').length, 4);
});

test('a store that fails is asked again', async () => {
  using stage = new Stage();
  await stage.create('every-second', { crons: ['* * * * * *'], overlap: 'allow_all' });
  const away = mock.method(stage.store, 'load', () => Promise.reject(new Error('away')));
  await stage.pass(2500);
  assert.ok(stage.failures.length > 0);
  away.mock.restore();
  await stage.pass(1500);
  assert.equal(stage.runs.starts.length, 4);
});
