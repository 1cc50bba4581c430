import { after, before } from 'node:test';
import { createKysely } from '@skein/postgres';
import { schedulerDatabase, type SchedulerDatabase } from '../../testing/scheduler-database.ts';
import { testWorkflowStoreContract } from '../../testing/workflow-store.contract.ts';
import type { SchedulerTables } from './tables.ts';
import { postgresWorkflowStore } from './workflow-store.ts';

let database: SchedulerDatabase;
before(async () => {
  database = await schedulerDatabase();
});
after(() => database[Symbol.asyncDispose]());

testWorkflowStoreContract('postgres', async () => {
  await database.empty();
  return postgresWorkflowStore(createKysely<SchedulerTables>(database.pool));
});
