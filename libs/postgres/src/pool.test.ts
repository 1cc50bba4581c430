import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkDurability } from './durability.ts';
import { createKysely } from './kysely.ts';
import { createPool } from './pool.ts';
import type { Pool } from './pool.ts';
import { PostgresError } from './postgres-error.ts';
import { temporaryServer } from './testing/temporary-server.ts';
import type { TemporaryServer } from './testing/temporary-server.ts';
import { withTransaction } from './transaction.ts';

let server: TemporaryServer;
let pool: Pool;

before(async () => {
  server = await temporaryServer();
  pool = createPool(server.url, { max: 3, applicationName: 'pool-test' });
});

after(async () => {
  await pool.end();
  await server[Symbol.asyncDispose]();
});

test('bigint columns are numbers, and never lose digits', async () => {
  assert.deepEqual((await pool.query('SELECT 9007199254740991::bigint AS big')).rows, [{ big: 9007199254740991 }]);
  await assert.rejects(pool.query('SELECT 9007199254740993::bigint AS big'), /does not fit a number/);
  assert.deepEqual((await pool.query('SELECT 1 AS works')).rows, [{ works: 1 }]);
});

test('a connection that breaks while idle is dropped and told, the next query works', async () => {
  const told = Promise.withResolvers<Error>();
  const victim = createPool(server.url, { max: 1, applicationName: 'victim', onIdleError: told.resolve });
  await victim.query('SELECT 1');
  await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'`);
  assert.match(String(await told.promise), /terminat/);
  assert.equal((await victim.query('SELECT 1')).rowCount, 1);
  await victim.end();
});

test('a pool with a schema finds its tables first', async () => {
  await pool.query('CREATE SCHEMA mine; CREATE TABLE mine.here (id int)');
  const own = createPool(server.url, { max: 1, applicationName: 'schema', schema: 'mine' });
  assert.equal((await own.query('SELECT * FROM here')).rowCount, 0);
  await own.end();
});

test('a transaction commits its result and rolls back on an error', async () => {
  await pool.query('CREATE TABLE entry (id int)');
  assert.equal(
    await withTransaction(pool, async (client) => (await client.query('INSERT INTO entry VALUES (1)')).rowCount),
    1,
  );
  const failing = withTransaction(pool, async (client) => {
    await client.query('INSERT INTO entry VALUES (2)');
    throw new Error('changed my mind');
  });
  await assert.rejects(failing, /changed my mind/);
  assert.deepEqual((await pool.query('SELECT id FROM entry')).rows, [{ id: 1 }]);
});

test('a transaction whose connection breaks fails, and the pool goes on', async () => {
  const failing = withTransaction(pool, async (client) => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await client.query('SELECT 1');
  });
  await assert.rejects(failing);
  assert.equal((await pool.query('SELECT 1')).rowCount, 1);
});

test('a server that could lose commits is refused with the way out', async () => {
  await checkDurability(pool);
  const careless = createPool(`${server.url}?options=-c%20synchronous_commit%3Doff`, {
    max: 1,
    applicationName: 'careless',
  });
  await assert.rejects(checkDurability(careless), (error: unknown) => {
    assert.ok(error instanceof PostgresError && error.reason === 'DURABILITY_OFF');
    assert.match(error.message, /synchronous_commit off.*set synchronous_commit = on/s);
    return true;
  });
  await careless.end();
});

test('the query builder speaks to the pool', async () => {
  const db = createKysely<{ 'pg_catalog.pg_database': { datname: string } }>(pool);
  const row = await db
    .selectFrom('pg_catalog.pg_database')
    .select('datname')
    .where('datname', '=', 'skein')
    .executeTakeFirst();
  assert.deepEqual(row, { datname: 'skein' });
});
