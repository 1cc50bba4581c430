import type { Pool } from '@skein/postgres';
import type { MetricCount, MetricQuery, MetricStore } from '../../app/metrics/metric-store.ts';
import { mailboxOf } from '../../domain/message.ts';

/** An hour counts where it overlaps the time, for nobody knows any more which of its minutes. */
const READ = `
SELECT version, instance_id, outcome, duration_class, sum(count)::double precision AS count,
  sum(duration_us)::double precision AS duration_us, sum(input_tokens)::double precision AS input_tokens,
  sum(output_tokens)::double precision AS output_tokens, sum(cost_micro_usd)::double precision AS cost_micro_usd
FROM event_log.metric
WHERE namespace = $1 AND kind = $2 AND subject_id = $3
  AND bucket_at > to_timestamp($4::double precision / 1000) - interval '1 hour'
  AND bucket_at >= to_timestamp($4::double precision / 1000) - CASE span_s WHEN 60 THEN interval '59.999 seconds'
    ELSE interval '3599.999 seconds' END
  AND bucket_at < to_timestamp($5::double precision / 1000)
GROUP BY 1, 2, 3, 4`;

const COUNT_MESSAGES = `
SELECT
  (SELECT count(*) FROM event_log.message WHERE namespace = $1 AND from_agent = $2
     AND sent_at >= to_timestamp($4::double precision / 1000) AND sent_at < to_timestamp($5::double precision / 1000))::int AS sent,
  (SELECT count(*) FROM event_log.message WHERE namespace = $1 AND mailbox = $3
     AND sent_at >= to_timestamp($4::double precision / 1000) AND sent_at < to_timestamp($5::double precision / 1000))::int AS received`;

/** One statement, so that nothing counts twice or not at all; what others are about to change waits for the next round. */
const ROLL_UP = `
WITH taken AS (
  DELETE FROM event_log.metric WHERE ctid IN (
    SELECT ctid FROM event_log.metric
    WHERE span_s = 60 AND bucket_at < date_trunc('hour', now() - $1::double precision * interval '1 millisecond')
    ORDER BY bucket_at LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING *
), hours AS (
  INSERT INTO event_log.metric AS m
  SELECT namespace, kind, subject_id, date_trunc('hour', bucket_at), 3600, version, instance_id, outcome, duration_class,
    sum(count), sum(duration_us), sum(input_tokens), sum(output_tokens), sum(cost_micro_usd)
  FROM taken GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ON CONFLICT (namespace, kind, subject_id, bucket_at, span_s, version, instance_id, outcome, duration_class) DO UPDATE
    SET count = m.count + excluded.count, duration_us = m.duration_us + excluded.duration_us,
      input_tokens = m.input_tokens + excluded.input_tokens, output_tokens = m.output_tokens + excluded.output_tokens,
      cost_micro_usd = m.cost_micro_usd + excluded.cost_micro_usd
)
SELECT count(*)::int AS rows FROM taken`;

const FORGET = `
DELETE FROM event_log.metric WHERE ctid IN (
  SELECT ctid FROM event_log.metric WHERE span_s = 3600 AND bucket_at < now() - $1::double precision * interval '1 millisecond'
  ORDER BY bucket_at LIMIT $2 FOR UPDATE SKIP LOCKED)`;

interface CountRow {
  readonly version: string;
  readonly instance_id: string;
  readonly outcome: string;
  readonly duration_class: number;
  readonly count: number;
  readonly duration_us: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_micro_usd: number;
}

/** Metrics in Postgres; `insert-counted-events` writes them. */
export function postgresMetricStore(pool: Pool): MetricStore {
  return {
    async read({ namespace, kind, subjectId, fromMs, untilMs }): Promise<MetricCount[]> {
      const { rows } = await pool.query<CountRow>(READ, [namespace, kind, subjectId, fromMs, untilMs]);
      return rows.map((row) => ({
        version: row.version,
        instanceId: row.instance_id,
        outcome: row.outcome,
        durationClass: row.duration_class,
        count: row.count,
        durationMs: row.duration_us / 1000,
        inputTokens: row.input_tokens,
        outputTokens: row.output_tokens,
        costMicroUsd: row.cost_micro_usd,
      }));
    },
    async countMessages({ namespace, subjectId, fromMs, untilMs }: MetricQuery) {
      const values = [namespace, subjectId, mailboxOf({ kind: 'agent', id: subjectId }), fromMs, untilMs];
      const { rows } = await pool.query<{ sent: number; received: number }>(COUNT_MESSAGES, values);
      return rows[0] ?? { sent: 0, received: 0 };
    },
    async rollUp(ageMs, limit) {
      return (await pool.query<{ rows: number }>(ROLL_UP, [ageMs, limit])).rows[0]?.rows ?? 0;
    },
    async forget(ageMs, limit) {
      return (await pool.query(FORGET, [ageMs, limit])).rowCount ?? 0;
    },
  };
}
