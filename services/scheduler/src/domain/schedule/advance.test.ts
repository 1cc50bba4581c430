import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS, NOON_MS, sampleSpec, SECOND_MS } from '../../testing/schedules/sample-schedules.ts';
import { advance, fireNow, type Advanced } from './advance.ts';
import { runIdOfFire } from './derived.ts';
import { FireTimes } from './fire-times.ts';
import { newScheduleState, type OverlapPolicy, type ScheduleSpec, type ScheduleState } from './schedule.ts';
import { settle, type StartOutcome } from './settle.ts';

const KEY = { namespace: 'default', scheduleId: 'nightly' };

/** A schedule that is looked at, whose starts succeed, and whose runs end when the test says so. */
class Rig {
  readonly spec: ScheduleSpec;
  state: ScheduleState = newScheduleState(NOON_MS, '');
  last: Advanced | undefined;
  readonly ended = new Set<string>();

  constructor(spec: Partial<ScheduleSpec> = {}) {
    this.spec = sampleSpec(spec);
  }

  input(nowMs: number) {
    const times = new FireTimes(this.spec, KEY);
    return { key: KEY, spec: this.spec, state: this.state, times, nowMs, ended: this.ended };
  }

  /** Looks at a time after noon; answers with the fire times that are started, in seconds after noon. */
  look(afterMs: number, outcome: StartOutcome['kind'] = 'started'): number[] {
    return this.keep(advance(this.input(NOON_MS + afterMs)), NOON_MS + afterMs, outcome);
  }

  trigger(afterMs: number, overlap: OverlapPolicy): number[] {
    const fireMs = NOON_MS + afterMs;
    const fire = { kind: 'trigger' as const, fireMs, runId: runIdOfFire(KEY, fireMs, 'trigger') };
    return this.keep(fireNow(this.input(fireMs), fire, overlap), fireMs, 'started');
  }

  keep(advanced: Advanced, nowMs: number, kind: StartOutcome['kind']): number[] {
    this.last = advanced;
    const before = new Set(this.state.pending.map(({ runId }) => runId));
    const started = advanced.state.pending.filter(({ runId }) => !before.has(runId));
    const failure = { code: 'X', message: '', place: '', remedy: '' };
    const outcomes = new Map(advanced.state.pending.map(({ runId }) => [runId, { kind, failure }]));
    this.state = settle(advanced.state, outcomes, this.spec.catchUpWindowMs, nowMs);
    return started.map(({ fireMs }) => (fireMs - NOON_MS) / SECOND_MS);
  }

  /** Ends every run that is open. */
  end(): void {
    for (const { runId } of this.state.running) this.ended.add(runId);
  }

  get recent(): string[] {
    return this.state.recent.map(({ fireMs, outcome, skipReason }) => {
      return `${(fireMs - NOON_MS) / SECOND_MS} ${outcome}${skipReason === undefined ? '' : ` ${skipReason}`}`;
    });
  }
}

test('a fire time is decided once, and the next look is at the next one', () => {
  const rig = new Rig({ overlap: 'allow_all' });
  assert.deepEqual(rig.look(30_000), []);
  assert.equal(rig.last?.checkAtMs, NOON_MS + MINUTE_MS);
  assert.deepEqual(rig.look(MINUTE_MS), [60]);
  assert.deepEqual(rig.look(MINUTE_MS), []);
  assert.equal(rig.last?.nextFireMs, NOON_MS + 2 * MINUTE_MS);
  assert.deepEqual(rig.recent, ['60 started']);
});

test('what came while nobody looked is made up for, in order, inside the window', () => {
  const rig = new Rig({ overlap: 'allow_all', catchUpWindowMs: 3 * MINUTE_MS });
  assert.deepEqual(rig.look(10 * MINUTE_MS), [420, 480, 540, 600]);
  assert.deepEqual(rig.recent, ['600 started', '540 started', '480 started', '420 started', '60 skipped missed']);
  assert.equal(rig.state.recent.at(-1)?.missedUntilMs, NOON_MS + 7 * MINUTE_MS);
});

test('a year of seconds is missed in one step', () => {
  const rig = new Rig({ crons: ['* * * * * *'], overlap: 'allow_all', catchUpWindowMs: 10_000, jitterMs: 1000 });
  const startedMs = performance.now();
  const fired = rig.look(365 * 86_400_000);
  assert.ok(fired.length >= 10 && fired.length <= 12, `${fired.length} fires`);
  assert.ok(performance.now() - startedMs < 2000);
  assert.equal(rig.state.recent.filter(({ skipReason }) => skipReason === 'missed').length, 0, 'ten are newer');
});

test('G3 a hundred are decided at a time', () => {
  const rig = new Rig({ crons: ['* * * * * *'], overlap: 'allow_all' });
  assert.equal(rig.look(250_000).length, 100);
  assert.equal(rig.last?.checkAtMs, NOON_MS + 250_000, 'at once again');
  assert.equal(rig.look(250_000).length, 100);
  assert.equal(rig.look(250_000).length, 50);
  assert.equal(rig.last?.checkAtMs, NOON_MS + 251_000);
});

