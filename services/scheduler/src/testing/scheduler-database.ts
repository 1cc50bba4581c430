import { createPool, migrate, type Pool } from '@skein/postgres';
import { testDatabase } from '@skein/testkit';

/** A database of its own with the scheduler's tables in it. */
export interface SchedulerDatabase extends AsyncDisposable {
  readonly url: string;
  readonly pool: Pool;
  /** Removes every row. */
  empty(): Promise<void>;
}

/** Makes a database and its tables. */
export async function schedulerDatabase(): Promise<SchedulerDatabase> {
  const database = await testDatabase();
  const pool = createPool(database.url, { max: 8, applicationName: 'scheduler-test', schema: 'scheduler' });
  await migrate(pool, {
    schema: 'scheduler',
    directory: `${import.meta.dirname}/../adapters/postgres/migrations`,
  });
  return {
    url: database.url,
    pool,
    async empty() {
      await pool.query(
        'truncate namespace, run_deletion, workflow_version, run, run_event, payload, start_key, outbox, member, schedule, limit_key, limit_holder, limit_waiter, limit_turn, call_slot, called_run',
      );
    },
    async [Symbol.asyncDispose]() {
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}
