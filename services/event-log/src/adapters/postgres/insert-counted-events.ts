import { plainColumn, textColumn, type Pool } from '@skein/postgres';
import type { MetricIncrement } from '../../domain/metric.ts';
import { byRunAndSeq, type TransitionRecord } from '../../domain/transition-record.ts';
import { COUNT_PARAMETERS, countedFrom, incrementValues } from './count-increments.ts';
import { INSERT_RUN_EVENTS, runEventValues } from './insert-run-events.ts';

/** Positions of the parameters: those of the events come first. */
const INCREMENTS = 8;
const PENDING = INCREMENTS + COUNT_PARAMETERS;

/** Stores and counts in one statement, and so in one round trip and one commit: only what is new is counted. */
const INSERT = `
WITH added AS (${INSERT_RUN_EVENTS} RETURNING run_id, first_seq),
counted AS (${countedFrom('added', INCREMENTS)})
SELECT count(*)::int AS added FROM added`;

/** What cannot be counted yet is noted beside it. */
const INSERT_WITH_PENDING = `
WITH added AS (${INSERT_RUN_EVENTS} RETURNING run_id, first_seq),
counted AS (${countedFrom('added', INCREMENTS)}),
pending AS (
  INSERT INTO event_log.metric_pending (run_id, first_seq, namespace)
  SELECT run_id, first_seq, t.namespace
  FROM unnest($${PENDING}::uuid[], $${PENDING + 1}::bigint[], $${PENDING + 2}::text[]) AS t (run_id, first_seq, namespace)
  JOIN added USING (run_id, first_seq)
)
SELECT count(*)::int AS added FROM added`;

/** Inserts what is not there yet, and counts what is new; returns how many rows were. */
export async function insertCountedEvents(
  pool: Pool,
  records: readonly TransitionRecord[],
  increments: readonly MetricIncrement[],
  pending: readonly TransitionRecord[] = [],
): Promise<number> {
  const values = [...runEventValues(records.toSorted(byRunAndSeq)), ...incrementValues(increments)];
  const query =
    pending.length === 0
      ? { name: 'insert-counted-events', text: INSERT, values }
      : {
          name: 'insert-pending-events',
          text: INSERT_WITH_PENDING,
          values: [
            ...values,
            plainColumn(pending, (it) => it.runId),
            plainColumn(pending, (it) => it.firstSeq),
            textColumn(pending, (it) => it.namespace),
          ],
        };
  const { rows } = await pool.query<{ added: number }>(query);
  return rows[0]?.added ?? 0;
}
