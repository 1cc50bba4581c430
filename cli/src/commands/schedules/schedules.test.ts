import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { create, toJson, type JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import {
  FireKind,
  FireOutcome,
  FireSkipReason,
  OverlapPolicy,
  ScheduleService,
  ScheduleSpecSchema,
  ScheduleFireSchema,
  ScheduleSchema,
  type ScheduleSpec,
} from '@skein/contracts/scheduler';
import { skeinError } from '@skein/rpc';
import { temporaryDirectory } from '@skein/testkit';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform } from '../../testing/fake-platform.ts';
import { useCli } from '../../testing/use-cli.ts';

const AT = { seconds: 1_777_600_800n };
const RUN_ID = '01a1fcd3-853f-7648-a691-43958cca9465';

/** A platform that remembers the last spec, and answers with it. */
async function platformOf() {
  const seen: { spec?: ScheduleSpec; revision?: bigint; calls: string[] } = { calls: [] };
  const schedule = (change: object = {}) =>
    create(ScheduleSchema, {
      scheduleId: 'nightly',
      revision: 4n,
      nextFireTimes: [AT],
      ...(seen.spec === undefined ? {} : { spec: seen.spec }),
      ...change,
    });
  const fires = [
    { fireTime: AT, kind: FireKind.TIME, outcome: FireOutcome.STARTED, runId: RUN_ID },
    { fireTime: AT, kind: FireKind.TIME, outcome: FireOutcome.SKIPPED, skipReason: FireSkipReason.OVERLAP },
    { fireTime: AT, kind: FireKind.TRIGGER, outcome: FireOutcome.FAILED, failure: { code: 'WORKFLOW_NOT_FOUND' } },
  ].map((fire) => create(ScheduleFireSchema, fire));
  const platform = await fakePlatform(({ service }) =>
    service(ScheduleService, {
      createSchedule({ spec, scheduleId, namespace, pauseReason }) {
        if (spec !== undefined) seen.spec = spec;
        seen.calls.push(`create ${namespace}/${scheduleId} ${pauseReason}`.trim());
        return { schedule: schedule(), created: true };
      },
      updateSchedule({ spec, revision }) {
        if (spec !== undefined) Object.assign(seen, { spec, revision });
        return { schedule: schedule({ revision: revision + 1n }) };
      },
      getSchedule: () => ({ schedule: schedule({ recentFires: fires }) }),
      listSchedules: () => ({ schedules: [schedule({ recentFires: fires })] }),
      deleteSchedule({ scheduleId }) {
        throw skeinError({ reason: 'SCHEDULE_NOT_FOUND', code: Code.NotFound, message: `no ${scheduleId}` });
      },
      pauseSchedule: ({ reason }) => ({ schedule: schedule({ paused: true, pauseReason: reason }) }),
      resumeSchedule: () => ({ schedule: schedule() }),
      triggerSchedule({ overlap }) {
        const [started, , failed] = fires;
        const fire = overlap === OverlapPolicy.ALLOW_ALL ? started : failed;
        return fire === undefined ? {} : { fire };
      },
      backfillSchedule: () => ({ schedule: schedule(), fireCount: 3 }),
      listScheduleTimes({ of, count }) {
        seen.calls.push(`times ${of.case} ${count}`);
        return {
          times: [
            { fireTime: AT, dueTime: AT },
            { fireTime: AT, dueTime: { ...AT, nanos: 500_000_000 } },
          ],
        };
      },
    }),
  );
  const skein = (...args: string[]) => useCli(['schedules', ...args, '--api', platform.url]);
  const spec = () =>
    seen.spec === undefined ? {} : toJson(ScheduleSpecSchema, seen.spec, { useProtoFieldName: true });
  return { skein, seen, spec: spec as () => JsonObject, [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose]() };
}

test('create takes options', async () => {
  await using platform = await platformOf();
  const times = [
    '--cron',
    '30 2 * * *',
    '--cron',
    '@hourly',
    '--every',
    '90s+10s',
    '-z',
    'Europe/Berlin',
    '--jitter',
    '5m',
  ];
  const skip = ['--skip-date', '2026-12-24..2026-12-26', '--skip-date', '2027-01-01', '--skip-cron', '* * * * SUN'];
  const what = ['-w', 'report:3', '-i', '{"team":"x"}', '-l', 'a=b', '--overlap', 'buffer_one', '--catch-up', '1h'];
  const { code, stdout } = await platform.skein('create', 'nightly', ...times, ...skip, ...what, '-n', 'team');
  assert.deepEqual([code, stdout], [EXIT.ok, 'nightly made, next fire time 2026-05-01T02:00:00Z\n']);
  assert.deepEqual(platform.seen.calls, ['create team/nightly']);
  assert.deepEqual(platform.spec(), {
    crons: ['30 2 * * *', '@hourly'],
    intervals: [{ every: '90s', offset: '10s' }],
    time_zone: 'Europe/Berlin',
    jitter: '300s',
    skip: { dates: [{ first: '2026-12-24', last: '2026-12-26' }, { first: '2027-01-01' }], crons: ['* * * * SUN'] },
    overlap: 'OVERLAP_POLICY_BUFFER_ONE',
    catch_up_window: '3600s',
    action: { workflow: { workflow_id: 'report', version: 3 }, input: { team: 'x' }, labels: { a: 'b' } },
  });
});

