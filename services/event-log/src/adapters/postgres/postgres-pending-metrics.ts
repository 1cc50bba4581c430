import type { Pool } from '@skein/postgres';
import type { PendingMetricStore } from '../../app/metrics/pending-metrics.ts';
import { countedFrom, incrementValues } from './count-increments.ts';

const DUE = `
SELECT p.run_id, p.namespace, p.first_seq, e.event_count, e.body,
  (extract(epoch FROM now() - p.since) * 1000)::double precision AS age_ms
FROM event_log.metric_pending p JOIN event_log.run_event e USING (run_id, first_seq)
WHERE p.look_at <= now() ORDER BY p.look_at LIMIT $1`;

const READ_BEFORE = `
SELECT run_id, namespace, first_seq, event_count, body FROM event_log.run_event
WHERE run_id = $1 AND namespace = $2 AND first_seq < $3 ORDER BY first_seq DESC LIMIT $4`;

/** Who takes the row away counts. */
const SETTLE = `
WITH taken AS (
  DELETE FROM event_log.metric_pending WHERE run_id = $1 AND first_seq = $2 RETURNING run_id, first_seq
), counted AS (${countedFrom('taken', 3)})
SELECT count(*)::int AS taken FROM taken`;

const POSTPONE = `
UPDATE event_log.metric_pending SET look_at = now() + greatest(least(now() - since, interval '1 hour'), interval '5 seconds')
WHERE run_id = $1 AND first_seq = $2`;

interface EventRow {
  readonly run_id: string;
  readonly namespace: string;
  readonly first_seq: number;
  readonly event_count: number;
  readonly body: Buffer;
}

/** Transitions that wait to be counted, in Postgres; `insert-counted-events` puts them there. */
export function postgresPendingMetrics(pool: Pool): PendingMetricStore {
  return {
    async due(limit) {
      const { rows } = await pool.query<EventRow & { readonly age_ms: number }>({
        name: 'pending-metrics',
        text: DUE,
        values: [limit],
      });
      return rows.map((row) => ({ record: recordOf(row), ageMs: row.age_ms }));
    },
    async readBefore({ runId, namespace }, beforeSeq, limit) {
      return (await pool.query<EventRow>(READ_BEFORE, [runId, namespace, beforeSeq, limit])).rows.map(recordOf);
    },
    async settle({ record, increments }) {
      await pool.query(SETTLE, [record.runId, record.firstSeq, ...incrementValues(increments)]);
    },
    async postpone({ runId, firstSeq }) {
      await pool.query(POSTPONE, [runId, firstSeq]);
    },
  };
}

function recordOf(row: EventRow) {
  const { run_id: runId, namespace, first_seq: firstSeq, event_count: eventCount, body } = row;
  return { runId, namespace, firstSeq, eventCount, body };
}
