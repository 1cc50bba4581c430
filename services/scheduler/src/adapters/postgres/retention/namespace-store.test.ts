import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { batch, newRunId, start } from '../../../testing/run-store/sample-batches.ts';
import { schedulerDatabase, type SchedulerDatabase } from '../../../testing/scheduler-database.ts';
import { postgresRunStore } from '../run-store.ts';
import { postgresNamespaceStore } from './namespace-store.ts';

let database: SchedulerDatabase;
before(async () => {
  database = await schedulerDatabase();
});
after(() => database[Symbol.asyncDispose]());

test('a namespace exists without a row, and is listed once something is in it', async () => {
  const store = postgresNamespaceStore(database.pool);
  const plain = { description: '', labels: {}, runRetention: { kind: 'default' } };
  assert.deepEqual(await store.get('nobody'), { name: 'nobody', ...plain });
  assert.deepEqual(await store.list('', 10), [{ name: 'default', ...plain }]);
  for (const namespace of ['b-team', 'a', 'b-team']) {
    await postgresRunStore(database.pool).commit(batch(start(newRunId(), { namespace })));
  }
  await store.update('zoo', { description: 'animals' });
  const names = async (afterName: string, limit: number) =>
    (await store.list(afterName, limit)).map(({ name }) => name);
  assert.deepEqual(await names('', 10), ['a', 'b-team', 'default', 'zoo']);
  assert.deepEqual(await names('a', 2), ['b-team', 'default']);
});

test('an update changes what it names, and the two ways of keeping runs take each other away', async () => {
  const store = postgresNamespaceStore(database.pool);
  await store.update('acme', { description: 'one', labels: { tier: 'gold' } });
  const timed = await store.update('acme', { runRetention: { kind: 'time', ms: 3_600_000 } });
  assert.deepEqual(timed, {
    name: 'acme',
    description: 'one',
    labels: { tier: 'gold' },
    runRetention: { kind: 'time', ms: 3_600_000 },
  });
  assert.deepEqual((await store.update('acme', { runRetention: { kind: 'forever' } })).runRetention, {
    kind: 'forever',
  });
  const renamed = await store.update('acme', { description: 'two', labels: {} });
  assert.deepEqual(renamed, { name: 'acme', description: 'two', labels: {}, runRetention: { kind: 'forever' } });
  assert.deepEqual((await store.update('acme', { runRetention: { kind: 'default' } })).runRetention, {
    kind: 'default',
  });
  assert.deepEqual(await store.get('acme'), { ...renamed, runRetention: { kind: 'default' } });
});
