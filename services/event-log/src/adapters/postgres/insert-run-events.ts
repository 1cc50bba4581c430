import { packBodies, plainColumn, textColumn, type Pool } from '@skein/postgres';
import { byRunAndSeq, type TransitionRecord } from '../../domain/transition-record.ts';

/**
 * The hot statement: all rows of a batch in one round trip and one commit. Rows come sorted, so that two batches with
 * rows in common wait for each other instead of deadlocking. `substring` copies out of the parameter, which is in
 * memory already. Nothing of a deleted run is stored; the subquery can only be a look-up by key, however large that table.
 */
export const INSERT_RUN_EVENTS = `
INSERT INTO event_log.run_event (run_id, first_seq, event_count, namespace, body)
SELECT t.run_id, t.first_seq, t.event_count, t.namespace, substring($1::bytea FROM t.body_offset FOR t.body_length)
FROM unnest($2::uuid[], $3::bigint[], $4::integer[], $5::text[], $6::integer[], $7::integer[])
    AS t (run_id, first_seq, event_count, namespace, body_offset, body_length)
WHERE coalesce((SELECT false FROM event_log.deleted_run d WHERE d.run_id = t.run_id), true)
ON CONFLICT (run_id, first_seq) DO NOTHING`;

/** Inserts what is not there yet; returns how many rows were new. */
export async function insertRunEvents(pool: Pool, records: readonly TransitionRecord[]): Promise<number> {
  if (records.length === 0) return 0;
  const values = runEventValues(records.toSorted(byRunAndSeq));
  const { rowCount } = await pool.query({ name: 'insert-run-events', text: INSERT_RUN_EVENTS, values });
  return rowCount ?? 0;
}

/** The parameters $1 to $7 of the statement, for records in their order. */
export function runEventValues(sorted: readonly TransitionRecord[]): unknown[] {
  const { packed, offsets, lengths } = packBodies(sorted, (record) => record.body);
  return [
    packed,
    plainColumn(sorted, (record) => record.runId),
    plainColumn(sorted, (record) => record.firstSeq),
    plainColumn(sorted, (record) => record.eventCount),
    textColumn(sorted, (record) => record.namespace),
    offsets,
    lengths,
  ];
}
