import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { schedulerDatabase, type SchedulerDatabase } from '../../testing/scheduler-database.ts';
import { failureClass } from './failure-class.ts';

let database: SchedulerDatabase;
before(async () => {
  database = await schedulerDatabase();
});
after(() => database[Symbol.asyncDispose]());

/** What the real server, or the driver, says to a statement that fails. */
async function failureOf(sql: string, client: Pick<pg.Pool, 'query'> = database.pool): Promise<unknown> {
  return client.query(sql).then(
    () => assert.fail(`${sql} did not fail`),
    (error: unknown) => error,
  );
}

test('data that the server refuses', async () => {
  for (const sql of [
    'select 1 / 0',
    "select 'x'::uuid",
    'select 40000::smallint',
    "insert into run_event (run_id, first_seq, event_count, commit_id, body) values (gen_random_uuid(), 0, 1, gen_random_uuid(), '')",
    `select '"\\u0000"'::jsonb ->> 0`,
  ]) {
    assert.equal(failureClass(await failureOf(sql)), 'refused', sql);
  }
});

test('failures that pass, or that an operator mends', async () => {
  for (const sql of [
    'begin; set local statement_timeout = 1; select pg_sleep(10); commit',
    'select * from not_there',
    'begin read only; delete from outbox; commit',
    "do $$ begin raise exception using errcode = '40P01'; end $$",
    "do $$ begin raise exception using errcode = '53300'; end $$",
  ]) {
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query('set search_path = scheduler');
    assert.equal(failureClass(await failureOf(sql, client)), 'transient', sql);
    await client.end();
  }
});

test('a connection that ends under its statement', async () => {
  const client = new pg.Client(database.url);
  client.on('error', () => {});
  await client.connect();
  const failing = failureOf('select pg_terminate_backend(pg_backend_pid()), pg_sleep(10)', client);
  assert.equal(failureClass(await failing), 'outcome_unknown');
  assert.equal(failureClass(await failureOf('select 1', client)), 'outcome_unknown');
  await client.end();
});

test('a socket that fails, whatever its code looks like', () => {
  for (const code of ['EPIPE', 'ECONNRESET', 'ETIMEDOUT', undefined]) {
    assert.equal(failureClass(Object.assign(new Error('write failed'), { code })), 'outcome_unknown');
  }
  assert.equal(failureClass('not even an error'), 'outcome_unknown');
});
