import { packBodies, plainColumn, textColumn, type Pool } from '@skein/postgres';
import type { TaskChunk } from '../../domain/task-chunk.ts';

/**
 * An executor that repeats an append may have grouped its events otherwise: of two chunks with the same first event
 * the longer one holds all that the other does. Nothing of a deleted run is stored.
 */
const INSERT = `
INSERT INTO event_log.task_event AS stored
    (run_id, node_id, attempt, dispatch, first_task_seq, event_count, namespace, body)
SELECT t.run_id, t.node_id, t.attempt, t.dispatch, t.first_task_seq, t.event_count, t.namespace,
    substring($1::bytea FROM t.body_offset FOR t.body_length)
FROM unnest($2::uuid[], $3::text[], $4::integer[], $5::integer[], $6::bigint[], $7::integer[], $8::text[],
        $9::integer[], $10::integer[])
    AS t (run_id, node_id, attempt, dispatch, first_task_seq, event_count, namespace, body_offset, body_length)
WHERE coalesce((SELECT false FROM event_log.deleted_run d WHERE d.run_id = t.run_id), true)
ON CONFLICT (run_id, node_id, attempt, dispatch, first_task_seq) DO UPDATE
    SET event_count = excluded.event_count, body = excluded.body
    WHERE stored.event_count < excluded.event_count AND stored.namespace = excluded.namespace`;

/** Stores chunks, each key at most once among them. */
export async function insertTaskEvents(pool: Pool, chunks: readonly TaskChunk[]): Promise<void> {
  if (chunks.length === 0) return;
  const sorted = chunks.toSorted(byKey);
  const { packed, offsets, lengths } = packBodies(sorted, (chunk) => chunk.body);
  await pool.query({
    name: 'insert-task-events',
    text: INSERT,
    values: [
      packed,
      plainColumn(sorted, (chunk) => chunk.runId),
      textColumn(sorted, (chunk) => chunk.nodeId),
      plainColumn(sorted, (chunk) => chunk.attempt),
      plainColumn(sorted, (chunk) => chunk.dispatch),
      plainColumn(sorted, (chunk) => chunk.firstTaskSeq),
      plainColumn(sorted, (chunk) => chunk.eventCount),
      textColumn(sorted, (chunk) => chunk.namespace),
      offsets,
      lengths,
    ],
  });
}

function byKey(a: TaskChunk, b: TaskChunk): number {
  if (a.runId !== b.runId) return a.runId < b.runId ? -1 : 1;
  if (a.nodeId !== b.nodeId) return a.nodeId < b.nodeId ? -1 : 1;
  return a.attempt - b.attempt || a.dispatch - b.dispatch || a.firstTaskSeq - b.firstTaskSeq;
}
