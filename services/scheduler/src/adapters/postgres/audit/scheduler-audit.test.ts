import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { v7 as uuidv7 } from 'uuid';
import { Outbox } from '../../../app/outbox.ts';
import type { StoredTransition } from '../../../app/run-store.ts';
import { sampleHistory } from '../../../testing/sample-history.ts';
import { schedulerDatabase, type SchedulerDatabase } from '../../../testing/scheduler-database.ts';
import { postgresRunRetention } from '../retention/run-retention.ts';
import { postgresRunStore } from '../run-store.ts';
import { schedulerAudit } from './scheduler-audit.ts';

const DAY_MS = 86_400_000;

let database: SchedulerDatabase;
let published: string[] = [];

before(async () => {
  database = await schedulerDatabase();
});
after(() => database[Symbol.asyncDispose]());

/** A live scheduler, an open run and an ended one, all as they should be. */
beforeEach(async () => {
  published = [];
  await database.empty();
  await sql('truncate approval');
  await sql(`insert into member (scheduler_id, incarnation, address, backend_pid, backend_start)
    values ('scheduler-1', gen_random_uuid(), 'here', 1, now())`);
});

const sql = (text: string, values: readonly unknown[] = []) => database.pool.query(text, [...values]);
const store = () => postgresRunStore(database.pool);

function checks() {
  const carrier = {
    maxPayloadBytes: 1_000_000,
    publishEventBatch: ({ messageId }: { messageId: string }) => Promise.resolve(void published.push(messageId)),
  };
  const outbox = new Outbox({ carrier, store: store(), onPublishFailed: (error) => assert.fail(String(error)) });
  const retention = postgresRunRetention(database.pool);
  return schedulerAudit(database.pool, outbox, store(), { retention, runRetentionMs: 30 * DAY_MS });
}

/** Codes of what is wrong, with the counts. */
async function found(): Promise<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const check of checks()) {
    const { count, samples } = await check.find();
    if (count === 0) continue;
    assert.ok(samples.length > 0, check.code);
    all[check.code] = count;
  }
  return all;
}

async function mend(code: string): Promise<number> {
  const check = checks().find((it) => it.code === code);
  assert.ok(check?.mend, code);
  return check.mend();
}

const HISTORY = {
  definition: { id: 'w', nodes: [{ id: 'a', type: 'agent', agent_id: 'a' } as const], edges: [] },
  input: null,
  answer: () => ({ output: 'done' }),
};

async function commit(...transitions: readonly StoredTransition[]): Promise<string> {
  for (const transition of transitions) {
    const won = await store().commit({ commitId: uuidv7(), transitions: [transition], confirmedBatchIds: [] });
    assert.equal(won.size, 1);
  }
  return transitions[0]?.runId ?? '';
}

/** Stores a run that has begun. */
const openRun = () => commit(...sampleHistory(HISTORY).transitions.slice(0, 1));
/** Stores a run to its end. */
const endedRun = () => commit(...sampleHistory(HISTORY).transitions);

test('nothing is found where nothing is wrong', async () => {
  await openRun();
  await endedRun();
  assert.deepEqual(await found(), {});
});

test('RUN_OVERDUE: nobody has looked at an open run', async () => {
  const runId = await openRun();
  await sql("update run set check_at = now() - interval '5 minutes' where run_id = $1", [runId]);
  assert.deepEqual(await found(), { RUN_OVERDUE: 1 });
});

test('RUN_OUT_OF_REACH: nobody will look at an open run; mended, it is looked at now', async () => {
  const runId = await openRun();
  await sql("update run set check_at = now() + interval '3 years' where run_id = $1", [runId]);
  assert.deepEqual(await found(), { RUN_OUT_OF_REACH: 1 });
  assert.equal(await mend('RUN_OUT_OF_REACH'), 1);
  assert.deepEqual(
    await store().dueRuns(
      10,
      Array.from({ length: 256 }, (_, shard) => shard),
    ),
    [runId],
  );
  assert.deepEqual(await found(), {});
});

test('RUN_WITHOUT_OWNER: there is no live scheduler', async () => {
  await openRun();
  await sql("update member set seen_at = now() - interval '15 seconds'");
  assert.deepEqual(await found(), { RUN_WITHOUT_OWNER: 1 });
});

