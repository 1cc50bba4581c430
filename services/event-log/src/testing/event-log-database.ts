import { join } from 'node:path';
import { createKysely, migrate, type Pool } from '@skein/postgres';
import { testDatabase } from '@skein/testkit';
import { PostgresRunEventStore } from '../adapters/postgres/postgres-run-event-store.ts';
import { PostgresTaskEventStore } from '../adapters/postgres/postgres-task-event-store.ts';
import type { EventLogTables } from '../adapters/postgres/tables.ts';

/** A database with the schema of this service, and its stores. */
export interface EventLogDatabase extends AsyncDisposable {
  readonly url: string;
  readonly pool: Pool;
  readonly runEvents: PostgresRunEventStore;
  readonly taskEvents: PostgresTaskEventStore;
}

/** A fresh one, dropped when disposed. */
export async function eventLogDatabase(): Promise<EventLogDatabase> {
  const database = await testDatabase();
  const pool = database.pool();
  const directory = join(import.meta.dirname, '../adapters/postgres/migrations');
  await migrate(pool, { schema: 'event_log', directory });
  const db = createKysely<EventLogTables>(pool);
  return {
    url: database.url,
    pool,
    runEvents: new PostgresRunEventStore(pool, db),
    taskEvents: new PostgresTaskEventStore(pool, db),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
