import { after, before } from 'node:test';
import { schedulerDatabase, type SchedulerDatabase } from '../../testing/scheduler-database.ts';
import { testScheduleStoreContract } from '../../testing/schedules/schedule-store.contract.ts';
import { postgresScheduleStore } from './schedule-store.ts';

let database: SchedulerDatabase;
before(async () => {
  database = await schedulerDatabase();
});
after(() => database[Symbol.asyncDispose]());

testScheduleStoreContract('postgres', async () => {
  await database.empty();
  return postgresScheduleStore(database.pool);
});
