import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from './test-database.ts';

test('databases are empty, separate, and gone after disposal', async () => {
  const first = await testDatabase();
  await using second = await testDatabase();
  await first.pool().query('CREATE TABLE only_here (id int)');
  const { rows } = await second.pool().query(`SELECT to_regclass('only_here') AS found`);
  assert.deepEqual(rows, [{ found: null }]);
  await first[Symbol.asyncDispose]();
  const left = await second.pool().query('SELECT 1 FROM pg_database WHERE datname = $1', [first.name]);
  assert.equal(left.rowCount, 0);
});

test('many at once', async () => {
  const databases = await Promise.all(Array.from({ length: 5 }, () => testDatabase()));
  assert.equal(new Set(databases.map(({ name }) => name)).size, 5);
  await Promise.all(databases.map((database) => database[Symbol.asyncDispose]()));
});
