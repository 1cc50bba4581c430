/** Schedules over the contract, on a real Postgres, with real runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  FireKind,
  FireOutcome,
  FireSkipReason,
  OverlapPolicy,
  RunState,
  ScheduleActionSchema,
  ScheduleSpecSchema,
  type Schedule,
} from '@skein/contracts/scheduler';
import { decodeTransition, timestampOfMs, valueOfJson } from '@skein/events';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { FakeExecutor, succeeded } from './testing/fake-executor.ts';
import { schedulerRig, type SchedulerRig } from './testing/scheduler-rig.ts';

const EVERY_SECOND = { every: { seconds: 1n } };
const reason = (expected: string) => (error: unknown) => describeError(error).reason === expected;

function specFor(
  workflowId: string,
  { action = {}, ...change }: MessageInitShape<typeof ScheduleSpecSchema> = {},
): MessageInitShape<typeof ScheduleSpecSchema> {
  const target = { case: 'workflow', value: { workflowId } } as const;
  return create(ScheduleSpecSchema, {
    intervals: [EVERY_SECOND],
    ...change,
    action: create(ScheduleActionSchema, { target, ...action }),
  });
}

/** A scheduler with a workflow of one computed node, and one that waits for an agent. */
async function stage(): Promise<SchedulerRig> {
  const rig = await schedulerRig();
  for (const source of [
    'id: quick\nnodes: [{ id: a, type: transform, expression: input }]',
    'id: slow\nnodes: [{ id: a, type: agent, agent_id: worker }]',
  ]) {
    await rig.workflows.applyWorkflow({ definition: { case: 'source', value: source } });
  }
  return rig;
}

async function show(rig: SchedulerRig, scheduleId: string): Promise<Schedule> {
  const { schedule } = await rig.schedules.getSchedule({ scheduleId });
  assert.ok(schedule);
  return schedule;
}

const runsOf = async (rig: SchedulerRig, scheduleId: string) =>
  (await rig.runs.listRuns({ labels: { 'skein.schedule_id': scheduleId } })).runs;

test('a schedule starts its runs, each under the time that it was for', async () => {
  await using rig = await stage();
  const spec = specFor('quick', { action: { input: valueOfJson({ n: 1 }), labels: { team: 'x' } } });
  const { created, schedule } = await rig.schedules.createSchedule({ scheduleId: 'tick', spec, requestId: 'r' });
  assert.deepEqual([created, schedule?.revision, schedule?.nextFireTimes.length], [true, 1n, 5]);
  assert.equal((await rig.schedules.createSchedule({ scheduleId: 'tick', spec, requestId: 'r' })).created, false);
  await eventually(async () => (await runsOf(rig, 'tick')).length >= 2, { describe: 'two runs' });
  const [, run] = await runsOf(rig, 'tick');
  const fireMs = Number.parseInt(run?.runId.replaceAll('-', '').slice(0, 12) ?? '', 16);
  assert.equal(fireMs % 1000, 0);
  assert.equal(run?.labels['skein.fire_time'], new Date(fireMs).toISOString());
  assert.equal(run.labels['team'], 'x');
  const { recentFires } = await show(rig, 'tick');
  assert.ok(recentFires.some((fire) => fire.runId === run.runId && fire.outcome === FireOutcome.STARTED));
});