test('what a start may say besides is an option, and stays through an update', async () => {
  await using platform = await platformOf();
  const found = ['--attr', 'customer=acme', '--attr', 'due=2026-12-24T00:00:00Z', '--memo', '{"note":"x"}'];
  const flow = ['--priority', '2', '--fairness-key', 'acme'];
  const when = ['--cron', '@daily', '-w', 'report', '--overlap', 'skip'];
  const { code } = await platform.skein('create', 'nightly', ...when, ...found, ...flow);
  assert.equal(code, EXIT.ok);
  const action = {
    workflow: { workflow_id: 'report' },
    search_attributes: { customer: { string_value: 'acme' }, due: { timestamp_value: '2026-12-24T00:00:00Z' } },
    memo: { note: 'x' },
    priority: 2,
    fairness_key: 'acme',
  };
  assert.deepEqual(platform.spec()['action'], action);
  const updated = await platform.skein('update', 'nightly', '--priority', '5');
  assert.equal(updated.code, EXIT.ok, updated.stderr);
  assert.deepEqual(platform.spec()['action'], { ...action, priority: 5 });
});

test('create takes a file, and options before it', async () => {
  await using platform = await platformOf();
  await using directory = await temporaryDirectory('cli');
  const file = join(directory.path, 'nightly.yaml');
  await writeFile(
    file,
    'schedule_id: nightly\nspec:\n  crons: ["@daily"]\n  action: { agent: { agent_id: a }, input: 1 }\n',
  );
  const { code } = await platform.skein('create', '-f', file, '--model', 'builtin/echo', '--paused', 'not yet');
  assert.equal(code, EXIT.ok);
  assert.deepEqual(platform.seen.calls, ['create default/nightly not yet']);
  assert.deepEqual(platform.spec(), { crons: ['@daily'], action: { llm: { model: 'builtin/echo' }, input: 1 } });
  await writeFile(file, 'spec:\n  cron: "@daily"\n');
  const wrong = await platform.skein('create', 'x', '-f', file);
  assert.equal(wrong.code, EXIT.invalid);
  assert.match(wrong.stderr, /spec\.cron/);
});

test('update changes what is named, on the revision that it read', async () => {
  await using platform = await platformOf();
  await platform.skein(
    'create',
    'nightly',
    '--cron',
    '@daily',
    '-w',
    'report',
    '-i',
    '{"a":1}',
    '--overlap',
    'allow_all',
  );
  const { code, stdout } = await platform.skein('update', 'nightly', '--cron', '@hourly');
  assert.deepEqual([code, stdout], [EXIT.ok, 'nightly revision 5, next fire time 2026-05-01T02:00:00Z\n']);
  assert.equal(platform.seen.revision, 4n);
  const { crons, action, overlap } = platform.spec();
  assert.deepEqual(
    [crons, action, overlap],
    [['@hourly'], { workflow: { workflow_id: 'report' }, input: { a: 1 } }, 'OVERLAP_POLICY_ALLOW_ALL'],
  );
});

test('get and list show what became of the fires', async () => {
  await using platform = await platformOf();
  await platform.skein('create', 'nightly', '--every', '1h', '-w', 'report');
  const { stdout } = await platform.skein('get', 'nightly');
  assert.match(stdout, /times +every 1 h 0 min/);
  assert.match(stdout, new RegExp(`2026-05-01T02:00:00Z +time +STARTED +${RUN_ID}`));
  assert.match(stdout, /SKIPPED +overlap/);
  assert.match(stdout, /trigger +FAILED +WORKFLOW_NOT_FOUND/);
  const list = await platform.skein('list');
  assert.match(list.stdout, /nightly +ACTIVE +2026-05-01T02:00:00Z +STARTED +report +every 1 h/);
  const { stdout: json } = await platform.skein('list', '-o', 'json');
  const { schedules } = JSON.parse(json) as { schedules: { recent_fires: { outcome: string }[] }[] };
  assert.deepEqual(
    schedules[0]?.recent_fires.map(({ outcome }) => outcome),
    ['STARTED', 'SKIPPED', 'FAILED'],
  );
});

test('pause, resume, trigger, backfill, times and delete', async () => {
  await using platform = await platformOf();
  assert.equal((await platform.skein('pause', 'nightly', '--reason', 'x')).stdout, 'nightly PAUSED\n');
  assert.match((await platform.skein('resume', 'nightly')).stdout, /^nightly ACTIVE, next fire time 2026-05-01T/);
  const fired = await platform.skein('trigger', 'nightly', '--overlap', 'allow_all');
  assert.deepEqual([fired.code, fired.stdout], [EXIT.ok, `nightly STARTED ${RUN_ID}\n`]);
  assert.equal((await platform.skein('trigger', 'nightly')).code, EXIT.unsuccessful);
  const range = ['--from', '2026-05-01T00:00:00Z', '--until', '2026-05-02T00:00:00Z'];
  assert.equal((await platform.skein('backfill', 'nightly', ...range)).stdout, 'nightly makes up for 3 fire times\n');
  assert.equal((await platform.skein('backfill', 'nightly', '--from', 'x', '--until', 'y')).code, EXIT.invalid);
  const shown = '2026-05-01T02:00:00Z\n2026-05-01T02:00:00Z  starts 2026-05-01T02:00:00.500Z\n';
  assert.equal((await platform.skein('times', 'nightly', '--count', '2')).stdout, shown);
  await platform.skein('times', '--cron', '@daily');
  assert.deepEqual(platform.seen.calls, ['times scheduleId 2', 'times spec 10']);
  assert.equal((await platform.skein('delete', 'gone')).code, EXIT.notFound);
});
