import { after, before } from 'node:test';
import { testRunStoreContract } from '../../testing/run-store.contract.ts';
import { schedulerDatabase, type SchedulerDatabase } from '../../testing/scheduler-database.ts';
import { postgresRunPruning } from './run-pruning.ts';
import { postgresRunStore } from './run-store.ts';

const cleanup = new AsyncDisposableStack();
let database: SchedulerDatabase;
before(async () => {
  database = cleanup.use(await schedulerDatabase());
});
after(() => cleanup.disposeAsync());

testRunStoreContract('postgres', async () => {
  await database.empty();
  return { ...postgresRunStore(database.pool), ...postgresRunPruning(database.pool) };
});