test('a run of a schedule has all that a start may say', async () => {
  await using rig = await stage();
  const besides = {
    searchAttributes: { customer: { value: { case: 'stringValue', value: 'acme' } } },
    memo: { note: 'nightly' },
    priority: 1,
    fairnessKey: 'acme',
  } as const;
  const source = 'id: limited\nconcurrency: { limit: 5 }\nnodes: [{ id: a, type: transform, expression: input }]';
  await rig.workflows.applyWorkflow({ definition: { case: 'source', value: source } });
  const spec = specFor('limited', { action: besides });
  const { schedule } = await rig.schedules.createSchedule({ scheduleId: 'full', spec });
  const { priority, fairnessKey, memo } = schedule?.spec?.action ?? {};
  assert.deepEqual({ priority, fairnessKey, memo }, { priority: 1, fairnessKey: 'acme', memo: { note: 'nightly' } });
  await eventually(async () => (await runsOf(rig, 'full')).length > 0, { describe: 'a run' });
  const { runs } = await rig.runs.listRuns({ filter: "attr.customer = 'acme'" });
  const [run] = runs;
  assert.deepEqual(run?.memo, { note: 'nightly' });
  const [stored] = (await rig.tasks.getRunEvents({ runId: run.runId, afterSeq: 0n })).transitions;
  const [first] = decodeTransition(stored?.body ?? new Uint8Array()).events;
  assert.equal(first?.kind, 'run_started');
  assert.deepEqual([first.flow?.priority, first.flow?.fairnessKey], [1, 'acme']);
  const refused = (action: object) =>
    assert.rejects(
      rig.schedules.createSchedule({ scheduleId: 'wrong', spec: specFor('limited', { action }) }),
      reason('INVALID_FIELD'),
    );
  await refused({ priority: 6 });
  await refused({ fairnessKey: 'x'.repeat(257) });
  await refused({ memo: { note: 'x'.repeat(20_000) } });
  await refused({ searchAttributes: { Customer: { value: { case: 'stringValue', value: 'acme' } } } });
});

test('a restart misses nothing inside the window, and what is outside is said to be missed', async () => {
  await using rig = await stage();
  const window = { catchUpWindow: { seconds: 10n }, overlap: OverlapPolicy.ALLOW_ALL };
  const spec = specFor('quick', window);
  await rig.schedules.createSchedule({ scheduleId: 'inside', spec: specFor('quick', { overlap: window.overlap }) });
  await rig.schedules.createSchedule({ scheduleId: 'outside', spec });
  const startedMs = Date.now();
  await rig.restart(async () => {
    // As if the scheduler had been away for half a minute.
    await rig.database.pool(1).query(`update scheduler.schedule set
      check_at = check_at - interval '30 s',
      state = jsonb_set(state::jsonb, '{decidedUntilMs}', to_jsonb((state ->> 'decidedUntilMs')::bigint - 30000))::json`);
  });
  // They are started side by side: one of them may be the last of all.
  const withoutGap = async (): Promise<readonly number[] | undefined> => {
    const runs = await runsOf(rig, 'inside');
    const times = runs.map(({ labels }) => Date.parse(labels['skein.fire_time'] ?? '')).toSorted((a, b) => a - b);
    const isWhole = times.slice(1).every((ms, index) => ms - (times[index] ?? 0) === 1000);
    return times.length >= 30 && isWhole ? times : undefined;
  };
  const [firstMs = 0] = await eventually(withoutGap, { describe: 'thirty runs without a gap' });
  assert.ok(firstMs <= startedMs - 28_000);
  await eventually(async () => (await runsOf(rig, 'outside')).length >= 10, { describe: 'ten runs' });
  assert.ok((await runsOf(rig, 'outside')).length < 20);
});

test('schedulers that come and go share the schedules, and fire each time once', async () => {
  await using rig = await stage();
  const ids = Array.from({ length: 12 }, (_, n) => `shared-${n}`);
  const spec = specFor('quick', { overlap: OverlapPolicy.ALLOW_ALL });
  for (const scheduleId of ids) await rig.schedules.createSchedule({ scheduleId, spec });
  const fired = async (count: number) => {
    const runs = await Promise.all(ids.map((id) => runsOf(rig, id)));
    return runs.every((it) => it.length >= count);
  };
  const other = await rig.join('scheduler-2');
  await eventually(() => fired(2), { describe: 'two runs of each' });
  await other[Symbol.asyncDispose]();
  await eventually(() => fired(4), { describe: 'two more of each' });
  for (const id of ids) {
    const times = (await runsOf(rig, id)).map(({ labels }) => Date.parse(labels['skein.fire_time'] ?? ''));
    const ordered = times.toSorted((a, b) => a - b);
    for (const [index, ms] of ordered.slice(1).entries()) assert.equal(ms - (ordered[index] ?? 0), 1000, id);
  }
});

