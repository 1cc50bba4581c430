import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '@skein/testkit';
import { memberStoreContract } from '../../testing/member-store.contract.ts';
import { schedulerDatabase, type SchedulerDatabase } from '../../testing/scheduler-database.ts';
import { sampleScheduleRow } from '../../testing/schedules/sample-schedules.ts';
import { postgresMemberStore } from './member-store.ts';
import { postgresScheduleStore } from './schedule-store.ts';

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

test('changes of schedules are told to every session', async () => {
  await database.empty();
  const told: string[] = [];
  await using sessions = new AsyncDisposableStack();
  for (const name of ['a', 'b']) {
    const session = await postgresMemberStore(database.url).open({
      membersChanged: () => {},
      workflowChanged: () => {},
      schedulesChanged: () => void told.push(name),
      limitsChanged: () => {},
      callSlotFreed: () => {},
      lost: () => {},
    });
    sessions.defer(() => session.close());
  }
  const store = postgresScheduleStore(database.pool);
  const { row } = await store.create(sampleScheduleRow('nightly'));
  await eventually(() => told.length === 2, { describe: 'word of the new schedule' });
  await store.save([{ ...row, change: row }]);
  await eventually(() => told.length === 4, { describe: 'word of the change' });
  await store.save([{ ...row, writeSeq: 2 }]);
  await store.delete(row);
  await eventually(() => told.length === 6, { describe: 'word of the deletion, and none of the write between' });
});

test('a session that the database ends is told of', async () => {
  const told: string[] = [];
  const session = await postgresMemberStore(database.url).open({
    membersChanged: () => {},
    workflowChanged: () => {},
    schedulesChanged: () => {},
    limitsChanged: () => {},
    callSlotFreed: () => {},
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
