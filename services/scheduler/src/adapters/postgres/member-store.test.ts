import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '@skein/testkit';
import { memberStoreContract } from '../../testing/member-store.contract.ts';
import { schedulerDatabase, type SchedulerDatabase } from '../../testing/scheduler-database.ts';
import { postgresMemberStore } from './member-store.ts';

let database: SchedulerDatabase;
before(async () => {
  database = await schedulerDatabase();
});
after(() => database[Symbol.asyncDispose]());

memberStoreContract(async () => {
  await database.empty();
  return {
    store: postgresMemberStore(database.url),
    async age(byMs) {
      await database.pool.query(`update member set seen_at = seen_at - $1 * interval '1 millisecond'`, [byMs]);
    },
  };
});

test('a session that the database ends is told of', async () => {
  const told: string[] = [];
  const session = await postgresMemberStore(database.url).open({
    membersChanged: () => {},
    workflowChanged: () => {},
    lost: () => void told.push('lost'),
  });
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'skein-scheduler-member'`,
  );
  await eventually(() => told.length > 0, { describe: 'the end of the session' });
  await assert.rejects(
    session.leave({ schedulerId: 'a', incarnation: crypto.randomUUID(), address: '', historyVersion: 1 }),
  );
});
