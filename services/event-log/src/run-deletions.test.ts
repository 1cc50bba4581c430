import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createMemoryBus } from '@skein/bus';
import { ConnectError } from '@connectrpc/connect';
import { reasonOf } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { postgresRunEraser } from './adapters/postgres/postgres-run-eraser.ts';
import { deleteRuns, type RunDeletionSource } from './app/run-deletions.ts';
import type { RunKey } from './domain/run-key.ts';
import type { TaskChunk } from './domain/task-chunk.ts';
import { eventLogDatabase, type EventLogDatabase } from './testing/event-log-database.ts';
import { eventLogUnderTest } from './testing/event-log-under-test.ts';
import { newRun, transition, what } from './testing/sample-events.ts';

const LIMITS = { maxRows: 10, maxBytes: 1_000_000 };

let database: EventLogDatabase;
before(async () => {
  database = await eventLogDatabase();
});
after(() => database[Symbol.asyncDispose]());

const chunk = (run: RunKey, firstTaskSeq = 1): TaskChunk => ({
  ...run,
  nodeId: 'a',
  attempt: 1,
  dispatch: 1,
  firstTaskSeq,
  eventCount: 1,
  body: Buffer.from('text'),
});

/** Rows that are left of a run. */
async function rowsOf(run: RunKey): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    `select ((select count(*) from event_log.run_event where run_id = $1)
      + (select count(*) from event_log.task_event where run_id = $1))::int as count`,
    [run.runId],
  );
  return rows[0]?.count ?? 0;
}

/** Deletions as a scheduler keeps them, which may be away when they are confirmed. */
function deletions(...runs: RunKey[]): RunDeletionSource & { fails: boolean } {
  return {
    fails: false,
    list: (limit) => Promise.resolve(runs.slice(0, limit)),
    async confirm(confirmed) {
      if (this.fails) throw new Error('the scheduler is away');
      const gone = new Set(confirmed.map(({ runId }) => runId));
      runs.splice(0, runs.length, ...runs.filter(({ runId }) => !gone.has(runId)));
    },
  };
}

async function stored(): Promise<RunKey> {
  const run = newRun();
  await database.runEvents.append([transition(run, 1, [what.runStarted()]), transition(run, 2, [what.runDone()])]);
  await database.taskEvents.append([chunk(run)]);
  return run;
}

test('X1 a deletion that could not be confirmed is made again, and comes to the same', async () => {
  const [run, other] = [await stored(), await stored()];
  const source = deletions(run);
  const parts = { source, eraser: postgresRunEraser(database.pool), onDeleted: () => {} };
  source.fails = true;
  await assert.rejects(deleteRuns(parts), /away/);
  assert.deepEqual([await rowsOf(run), await rowsOf(other)], [0, 3]);
  source.fails = false;
  assert.equal(await deleteRuns(parts), 1);
  assert.equal(await deleteRuns(parts), 0);
  assert.deepEqual([await rowsOf(run), await rowsOf(other)], [0, 3]);
});

test('X2 what comes late of a deleted run is not stored, and what slipped in goes with the mark', async () => {
  const run = await stored();
  const eraser = postgresRunEraser(database.pool);
  await eraser.mark([run]);
  assert.equal(await database.runEvents.append([transition(run, 3, [what.nodeScheduled('b')])]), 0);
  await database.taskEvents.append([chunk(run, 2)]);
  await eraser.erase([run]);
  assert.equal(await rowsOf(run), 0);
  assert.equal(await database.runEvents.append([transition(run, 2, [what.runDone()])]), 0);
  assert.deepEqual(await database.runEvents.readAfter(run, 0, LIMITS), []);
  await database.pool.query(
    `insert into event_log.run_event (run_id, first_seq, event_count, namespace, body) values ($1, 2, 1, $2, '')`,
    [run.runId, run.namespace],
  );
  assert.equal(await eraser.forget(60_000, 10), 0, 'too young');
  await database.pool.query(`update event_log.deleted_run set deleted_at = now() - interval '2 minutes'`);
  assert.ok((await eraser.forget(60_000, 10)) >= 1);
  assert.equal(await rowsOf(run), 0);
});

test('a run that the scheduler has deleted is not found any more, and a late batch brings nothing back', async () => {
  await using bus = createMemoryBus();
  await using eventLog = await eventLogUnderTest(bus);
  const { scheduler, events } = eventLog;
  const [run, other] = [newRun(), newRun()];
  for (const it of [run, other]) {
    await scheduler.commit(it, [what.runStarted()]);
    await scheduler.commit(it, [what.runDone()]);
  }
  const [first] = scheduler.recordsOf(run);
  assert.ok(first);
  const listed = async (it: RunKey) => (await events.listEvents(it)).entries.length;
  await eventually(async () => (await listed(run)) + (await listed(other)) === 4, {
    describe: 'both histories are stored',
  });
  scheduler.answers = false;
  scheduler.delete(run);
  scheduler.answers = true;
  await eventually(() => scheduler.isDeletionConfirmed(run), { describe: 'the deletion is confirmed' });
  const late = await scheduler.publish([first]);
  await eventually(() => scheduler.confirmed.get(late) === 1, { describe: 'a late batch is confirmed' });
  await assert.rejects(listed(run), (error) => error instanceof ConnectError && reasonOf(error) === 'RUN_NOT_FOUND');
  assert.equal(await listed(other), 2);
});