test('a fire that cannot start says why, and stops nothing', async () => {
  await using rig = await stage();
  await rig.schedules.createSchedule({ scheduleId: 'early', spec: specFor('later') });
  await eventually(
    async () => (await show(rig, 'early')).recentFires.some(({ outcome }) => outcome === FireOutcome.FAILED),
    { describe: 'a fire that failed' },
  );
  const [fire] = (await show(rig, 'early')).recentFires;
  assert.equal(fire?.failure?.code, 'WORKFLOW_NOT_FOUND');
  const source = 'id: later\nnodes: [{ id: a, type: transform, expression: input }]';
  await rig.workflows.applyWorkflow({ definition: { case: 'source', value: source } });
  await eventually(async () => (await runsOf(rig, 'early')).length > 0, { describe: 'a run' });
});

test('overlap: a trigger waits for the end of the run before, or takes its place', async () => {
  await using rig = await stage();
  const never = { intervals: [{ every: { seconds: 365n * 86_400n } }], overlap: OverlapPolicy.BUFFER_ONE };
  await rig.schedules.createSchedule({ scheduleId: 'q', spec: specFor('slow', never) });
  const trigger = async (overlap?: OverlapPolicy) =>
    (await rig.schedules.triggerSchedule({ scheduleId: 'q', ...(overlap === undefined ? {} : { overlap }) })).fire;
  const first = await trigger();
  assert.deepEqual([first?.outcome, first?.kind], [FireOutcome.STARTED, FireKind.TRIGGER]);
  assert.equal((await trigger())?.outcome, FireOutcome.BUFFERED);
  const full = await trigger();
  assert.deepEqual([full?.outcome, full?.skipReason], [FireOutcome.SKIPPED, FireSkipReason.BUFFER_FULL]);
  const waiting = await show(rig, 'q');
  assert.deepEqual([waiting.runningRunIds, waiting.bufferedCount], [[first?.runId], 1]);

  const executor = new FakeExecutor(rig.tasks, () => succeeded('done'));
  await eventually(async () => (await runsOf(rig, 'q')).length === 2, { describe: 'the run that waited' });
  await executor[Symbol.asyncDispose]();
  const open = await trigger(OverlapPolicy.ALLOW_ALL);
  const replacing = await trigger(OverlapPolicy.CANCEL_OTHER);
  assert.equal(replacing?.outcome, FireOutcome.STARTED);
  const { run } = await rig.runs.getRun({ runId: open?.runId ?? '' });
  assert.equal(run?.state, RunState.CANCELLED);
  assert.equal((await trigger(OverlapPolicy.TERMINATE_OTHER))?.outcome, FireOutcome.STARTED);
  const ended = await rig.runs.getRun({ runId: replacing?.runId ?? '' });
  assert.equal(ended.run?.state, RunState.TERMINATED);
});

test('pausing, changing and deleting', async () => {
  await using rig = await stage();
  await rig.schedules.createSchedule({ scheduleId: 's', spec: specFor('quick'), pauseReason: 'not yet' });
  const paused = await show(rig, 's');
  assert.deepEqual([paused.paused, paused.pauseReason, paused.nextFireTimes], [true, 'not yet', []]);
  const resumed = await rig.schedules.resumeSchedule({ scheduleId: 's' });
  assert.deepEqual([resumed.schedule?.paused, resumed.schedule?.revision], [false, 2n]);
  await eventually(async () => (await runsOf(rig, 's')).length > 0, { describe: 'a run' });
  await rig.schedules.pauseSchedule({ scheduleId: 's', reason: 'enough' });
  const spec = specFor('slow', { crons: ['0 3 * * *'], timeZone: 'Europe/Berlin', intervals: [] });
  await assert.rejects(
    rig.schedules.updateSchedule({ scheduleId: 's', spec, revision: 2n }),
    reason('SCHEDULE_CHANGED'),
  );
  const { schedule } = await rig.schedules.updateSchedule({ scheduleId: 's', spec, revision: 3n });
  assert.deepEqual(
    [schedule?.revision, schedule?.spec?.crons, schedule?.spec?.timeZone],
    [4n, ['0 3 * * *'], 'Europe/Berlin'],
  );
  await rig.schedules.deleteSchedule({ scheduleId: 's' });
  await assert.rejects(rig.schedules.getSchedule({ scheduleId: 's' }), reason('SCHEDULE_NOT_FOUND'));
  await assert.rejects(rig.schedules.triggerSchedule({ scheduleId: 's' }), reason('SCHEDULE_NOT_FOUND'));
});