test('MEMBER_GONE: a dead scheduler counts as live; mended, the others are told', async () => {
  await sql(`insert into member (scheduler_id, incarnation, address, backend_pid, backend_start, seen_at)
    values ('dead', gen_random_uuid(), 'there', 2, now(), now() - interval '1 minute')`);
  assert.deepEqual(await found(), { MEMBER_GONE: 1 });
  assert.equal(await mend('MEMBER_GONE'), 1);
  const { rows } = await sql('select scheduler_id from member');
  assert.deepEqual(rows, [{ scheduler_id: 'scheduler-1' }]);
});

test('RUN_END_UNMARKED: an ended run counts as open; mended, its row says how it ended', async () => {
  const { transitions } = sampleHistory({ ...HISTORY, answer: () => ({ code: 'BROKEN', retryable: false }) });
  const runId = await commit(...transitions);
  await sql("update run set status = 'RUNNING', ended_at = null, check_at = now(), failure_code = null");
  assert.deepEqual(await found(), { RUN_END_UNMARKED: 1 });
  assert.equal(await mend('RUN_END_UNMARKED'), 1);
  const row = await store().runRow(runId);
  assert.deepEqual([row?.status, row?.failureCode, row?.failedNodeId], ['FAILED', 'BROKEN', 'a']);
  assert.deepEqual(await found(), {});
});

test('RUN_END_MISSING: a run counts as ended, and its history goes on', async () => {
  await openRun();
  await sql("update run set status = 'DONE', ended_at = now(), check_at = null");
  assert.deepEqual(await found(), { RUN_END_MISSING: 1 });
});

test('RUN_WITHOUT_HISTORY, HISTORY_WITHOUT_RUN: rows that have lost each other', async () => {
  const first = await openRun();
  const second = await openRun();
  await sql('delete from run_event where run_id = $1', [first]);
  await sql('delete from run where run_id = $1', [second]);
  await sql('delete from outbox');
  assert.deepEqual(await found(), { RUN_WITHOUT_HISTORY: 1, HISTORY_WITHOUT_RUN: 1 });
});

test('HISTORY_GAP: a transition in the middle is gone', async () => {
  const { transitions } = sampleHistory({
    ...HISTORY,
    definition: {
      id: 'w',
      nodes: ['a', 'b', 'c'].map((id) => ({ id, type: 'agent', agent_id: 'a' }) as const),
      edges: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
      ],
    },
  });
  const runId = await commit(...transitions.slice(0, 3));
  await sql('delete from run_event where run_id = $1 and first_seq = $2', [runId, transitions[1]?.firstSeq]);
  await sql('delete from outbox');
  assert.deepEqual(await found(), { HISTORY_GAP: 1 });
});

test('PRUNED_LEFTOVER: events of a pruned run are left; mended, they are gone', async () => {
  const runId = await endedRun();
  await sql('update run set pruned_seq = 5');
  assert.deepEqual(await found(), { PRUNED_LEFTOVER: 1 });
  assert.equal(await mend('PRUNED_LEFTOVER'), 1);
  const { rows } = await sql('select first_seq from run_event where run_id = $1', [runId]);
  assert.deepEqual(rows, [{ first_seq: 1 }]);
});

test('a pruned run without its final state is a run without its first event', async () => {
  await endedRun();
  await sql('update run set pruned_seq = 5');
  await sql('delete from run_event');
  await sql('delete from outbox');
  assert.deepEqual(await found(), { RUN_WITHOUT_HISTORY: 1 });
});

test('APPROVAL_ORPHAN: a decision is asked for an ended run; mended, it is not any more', async () => {
  const [open, ended] = [await openRun(), await endedRun()];
  for (const runId of [open, ended]) {
    await sql(
      `insert into approval (run_id, node_id, namespace, workflow_id, status, prompt, approvers, created_at, expires_at,
         decided_by, comment)
       values ($1, 'sign', 'default', 'w', 'OPEN', '', '{}', now(), now(), '', '')`,
      [runId],
    );
  }
  assert.deepEqual(await found(), { APPROVAL_ORPHAN: 1 });
  assert.equal(await mend('APPROVAL_ORPHAN'), 1);
  const { rows } = await sql("select run_id from approval where status = 'OPEN'");
  assert.deepEqual(rows, [{ run_id: open }]);
});

