import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { createMemoryBus, type EventBus } from '@skein/bus';
import { RunHistory } from '../../app/run-history.ts';
import type { RunKey } from '../../domain/run-key.ts';
import { eventLogDatabase, type EventLogDatabase } from '../../testing/event-log-database.ts';
import { FakeScheduler } from '../../testing/fake-scheduler.ts';
import { recordingObserver } from '../../testing/recording-observer.ts';
import { newRun, what } from '../../testing/sample-events.ts';
import { SchedulerHistorySource } from '../scheduler/scheduler-history-source.ts';
import { eventLogAudit } from './event-log-audit.ts';
import { PostgresMessageStore } from './postgres-message-store.ts';

let database: EventLogDatabase;
let bus: EventBus;
let scheduler: FakeScheduler;

before(async () => {
  database = await eventLogDatabase();
  bus = createMemoryBus();
});
after(async () => {
  await bus[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  scheduler = new FakeScheduler(bus);
  await sql('truncate event_log.run_event, event_log.task_event, event_log.message');
});

const sql = (text: string, values: readonly unknown[] = []) => database.pool.query(text, [...values]);
const STARTED = what.runStarted();
const SKIPPED = what.nodeScheduled('a');
const DONE = what.runDone();

function checks() {
  const source = new SchedulerHistorySource(scheduler.tasks);
  const history = new RunHistory({ store: database.runEvents, source, observer: recordingObserver() });
  return eventLogAudit(database.pool, { history, source });
}

async function found(): Promise<Record<string, readonly string[]>> {
  const all: Record<string, readonly string[]> = {};
  for (const check of checks()) {
    const { count, samples } = await check.find();
    if (count > 0) all[check.code] = samples;
  }
  return all;
}

const mend = (code: string) =>
  checks()
    .find((it) => it.code === code)
    ?.mend?.();
const nameOf = ({ namespace, runId }: RunKey) => `${namespace}/${runId}`;

/** A run of three transitions of which only some have arrived, a while ago. */
async function arrived(run: RunKey, which: readonly number[]): Promise<void> {
  const all = [scheduler.decide(run, [STARTED]), scheduler.decide(run, [SKIPPED]), scheduler.decide(run, [DONE])];
  await database.runEvents.append(all.filter((_, index) => which.includes(index)));
  await sql("update event_log.run_event set stored_at = now() - interval '5 minutes'");
}

test('whole histories, and those that have just begun to arrive, are fine', async () => {
  await arrived(newRun(), [0, 1, 2]);
  const fresh = newRun();
  await database.runEvents.append([scheduler.decide(fresh, [STARTED])]);
  scheduler.decide(fresh, [DONE]);
  const resting = newRun();
  await database.runEvents.append([scheduler.decide(resting, [STARTED])]);
  await sql("update event_log.run_event set stored_at = now() - interval '5 minutes' where run_id = $1", [
    resting.runId,
  ]);
  assert.deepEqual(await found(), {});
});

test('HISTORY_GAP: an event in the middle or the first is missing; mended, it is fetched', async () => {
  const [middle, first] = [newRun(), newRun('team')];
  await arrived(middle, [0, 2]);
  await arrived(first, [1, 2]);
  assert.deepEqual(await found(), { HISTORY_GAP: [nameOf(middle), nameOf(first)].toSorted() });
  assert.equal(await mend('HISTORY_GAP'), 2);
  assert.deepEqual(await found(), {});
});

test('EVENTS_MISSING: the end of a run was not brought; mended, it is fetched', async () => {
  const run = newRun();
  await arrived(run, [0, 1]);
  assert.deepEqual(await found(), { EVENTS_MISSING: [nameOf(run)] });
  assert.equal(await mend('EVENTS_MISSING'), 1);
  assert.deepEqual(await found(), {});
  assert.equal((await database.runEvents.last(run))?.firstSeq, 3);
});

test('who cannot be asked fails the audit', async () => {
  await arrived(newRun(), [0]);
  scheduler.answers = false;
  await assert.rejects(found(), /nobody says whether/);
});

test('TASK_EVENTS_ORPHAN: text of a run without a history; mended, it has one or the text is gone', async () => {
  const [known, unknown] = [newRun(), newRun()];
  scheduler.decide(known, [STARTED, DONE]);
  for (const { namespace, runId } of [known, unknown]) {
    await sql(
      `insert into event_log.task_event (run_id, first_task_seq, attempt, dispatch, event_count, node_id, namespace, body,
         stored_at)
       values ($1, 1, 1, 1, 1, 'a', $2, '', now() - interval '2 hours')`,
      [runId, namespace],
    );
  }
  assert.deepEqual(await found(), { TASK_EVENTS_ORPHAN: [known, unknown].map(nameOf).toSorted() });
  assert.equal(await mend('TASK_EVENTS_ORPHAN'), 2);
  assert.deepEqual(await found(), {});
  const { rows } = await sql('select run_id from event_log.task_event');
  assert.deepEqual(rows, [{ run_id: known.runId }]);
});

test('MESSAGES_UNDELIVERED and MESSAGES_EXPIRED: nobody took them in time', async () => {
  const store = new PostgresMessageStore(database.pool);
  const send = (mailbox: string, timeToLiveMs?: number) =>
    store.send({
      namespace: 'team',
      mailbox,
      messageId: randomUUID(),
      runId: undefined,
      sessionId: '',
      fromAgent: 'a',
      correlationId: '',
      replyTo: undefined,
      metadata: {},
      payload: Buffer.from('null'),
      timeToLiveMs,
    });
  await send('agent/b');
  await send('topic/t');
  assert.deepEqual(await found(), {}, 'it has only just been sent');
  await send('agent/b');
  await send('agent/c', 1);
  await sql(
    "update event_log.message set sent_at = sent_at - interval '2 hours', expires_at = expires_at - interval '1 hour'",
  );
  assert.deepEqual(await found(), {
    MESSAGES_UNDELIVERED: ['team agent/b (2)'],
    MESSAGES_EXPIRED: ['team agent/c (1)'],
  });
});