test('a backfill makes the runs of the past, once', async () => {
  await using rig = await stage();
  const hourly = { crons: ['0 * * * *'], intervals: [] };
  await rig.schedules.createSchedule({ scheduleId: 'hourly', spec: specFor('quick', hourly) });
  const hourMs = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  const range = { startTime: timestampOfMs(hourMs - 3 * 3_600_000), endTime: timestampOfMs(hourMs) };
  assert.equal((await rig.schedules.backfillSchedule({ scheduleId: 'hourly', ...range })).fireCount, 3);
  await eventually(async () => (await show(rig, 'hourly')).backfillCount === 0, { describe: 'the backfill to end' });
  // What is decided is started a moment later.
  await eventually(async () => (await runsOf(rig, 'hourly')).length === 3, { describe: 'the three runs' });
  await rig.schedules.backfillSchedule({ scheduleId: 'hourly', ...range });
  await eventually(async () => (await show(rig, 'hourly')).backfillCount === 0, { describe: 'the backfill to end' });
  assert.equal((await runsOf(rig, 'hourly')).length, 3);
  const future = { ...range, endTime: timestampOfMs(Date.now() + 60_000) };
  await assert.rejects(rig.schedules.backfillSchedule({ scheduleId: 'hourly', ...future }), reason('INVALID_FIELD'));
});

test('times are shown before anything is stored, lists by pages, and bad input is named', async () => {
  await using rig = await stage();
  const of = { case: 'spec', value: create(ScheduleSpecSchema, { crons: ['30 9 * * MON'] }) } as const;
  const { times } = await rig.schedules.listScheduleTimes({ of, after: timestampOfMs(0), count: 2 });
  assert.deepEqual(
    times.map(({ fireTime }) => new Date(Number(fireTime?.seconds) * 1000).toISOString()),
    ['1970-01-05T09:30:00.000Z', '1970-01-12T09:30:00.000Z'],
  );
  for (const scheduleId of ['a', 'b', 'c']) {
    await rig.schedules.createSchedule({ scheduleId, spec: specFor('quick'), pauseReason: 'still' });
  }
  const first = await rig.schedules.listSchedules({ pageSize: 2 });
  const second = await rig.schedules.listSchedules({ pageSize: 2, pageToken: first.nextPageToken });
  assert.deepEqual(
    [...first.schedules, ...second.schedules].map(({ scheduleId }) => scheduleId),
    ['a', 'b', 'c'],
  );
  assert.equal((await rig.schedules.listSchedules({ namespace: 'other' })).schedules.length, 0);
  const refused = rig.schedules.createSchedule({
    scheduleId: 'd',
    spec: specFor('quick', { crons: ['x', '61 * * * *'] }),
  });
  const error = await refused.then(
    () => assert.fail('it was taken'),
    (thrown: unknown) => describeError(thrown),
  );
  assert.deepEqual(
    [error.reason, error.violations.map(({ field }) => field)],
    ['INVALID_FIELD', ['spec.crons[0]', 'spec.crons[1]']],
  );
  await assert.rejects(
    rig.schedules.createSchedule({ scheduleId: 'a', spec: specFor('quick') }),
    reason('SCHEDULE_EXISTS'),
  );
  await assert.rejects(
    rig.schedules.createSchedule({ scheduleId: 'a b', spec: specFor('quick') }),
    reason('INVALID_FIELD'),
  );
});
