import type { Pool } from '@skein/postgres';
import { sql, type Kysely } from 'kysely';
import { RefusedDataError, type ReadLimits, type RunEventStore } from '../../app/run-event-store.ts';
import type { RunKey } from '../../domain/run-key.ts';
import { RunMetrics } from '../../app/metrics/run-metrics.ts';
import { byRunAndSeq, type TransitionRecord } from '../../domain/transition-record.ts';
import { insertCountedEvents } from './insert-counted-events.ts';
import { insertRunEvents } from './insert-run-events.ts';
import type { EventLogTables } from './tables.ts';

/** The rows of run events in Postgres. Every query names the namespace beside the run. */
export class PostgresRunEventStore implements RunEventStore {
  readonly #pool: Pool;
  readonly #db: Kysely<EventLogTables>;
  readonly #metrics = new RunMetrics((run, beforeSeq) => this.#firstAndNewest(run, beforeSeq));

  constructor(pool: Pool, db: Kysely<EventLogTables>) {
    this.#pool = pool;
    this.#db = db.withSchema('event_log');
  }

  async append(records: readonly TransitionRecord[]): Promise<number> {
    try {
      const readings = await this.#metrics.readingsOf(records.toSorted(byRunAndSeq));
      const increments = readings.flatMap((it) => (it.isComplete ? it.increments : []));
      const pending = readings.flatMap((it) => (it.isComplete ? [] : [it.record]));
      if (increments.length + pending.length === 0) return await insertRunEvents(this.#pool, records);
      return await insertCountedEvents(this.#pool, records, increments, pending);
    } catch (cause) {
      if (isDataException(cause)) throw new RefusedDataError(cause.message, { cause });
      throw cause;
    }
  }

  async readAfter(run: RunKey, afterSeq: number, limits: ReadLimits): Promise<TransitionRecord[]> {
    const rows = await this.#db
      .with('candidate', (db) =>
        db
          .selectFrom('run_event')
          .select(['first_seq', 'event_count', 'body'])
          .where('run_id', '=', run.runId)
          .where('namespace', '=', run.namespace)
          .where('first_seq', '>=', this.#rowAtOrBefore(run, afterSeq + 1))
          .where(sql<boolean>`first_seq + event_count - 1 > ${afterSeq}`)
          .orderBy('first_seq')
          .limit(limits.maxRows),
      )
      .with('page', (db) =>
        db
          .selectFrom('candidate')
          .selectAll()
          // The length of a stored value is known without reading it.
          .select(sql<number>`sum(octet_length(body)) OVER (ORDER BY first_seq)`.as('bytes'))
          .select(sql<number>`row_number() OVER (ORDER BY first_seq)`.as('position')),
      )
      .selectFrom('page')
      .select(['first_seq', 'event_count', 'body'])
      .where((is) => is.or([is.eb('bytes', '<=', limits.maxBytes), is.eb('position', '=', 1)]))
      .orderBy('first_seq')
      .execute();
    return rows.map((row) => toRecord(run, row));
  }

  async last(run: RunKey): Promise<TransitionRecord | undefined> {
    const row = await this.#db
      .selectFrom('run_event')
      .select(['first_seq', 'event_count', 'body'])
      .where('run_id', '=', run.runId)
      .where('namespace', '=', run.namespace)
      .orderBy('first_seq', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? undefined : toRecord(run, row);
  }

  /** What metrics need of the past of a run: its start, and the calls that were started last. */
  async #firstAndNewest(run: RunKey, beforeSeq: number): Promise<TransitionRecord[]> {
    const { rows } = await this.#pool.query<Parameters<typeof toRecord>[1]>(
      `(SELECT first_seq, event_count, body FROM event_log.run_event
          WHERE run_id = $1 AND namespace = $2 AND first_seq = 1)
       UNION ALL
       (SELECT first_seq, event_count, body FROM event_log.run_event
          WHERE run_id = $1 AND namespace = $2 AND first_seq > 1 AND first_seq < $3 ORDER BY first_seq DESC LIMIT 20)`,
      [run.runId, run.namespace, beforeSeq],
    );
    return rows.map((row) => toRecord(run, row)).toSorted(byRunAndSeq);
  }

  /** Lets the index find where the read begins: without it every read would walk the run from its first row. */
  #rowAtOrBefore(run: RunKey, seq: number) {
    return this.#db
      .selectFrom('run_event')
      .select(({ fn }) => fn.coalesce(fn.max('first_seq'), sql<number>`0`).as('seq'))
      .where('run_id', '=', run.runId)
      .where('first_seq', '<=', seq);
  }
}

function toRecord(
  { namespace, runId }: RunKey,
  row: { readonly first_seq: number; readonly event_count: number; readonly body: Buffer },
): TransitionRecord {
  return { namespace, runId, firstSeq: row.first_seq, eventCount: row.event_count, body: row.body };
}

/** SQLSTATE classes "data exception" and "integrity constraint violation": the same data fails again. */
function isDataException(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]/.test(error.code);
}
