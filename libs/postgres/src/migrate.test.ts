import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { migrate } from './migrate.ts';
import { createPool } from './pool.ts';
import type { Pool } from './pool.ts';
import { PostgresError } from './postgres-error.ts';
import type { PostgresReason } from './postgres-error.ts';
import { temporaryDirectory, temporaryServer } from './testing/temporary-server.ts';
import type { TemporaryServer } from './testing/temporary-server.ts';

let server: TemporaryServer;
let pool: Pool;

before(async () => {
  server = await temporaryServer();
  pool = createPool(server.url, { max: 5, applicationName: 'migrate-test' });
});

after(async () => {
  await pool.end();
  await server[Symbol.asyncDispose]();
});

async function files(contents: Record<string, string>): Promise<AsyncDisposable & { path: string }> {
  const directory = await temporaryDirectory();
  for (const [name, sql] of Object.entries(contents)) await writeFile(join(directory.path, name), sql);
  return directory;
}

function refuses(reason: PostgresReason): (error: unknown) => boolean {
  return (error) => error instanceof PostgresError && error.reason === reason;
}

test('applies new files in order, in the schema, once', async () => {
  await using steps = await files({
    '0001_make.sql': 'CREATE TABLE thing (id int)',
    '0002_more.sql': 'ALTER TABLE thing ADD name text',
  });
  const options = { schema: 'in_order', directory: steps.path };
  assert.deepEqual(await migrate(pool, options), ['make', 'more']);
  assert.deepEqual(await migrate(pool, options), []);
  await writeFile(join(steps.path, '0003_index.sql'), 'CREATE INDEX ON thing (id); CREATE INDEX ON thing (name)');
  assert.deepEqual(await migrate(pool, options), ['index']);
  assert.equal(
    (await pool.query(`SELECT 1 FROM pg_indexes WHERE schemaname = 'in_order' AND tablename = 'thing'`)).rowCount,
    2,
  );
});

test('many processes at once apply each step once', async () => {
  await using steps = await files({ '0001_make.sql': 'CREATE TABLE thing (id int)' });
  const options = { schema: 'at_once', directory: steps.path };
  const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(pool, options)));
  assert.deepEqual(applied.flat(), ['make']);
});

test('a failing step leaves nothing of itself and keeps what came before', async () => {
  await using steps = await files({
    '0001_good.sql': 'CREATE TABLE good (id int)',
    '0002_bad.sql': 'CREATE TABLE half (id int); SELECT 1/0',
  });
  const options = { schema: 'failing', directory: steps.path };
  await assert.rejects(migrate(pool, options), (error: unknown) => {
    assert.match(String(error), /step 2 \(bad\) of schema failing failed: division by zero/);
    return refuses('MIGRATION_FAILED')(error);
  });
  const { rows } = await pool.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'failing' ORDER BY 1`);
  assert.deepEqual(rows, [{ tablename: 'good' }, { tablename: 'migration' }]);
  await writeFile(join(steps.path, '0002_bad.sql'), 'CREATE TABLE half (id int)');
  assert.deepEqual(await migrate(pool, options), ['bad']);
});

test('a changed file is refused', async () => {
  await using steps = await files({ '0001_make.sql': 'CREATE TABLE thing (id int)' });
  const options = { schema: 'changed', directory: steps.path };
  await migrate(pool, options);
  await writeFile(join(steps.path, '0001_make.sql'), 'CREATE TABLE thing (id bigint)');
  await assert.rejects(migrate(pool, options), refuses('MIGRATION_CHANGED'));
});

test('older code accepts newer steps, except breaking ones', async () => {
  await using steps = await files({
    '0001_make.sql': 'CREATE TABLE thing (id int)',
    '0002_add.sql': 'ALTER TABLE thing ADD name text',
  });
  const options = { schema: 'newer', directory: steps.path };
  await migrate(pool, options);
  await rm(join(steps.path, '0002_add.sql'));
  assert.deepEqual(await migrate(pool, options), []);
  await writeFile(join(steps.path, '0002_add.sql'), 'ALTER TABLE thing ADD name text');
  await writeFile(join(steps.path, '0003_drop.sql'), '-- breaking\nALTER TABLE thing DROP name');
  await migrate(pool, options);
  await rm(join(steps.path, '0003_drop.sql'));
  await assert.rejects(migrate(pool, options), refuses('DATABASE_NEWER'));
});

test('gaps and odd names are refused before anything runs', async () => {
  await using gap = await files({ '0001_a.sql': 'SELECT 1', '0003_c.sql': 'SELECT 1' });
  await assert.rejects(migrate(pool, { schema: 'gap', directory: gap.path }), refuses('MIGRATION_NAME_INVALID'));
  await using odd = await files({ '1-Make.sql': 'SELECT 1' });
  await assert.rejects(migrate(pool, { schema: 'gap', directory: odd.path }), refuses('MIGRATION_NAME_INVALID'));
  assert.equal((await pool.query(`SELECT 1 FROM pg_namespace WHERE nspname = 'gap'`)).rowCount, 0);
});
