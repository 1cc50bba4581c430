import { plainColumn, textColumn } from '@skein/postgres';
import { durationClassOf, type MetricIncrement } from '../../domain/metric.ts';

/** Types of the parameters: of the points seven columns, of the series eight. */
const POINT = ['uuid', 'bigint', 'integer', 'bigint', 'bigint', 'bigint', 'bigint'];
const SERIES = ['text', 'text', 'text', 'double precision', 'text', 'text', 'text', 'smallint'];

/** Number of the parameters of `countedFrom`. */
export const COUNT_PARAMETERS = POINT.length + SERIES.length;

/**
 * The part of a statement that counts the increments of the transitions in `rows (run_id, first_seq)`; the parameters are
 * those of `incrementValues`, from this position. Most increments of a batch are of few series: what names a series is sent
 * and compared once. The series are updated in one order, so that two processes wait for each other instead of deadlocking.
 */
export function countedFrom(rows: string, from: number): string {
  const columns = (types: readonly string[], at: number) => types.map((type, i) => `$${at + i}::${type}[]`).join(', ');
  return `
  INSERT INTO event_log.metric AS m (namespace, kind, subject_id, bucket_at, span_s, version, instance_id, outcome,
      duration_class, count, duration_us, input_tokens, output_tokens, cost_micro_usd)
  SELECT s.namespace, s.kind, s.subject_id, to_timestamp(s.bucket_s), 60, s.version, s.instance_id, s.outcome,
      s.duration_class, p.count, p.duration_us, p.input_tokens, p.output_tokens, p.cost_micro_usd
  FROM (
    SELECT series, count(*) AS count, sum(duration_us) AS duration_us, sum(input_tokens) AS input_tokens,
      sum(output_tokens) AS output_tokens, sum(cost_micro_usd) AS cost_micro_usd
    FROM unnest(${columns(POINT, from)})
      AS t (run_id, first_seq, series, duration_us, input_tokens, output_tokens, cost_micro_usd)
    JOIN ${rows} USING (run_id, first_seq)
    GROUP BY series
  ) p
  JOIN unnest(${columns(SERIES, from + POINT.length)}) WITH ORDINALITY
    AS s (namespace, kind, subject_id, bucket_s, version, instance_id, outcome, duration_class, series) USING (series)
  ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ON CONFLICT (namespace, kind, subject_id, bucket_at, span_s, version, instance_id, outcome, duration_class) DO UPDATE
    SET count = m.count + excluded.count, duration_us = m.duration_us + excluded.duration_us,
      input_tokens = m.input_tokens + excluded.input_tokens, output_tokens = m.output_tokens + excluded.output_tokens,
      cost_micro_usd = m.cost_micro_usd + excluded.cost_micro_usd`;
}

const BUCKET_S = 60;

interface Series {
  /** From 1, as SQL counts. */
  readonly series: number;
  readonly bucketS: number;
  readonly durationClass: number;
  readonly of: MetricIncrement;
}

/** The parameters of `countedFrom`. */
export function incrementValues(increments: readonly MetricIncrement[]): string[] {
  const byKey = new Map<string, Series>();
  const points = increments.map((of) => ({ of, series: seriesOf(of, byKey).series }));
  const series = [...byKey.values()];
  return [
    plainColumn(points, (it) => it.of.runId),
    plainColumn(points, (it) => it.of.firstSeq),
    plainColumn(points, (it) => it.series),
    plainColumn(points, (it) => Math.round((it.of.durationMs ?? 0) * 1000)),
    plainColumn(points, (it) => it.of.inputTokens),
    plainColumn(points, (it) => it.of.outputTokens),
    plainColumn(points, (it) => it.of.costMicroUsd),
    textColumn(series, (it) => it.of.namespace),
    plainColumn(series, (it) => it.of.kind),
    textColumn(series, (it) => it.of.subjectId),
    plainColumn(series, (it) => it.bucketS),
    textColumn(series, (it) => it.of.version),
    textColumn(series, (it) => it.of.instanceId),
    textColumn(series, (it) => it.of.outcome),
    plainColumn(series, (it) => it.durationClass),
  ];
}

function seriesOf(of: MetricIncrement, byKey: Map<string, Series>): Series {
  const { namespace, kind, subjectId, version, instanceId, outcome } = of;
  const bucketS = Math.floor(of.atMs / 1000 / BUCKET_S) * BUCKET_S;
  const durationClass = durationClassOf(of.durationMs);
  // None of the texts has a NUL: Postgres would not store it.
  const key = `${namespace}\0${kind}\0${subjectId}\0${bucketS}\0${version}\0${instanceId}\0${outcome}\0${durationClass}`;
  let series = byKey.get(key);
  if (series === undefined) {
    series = { series: byKey.size + 1, bucketS, durationClass, of };
    byKey.set(key, series);
  }
  return series;
}
