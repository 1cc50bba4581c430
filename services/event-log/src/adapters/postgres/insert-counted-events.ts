import type { Pool } from '@skein/postgres';
import { durationClassOf, type MetricIncrement } from '../../domain/metric.ts';
import { byRunAndSeq, type TransitionRecord } from '../../domain/transition-record.ts';
import { INSERT_RUN_EVENTS, runEventValues } from './insert-run-events.ts';

/**
 * Stores and counts in one statement, and so in one round trip and one commit: only what is new is counted. The keys are
 * updated in one order, so that two processes wait for each other instead of deadlocking.
 */
const INSERT = `
WITH added AS (${INSERT_RUN_EVENTS} RETURNING run_id, first_seq),
counted AS (
  INSERT INTO event_log.metric AS m (namespace, kind, subject_id, bucket_at, span_s, version, instance_id, outcome,
      duration_class, count, duration_us, input_tokens, output_tokens, cost_micro_usd)
  SELECT t.namespace, t.kind, t.subject_id, date_trunc('minute', to_timestamp(t.at_ms / 1000)), 60, t.version,
      t.instance_id, t.outcome, t.duration_class, count(*), sum(t.duration_us), sum(t.input_tokens), sum(t.output_tokens),
      sum(t.cost_micro_usd)
  FROM unnest($8::uuid[], $9::bigint[], $10::text[], $11::text[], $12::text[], $13::double precision[], $14::text[],
      $15::text[], $16::text[], $17::smallint[], $18::bigint[], $19::bigint[], $20::bigint[],
      $21::bigint[])
    AS t (run_id, first_seq, namespace, kind, subject_id, at_ms, version, instance_id, outcome, duration_class,
      duration_us, input_tokens, output_tokens, cost_micro_usd)
  JOIN added USING (run_id, first_seq)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ON CONFLICT (namespace, kind, subject_id, bucket_at, span_s, version, instance_id, outcome, duration_class) DO UPDATE
    SET count = m.count + excluded.count, duration_us = m.duration_us + excluded.duration_us,
      input_tokens = m.input_tokens + excluded.input_tokens, output_tokens = m.output_tokens + excluded.output_tokens,
      cost_micro_usd = m.cost_micro_usd + excluded.cost_micro_usd
)
SELECT count(*)::int AS added FROM added`;

/** Inserts what is not there yet, and counts what is new; returns how many rows were. */
export async function insertCountedEvents(
  pool: Pool,
  records: readonly TransitionRecord[],
  increments: readonly MetricIncrement[],
): Promise<number> {
  const { rows } = await pool.query<{ added: number }>({
    name: 'insert-counted-events',
    text: INSERT,
    values: [
      ...runEventValues(records.toSorted(byRunAndSeq)),
      increments.map((it) => it.runId),
      increments.map((it) => it.firstSeq),
      increments.map((it) => it.namespace),
      increments.map((it) => it.kind),
      increments.map((it) => it.subjectId),
      increments.map((it) => it.atMs),
      increments.map((it) => it.version),
      increments.map((it) => it.instanceId),
      increments.map((it) => it.outcome),
      increments.map((it) => durationClassOf(it.durationMs)),
      increments.map((it) => Math.round((it.durationMs ?? 0) * 1000)),
      increments.map((it) => it.inputTokens),
      increments.map((it) => it.outputTokens),
      increments.map((it) => it.costMicroUsd),
    ],
  });
  return rows[0]?.added ?? 0;
}
