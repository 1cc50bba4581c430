import type { Pool } from '@skein/postgres';
import { sql, type Kysely } from 'kysely';
import type { ReadLimits } from '../../app/run-event-store.ts';
import type { StoredDispatch, TaskEventStore } from '../../app/task-event-store.ts';
import type { DispatchRef } from '../../domain/dispatch.ts';
import type { RunKey } from '../../domain/run-key.ts';
import type { TaskChunk } from '../../domain/task-chunk.ts';
import { insertTaskEvents } from './insert-task-events.ts';
import type { EventLogTables } from './tables.ts';

/** The chunks of task events in Postgres. Every query names the namespace beside the run. */
export class PostgresTaskEventStore implements TaskEventStore {
  readonly #pool: Pool;
  readonly #db: Kysely<EventLogTables>;

  constructor(pool: Pool, db: Kysely<EventLogTables>) {
    this.#pool = pool;
    this.#db = db.withSchema('event_log');
  }

  append(chunks: readonly TaskChunk[]): Promise<void> {
    return insertTaskEvents(this.#pool, chunks);
  }

  async readAfter(run: RunKey, ref: DispatchRef, afterTaskSeq: number, limits: ReadLimits): Promise<TaskChunk[]> {
    const rows = await this.#db
      .with('candidate', (db) =>
        db
          .selectFrom('task_event')
          .select(['first_task_seq', 'event_count', 'body'])
          .where('run_id', '=', run.runId)
          .where('namespace', '=', run.namespace)
          .where('node_id', '=', ref.nodeId)
          .where('attempt', '=', ref.attempt)
          .where('dispatch', '=', ref.dispatch)
          .where(sql<boolean>`first_task_seq + event_count - 1 > ${afterTaskSeq}`)
          .orderBy('first_task_seq')
          .limit(limits.maxRows),
      )
      .with('page', (db) =>
        db
          .selectFrom('candidate')
          .selectAll()
          .select(sql<number>`sum(octet_length(body)) OVER (ORDER BY first_task_seq)`.as('bytes'))
          .select(sql<number>`row_number() OVER (ORDER BY first_task_seq)`.as('position')),
      )
      .selectFrom('page')
      .select(['first_task_seq', 'event_count', 'body'])
      .where((is) => is.or([is.eb('bytes', '<=', limits.maxBytes), is.eb('position', '=', 1)]))
      .orderBy('first_task_seq')
      .execute();
    const { nodeId, attempt, dispatch } = ref;
    return rows.map((row) => ({
      ...run,
      nodeId,
      attempt,
      dispatch,
      firstTaskSeq: row.first_task_seq,
      eventCount: row.event_count,
      body: row.body,
    }));
  }

  async dispatches(run: RunKey): Promise<StoredDispatch[]> {
    const rows = await this.#db
      .selectFrom('task_event')
      .select(['node_id', 'attempt', 'dispatch'])
      .select(sql<number>`max(first_task_seq + event_count - 1)`.as('last_task_seq'))
      .where('run_id', '=', run.runId)
      .where('namespace', '=', run.namespace)
      .groupBy(['node_id', 'attempt', 'dispatch'])
      .orderBy('node_id')
      .orderBy('attempt')
      .orderBy('dispatch')
      .execute();
    return rows.map((row) => ({
      nodeId: row.node_id,
      attempt: row.attempt,
      dispatch: row.dispatch,
      lastTaskSeq: row.last_task_seq,
    }));
  }
}