/** Stores a schedule whose next fire and look are that far from now; an empty text: none. */
const schedule = (scheduleId: string, nextFire: string, look: string) =>
  sql(
    `insert into schedule values ('default', $1, 0, '{}', '{}', 1, 1, now() + nullif($2, '')::interval,
       now() + nullif($3, '')::interval, '', '', now(), now())`,
    [scheduleId, nextFire, look],
  );

test('SCHEDULE_OVERDUE: nobody has looked at a schedule', async () => {
  await schedule('late', '-5 minutes', '-5 minutes');
  await schedule('on-time', '5 seconds', '5 seconds');
  assert.deepEqual(await found(), { SCHEDULE_OVERDUE: 1 });
});

test('SCHEDULE_OUT_OF_REACH: nobody will look at a schedule in time; mended, it is looked at now', async () => {
  await schedule('never', '1 hour', '');
  await schedule('too-late', '1 hour', '27 hours');
  await schedule('paused', '', '');
  await schedule('waits-for-a-run', '1 hour', '10 seconds');
  await schedule('late-on-purpose', '1 hour', '24 hours');
  assert.deepEqual(await found(), { SCHEDULE_OUT_OF_REACH: 2 });
  assert.equal(await mend('SCHEDULE_OUT_OF_REACH'), 2);
  assert.deepEqual(await found(), {});
});

const HOLD = `insert into limit_holder (namespace, key, run_id, granted_at)
  values ('default', 'k', $1, now() - interval '5 minutes')`;
const WAIT = `insert into limit_waiter (namespace, key, run_id, priority, fairness_key, start_tag)
  values ('default', 'k', $1, 3, '', 0)`;

test('LIMIT_SLOT_LEAKED, LIMIT_WAITER_LEFTOVER: ended runs hold slots and wait for them; mended, they do not', async () => {
  const [open, ended] = [await openRun(), await endedRun()];
  for (const runId of [open, ended]) for (const text of [HOLD, WAIT]) await sql(text, [runId]);
  assert.deepEqual(await found(), { LIMIT_SLOT_LEAKED: 1, LIMIT_WAITER_LEFTOVER: 1 });
  assert.equal(await mend('LIMIT_SLOT_LEAKED'), 1);
  assert.equal(await mend('LIMIT_WAITER_LEFTOVER'), 1);
  const { rows } = await sql('select run_id from limit_holder union select run_id from limit_waiter');
  assert.deepEqual(rows, [{ run_id: open }]);
});

const TAKE = `insert into call_slot (namespace, key, run_id, node_id, attempt, granted_at)
  values ('default', 'agent/a', $1, $2, $3, now() - interval '5 minutes')`;

test('CALL_SLOT_LEAKED: attempts that are over hold slots of agents; mended, only those at work do', async () => {
  const [open, ended] = [await openRun(), await endedRun()];
  await sql(TAKE, [open, 'a', 1]);
  await sql(TAKE, [open, 'a', 2]);
  await sql(TAKE, [open, 'nobody', 1]);
  await sql(TAKE, [ended, 'work', 1]);
  await sql(TAKE, [uuidv7(), 'work', 1]);
  await sql("insert into call_slot values ('default', 'agent/a', $1, 'fresh', 1)", [ended]);
  assert.deepEqual(await found(), { CALL_SLOT_LEAKED: 4 });
  assert.equal(await mend('CALL_SLOT_LEAKED'), 4);
  const { rows } = await sql('select run_id, node_id, attempt from call_slot order by granted_at');
  assert.deepEqual(rows, [
    { run_id: open, node_id: 'a', attempt: 1 },
    { run_id: ended, node_id: 'fresh', attempt: 1 },
  ]);
});

const CALLED = `insert into called_run (run_id, parent_run_id, node_id, created_at)
  values ($1, $2, 'work', now() - interval '5 minutes')`;

test('CALLED_RUN_LEFTOVER, CALLED_RUN_LEFT_BEHIND: what agents have started is over, or goes on without them', async () => {
  const [open, ended, child, left] = [await openRun(), await endedRun(), await openRun(), await openRun()];
  await sql("update run set ended_at = now() - interval '5 minutes' where run_id = $1", [ended]);
  await sql(CALLED, [child, open]);
  await sql(CALLED, [left, ended]);
  await sql(CALLED, [ended, open]);
  await sql(CALLED, [uuidv7(), open]);
  await sql("insert into called_run values ($1, $2, 'work')", [uuidv7(), open]);
  assert.deepEqual(await found(), { CALLED_RUN_LEFTOVER: 2, CALLED_RUN_LEFT_BEHIND: 1 });
  assert.equal(await mend('CALLED_RUN_LEFTOVER'), 2);
  assert.equal((await sql('select from called_run')).rowCount, 3);
});

