import type { Pool } from '@skein/postgres';
import type { RunEraser } from '../../app/run-deletions.ts';
import type { RunKey } from '../../domain/run-key.ts';

const MARK = `
INSERT INTO event_log.deleted_run (run_id, namespace)
SELECT run_id, namespace FROM unnest($1::uuid[], $2::text[]) AS t (run_id, namespace)
ORDER BY run_id
ON CONFLICT (run_id) DO NOTHING`;

const ERASE = `
WITH gone AS (
  SELECT run_id, namespace FROM unnest($1::uuid[], $2::text[]) AS t (run_id, namespace)
), events AS (
  DELETE FROM event_log.run_event e USING gone WHERE e.run_id = gone.run_id AND e.namespace = gone.namespace
), messages AS (
  DELETE FROM event_log.message m USING gone WHERE m.run_id = gone.run_id AND m.namespace = gone.namespace
), counts AS (
  DELETE FROM event_log.metric_pending p USING gone WHERE p.run_id = gone.run_id AND p.namespace = gone.namespace
)
DELETE FROM event_log.task_event e USING gone WHERE e.run_id = gone.run_id AND e.namespace = gone.namespace`;

/** What was being stored while the mark was written did not see it. */
const FORGET = `
WITH old AS MATERIALIZED (
  SELECT run_id, namespace FROM event_log.deleted_run
  WHERE deleted_at < now() - $1 * interval '1 millisecond'
  ORDER BY deleted_at LIMIT $2 FOR UPDATE SKIP LOCKED
), events AS (
  DELETE FROM event_log.run_event e USING old WHERE e.run_id = old.run_id AND e.namespace = old.namespace
), task_events AS (
  DELETE FROM event_log.task_event e USING old WHERE e.run_id = old.run_id AND e.namespace = old.namespace
), messages AS (
  DELETE FROM event_log.message m USING old WHERE m.run_id = old.run_id AND m.namespace = old.namespace
), counts AS (
  DELETE FROM event_log.metric_pending p USING old WHERE p.run_id = old.run_id AND p.namespace = old.namespace
)
DELETE FROM event_log.deleted_run d USING old WHERE d.run_id = old.run_id`;

/** Deleting runs in Postgres. */
export function postgresRunEraser(pool: Pool): RunEraser {
  return {
    async mark(runs) {
      await pool.query(MARK, valuesOf(runs));
    },
    async erase(runs) {
      await pool.query(ERASE, valuesOf(runs));
    },
    async forget(ageMs, limit) {
      return (await pool.query(FORGET, [ageMs, limit])).rowCount ?? 0;
    },
  };
}

function valuesOf(runs: readonly RunKey[]): [string[], string[]] {
  return [runs.map(({ runId }) => runId), runs.map(({ namespace }) => namespace)];
}
