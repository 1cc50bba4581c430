import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { RefusedDataError } from '../../app/run-event-store.ts';
import { eventLogDatabase, type EventLogDatabase } from '../../testing/event-log-database.ts';
import { testRunEventStoreContract } from '../../testing/run-event-store.contract.ts';
import { newRun, transition, what } from '../../testing/sample-events.ts';
import { testTaskEventStoreContract } from '../../testing/task-event-store.contract.ts';

let database: EventLogDatabase;

before(async () => {
  database = await eventLogDatabase();
});
after(() => database[Symbol.asyncDispose]());

testRunEventStoreContract('postgres', () => database.runEvents);
testTaskEventStoreContract('postgres', () => database.taskEvents);

test('data that Postgres can never take is refused by name, and nothing of its batch is stored', async () => {
  const good = transition(newRun(), 1, [what.runStarted()]);
  const bad = { ...transition(newRun(), 1, [what.runStarted()]), namespace: 'a\0b' };
  await assert.rejects(database.runEvents.append([good, bad]), RefusedDataError);
  assert.equal(await database.runEvents.last(good), undefined);
});

test('a read from the middle of a long run does not walk it from its start', async () => {
  const run = newRun();
  const one = [what.nodeScheduled('a')];
  await database.runEvents.append(Array.from({ length: 2_000 }, (_, index) => transition(run, index + 1, one)));
  await database.pool.query('ANALYZE event_log.run_event');
  const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
     SELECT first_seq FROM event_log.run_event WHERE run_id = $1 AND namespace = 'default'
     AND first_seq >= (SELECT coalesce(max(first_seq), 0) FROM event_log.run_event WHERE run_id = $1 AND first_seq <= $2)
     AND first_seq + event_count - 1 > $2 - 1 ORDER BY first_seq LIMIT 10`,
    [run.runId, 1_500],
  );
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  assert.match(plan, /Index.*Scan/);
  assert.doesNotMatch(plan, /Rows Removed by Filter: [1-9]\d\d/);
});
