import { after, before } from 'node:test';
import { testRunStoreContract } from '../../testing/run-store.contract.ts';
import { schedulerDatabase, type SchedulerDatabase } from '../../testing/scheduler-database.ts';
import { postgresRunPruning } from './run-pruning.ts';
import { postgresRunStore } from './run-store.ts';

let database: SchedulerDatabase;
before(async () => {
  database = await schedulerDatabase();
});
after(() => database[Symbol.asyncDispose]());

testRunStoreContract('postgres', async () => {
  await database.empty();
  return { ...postgresRunStore(database.pool), ...postgresRunPruning(database.pool) };
});
