import { after, before } from 'node:test';
import { testLimitStoreContract } from '../../testing/limit-store.contract.ts';
import { schedulerDatabase, type SchedulerDatabase } from '../../testing/scheduler-database.ts';
import { postgresLimitStore } from './limit-store.ts';
import { postgresRunStore } from './run-store.ts';

const cleanup = new AsyncDisposableStack();
let database: SchedulerDatabase;
before(async () => {
  database = cleanup.use(await schedulerDatabase());
});
after(() => cleanup.disposeAsync());

testLimitStoreContract('postgres', async () => {
  await database.empty();
  return { runs: postgresRunStore(database.pool), limits: postgresLimitStore(database.pool) };
});