test('RUN_OUT_OF_LINE: runs wait to begin and nobody knows; mended, they are looked at now', async () => {
  const [forgotten, holding, waiting, fresh] = [await openRun(), await openRun(), await openRun(), await openRun()];
  await sql("update run set status = 'CREATED', check_at = now() + interval '1 hour'");
  await sql("update run set created_at = now() - interval '5 minutes' where run_id <> $1", [fresh]);
  await sql(HOLD, [holding]);
  await sql(WAIT, [waiting]);
  assert.deepEqual(await found(), { RUN_OUT_OF_LINE: 2 });
  assert.equal(await mend('RUN_OUT_OF_LINE'), 2);
  const { rows } = await sql('select run_id from run where check_at <= now() order by run_id');
  assert.deepEqual(
    rows.map((row: { run_id: string }) => row.run_id),
    [forgotten, holding].toSorted(),
  );
});

test('START_KEY_ORPHAN: a key names no run; mended, it can be used again', async () => {
  await sql("insert into start_key (namespace, request_id, run_id, digest) values ('default', 'k', $1, 'd')", [
    uuidv7(),
  ]);
  assert.deepEqual(await found(), { START_KEY_ORPHAN: 1 });
  assert.equal(await mend('START_KEY_ORPHAN'), 1);
  assert.equal(await store().findStart('default', 'k'), undefined);
});

test('OUTBOX_STUCK: events are not confirmed; mended, they are published again', async () => {
  await endedRun();
  await sql("update outbox set created_at = now() - interval '5 minutes'");
  const { OUTBOX_STUCK: count } = await found();
  assert.ok(count);
  assert.equal(await mend('OUTBOX_STUCK'), count);
  assert.equal(published.length, count);
});

test('OUTBOX_ORPHAN: a row points to nothing; mended, it is gone', async () => {
  await sql(
    `insert into outbox (batch_id, run_ids, first_seqs, created_at)
     values ($1, array[$2::uuid], array[1], now() - interval '5 minutes')`,
    [uuidv7(), uuidv7()],
  );
  assert.deepEqual(await found(), { OUTBOX_ORPHAN: 1 });
  assert.equal(await mend('OUTBOX_ORPHAN'), 1);
  assert.deepEqual(await found(), {});
});

test('RETENTION_OVERDUE: a run outlives its namespace; mended, it is deleted unless it is kept for ever', async () => {
  const runId = await endedRun();
  await sql('delete from outbox');
  await sql("update run set ended_at = now() - interval '32 days', pruned_seq = 0 where run_id = $1", [runId]);
  assert.deepEqual(await found(), { RETENTION_OVERDUE: 1 });
  await sql("insert into namespace (namespace, keeps_forever) values ('default', true)");
  assert.deepEqual(await found(), {});
  await sql('truncate namespace');
  assert.equal(await mend('RETENTION_OVERDUE'), 1);
  assert.deepEqual(await found(), {});
});

test('DELETION_UNCONFIRMED: event-log does not say that it has deleted a run', async () => {
  await sql(`insert into run_deletion (run_id, namespace, deleted_at, has_children)
    values (gen_random_uuid(), 'default', now() - interval '11 minutes', false)`);
  assert.deepEqual(await found(), { DELETION_UNCONFIRMED: 1 });
});

test('PAYLOAD_ORPHAN and PAYLOAD_MISSING: a text without its run, a claim without its text', async () => {
  const large = 'x'.repeat(300_000);
  const { transitions } = sampleHistory({ ...HISTORY, input: large });
  const runId = await commit(...transitions.slice(0, 1));
  assert.deepEqual(await found(), {});
  await sql('update payload set run_id = gen_random_uuid() where run_id = $1', [runId]);
  assert.deepEqual(await found(), { PAYLOAD_ORPHAN: 1, PAYLOAD_MISSING: 1 });
  assert.equal(await mend('PAYLOAD_ORPHAN'), 1);
  assert.deepEqual(await found(), { PAYLOAD_MISSING: 1 });
});