test('skip: nothing is started beside an open run', () => {
  const rig = new Rig({ overlap: 'skip' });
  assert.deepEqual(rig.look(2 * MINUTE_MS), [60]);
  assert.deepEqual(rig.look(3 * MINUTE_MS), []);
  rig.end();
  assert.deepEqual(rig.look(4 * MINUTE_MS), [240]);
  assert.deepEqual(rig.recent, ['240 started', '180 skipped overlap', '60 started', '120 skipped overlap']);
});

test('buffer one: the first waits for the end, others are skipped', () => {
  const rig = new Rig({ overlap: 'buffer_one' });
  assert.deepEqual(rig.look(3 * MINUTE_MS), [60]);
  assert.deepEqual(rig.recent, ['60 started', '180 skipped buffer_full']);
  assert.equal(rig.last?.checkAtMs, NOON_MS + 3 * MINUTE_MS + 1000, 'somebody looks for the end');
  rig.end();
  assert.deepEqual(rig.look(3 * MINUTE_MS + 500), [120]);
  assert.equal(rig.state.buffered.length, 0);
});

test('buffer all: one after the other', () => {
  const rig = new Rig({ overlap: 'buffer_all' });
  assert.deepEqual(rig.look(3 * MINUTE_MS), [60]);
  rig.end();
  assert.deepEqual(rig.look(3 * MINUTE_MS), [120]);
  assert.deepEqual(rig.look(4 * MINUTE_MS), []);
  rig.end();
  assert.deepEqual(rig.look(4 * MINUTE_MS), [180]);
  rig.end();
  assert.deepEqual(rig.look(4 * MINUTE_MS), [240]);
});

for (const [overlap, endsBy] of [
  ['cancel_other', 'cancel'],
  ['terminate_other', 'terminate'],
] as const) {
  test(`${overlap}: what is open is ended before the next begins`, () => {
    const rig = new Rig({ overlap });
    rig.look(MINUTE_MS);
    const { state } = advance(rig.input(NOON_MS + 2 * MINUTE_MS));
    const [first] = rig.state.running;
    assert.deepEqual(
      state.pending.map(({ ends, endsBy: by }) => [ends, by]),
      [[[first?.runId], endsBy]],
    );
  });
}

test('allow all: beside each other', () => {
  const rig = new Rig({ overlap: 'allow_all' });
  assert.deepEqual(rig.look(2 * MINUTE_MS), [60, 120]);
  assert.equal(rig.state.running.length, 2);
});

test('a pause lets times pass and holds what waits; a trigger goes on', () => {
  const rig = new Rig({ overlap: 'buffer_all' });
  rig.look(2 * MINUTE_MS);
  rig.state = { ...rig.state, isPaused: true };
  rig.end();
  assert.deepEqual(rig.look(5 * MINUTE_MS), []);
  assert.equal(rig.last?.checkAtMs, undefined, 'nobody has to look');
  assert.equal(rig.last?.nextFireMs, undefined);
  assert.deepEqual(rig.trigger(6 * MINUTE_MS, 'skip'), [360]);
  rig.end();
  rig.state = { ...rig.state, isPaused: false, decidedUntilMs: NOON_MS + 6 * MINUTE_MS };
  assert.deepEqual(rig.look(6 * MINUTE_MS), [120]);
});

test('a backfill under buffer all waits where it is; under allow all it does not', () => {
  const backfill = { nextMs: NOON_MS - 3 * MINUTE_MS, endMs: NOON_MS - MINUTE_MS, overlap: 'buffer_all' as const };
  const rig = new Rig();
  rig.state = { ...rig.state, isPaused: true, backfills: [backfill] };
  assert.deepEqual(rig.look(0), [-180]);
  assert.deepEqual(rig.look(1000), []);
  assert.equal(rig.last?.checkAtMs, NOON_MS + 2000);
  rig.end();
  assert.deepEqual(rig.look(2000), [-120]);
  assert.deepEqual(rig.state.backfills, []);
  rig.state = { ...rig.state, backfills: [{ ...backfill, overlap: 'allow_all' }] };
  assert.deepEqual(rig.look(3000), [-180, -120]);
});

test('a start that nobody can answer is tried again, until the window is over', () => {
  const rig = new Rig({ catchUpWindowMs: 20_000 });
  assert.deepEqual(rig.look(MINUTE_MS, 'unsettled'), [60]);
  assert.equal(rig.last?.checkAtMs, NOON_MS + MINUTE_MS + 1000);
  rig.look(MINUTE_MS + 19_000, 'unsettled');
  assert.equal(rig.state.pending.length, 1);
  rig.look(MINUTE_MS + 20_000, 'unsettled');
  assert.deepEqual([rig.state.pending.length, rig.recent], [0, ['60 failed']]);
});

test('a start that fails for good stops nothing', () => {
  const rig = new Rig();
  assert.deepEqual(rig.look(MINUTE_MS, 'failed'), [60]);
  assert.deepEqual(rig.look(2 * MINUTE_MS), [120]);
  assert.deepEqual(rig.recent, ['120 started', '60 failed']);
});
