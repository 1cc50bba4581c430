import { plainColumn, textColumn } from '@skein/postgres';
import { durationClassOf, type MetricIncrement } from '../../domain/metric.ts';

/**
 * The part of a statement that counts the increments of the transitions in `rows (run_id, first_seq)`; the parameters are
 * those of `incrementValues`, from this position. The keys are updated in one order, so that two processes wait for each
 * other instead of deadlocking.
 */
export function countedFrom(rows: string, from: number): string {
  const types = ['uuid', 'bigint', 'text', 'text', 'text', 'double precision', 'text', 'text', 'text', 'smallint'];
  const parameters = [...types, 'bigint', 'bigint', 'bigint', 'bigint'].map((type, at) => `$${from + at}::${type}[]`);
  return `
  INSERT INTO event_log.metric AS m (namespace, kind, subject_id, bucket_at, span_s, version, instance_id, outcome,
      duration_class, count, duration_us, input_tokens, output_tokens, cost_micro_usd)
  SELECT t.namespace, t.kind, t.subject_id, date_trunc('minute', to_timestamp(t.at_ms / 1000)), 60, t.version,
      t.instance_id, t.outcome, t.duration_class, count(*), sum(t.duration_us), sum(t.input_tokens), sum(t.output_tokens),
      sum(t.cost_micro_usd)
  FROM unnest(${parameters.join(', ')})
    AS t (run_id, first_seq, namespace, kind, subject_id, at_ms, version, instance_id, outcome, duration_class,
      duration_us, input_tokens, output_tokens, cost_micro_usd)
  JOIN ${rows} USING (run_id, first_seq)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ON CONFLICT (namespace, kind, subject_id, bucket_at, span_s, version, instance_id, outcome, duration_class) DO UPDATE
    SET count = m.count + excluded.count, duration_us = m.duration_us + excluded.duration_us,
      input_tokens = m.input_tokens + excluded.input_tokens, output_tokens = m.output_tokens + excluded.output_tokens,
      cost_micro_usd = m.cost_micro_usd + excluded.cost_micro_usd`;
}

/** The parameters of `countedFrom`. */
export function incrementValues(increments: readonly MetricIncrement[]): unknown[] {
  return [
    plainColumn(increments, (it) => it.runId),
    plainColumn(increments, (it) => it.firstSeq),
    textColumn(increments, (it) => it.namespace),
    textColumn(increments, (it) => it.kind),
    textColumn(increments, (it) => it.subjectId),
    plainColumn(increments, (it) => it.atMs),
    textColumn(increments, (it) => it.version),
    textColumn(increments, (it) => it.instanceId),
    textColumn(increments, (it) => it.outcome),
    plainColumn(increments, (it) => durationClassOf(it.durationMs)),
    plainColumn(increments, (it) => Math.round((it.durationMs ?? 0) * 1000)),
    plainColumn(increments, (it) => it.inputTokens),
    plainColumn(increments, (it) => it.outputTokens),
    plainColumn(increments, (it) => it.costMicroUsd),
  ];
}
