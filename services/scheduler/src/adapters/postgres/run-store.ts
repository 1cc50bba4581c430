import type { JsonObject, SearchAttributes } from '@skein/domain';
import type { Pool } from 'pg';
import {
  CommitOutcomeUnknownError,
  PoisonedBatchError,
  type CommitBatch,
  type OutboxBatch,
  type RunRow,
  type RunRowStatus,
  type RunStore,
  type TransitionRow,
} from '../../app/run-store.ts';
import { postgresApprovals } from './approvals.ts';
import { commitQuery, settleQuery } from './commit-statement.ts';
import { NO_OBJECTS, type PayloadObjects } from '../../app/payloads/payload-objects.ts';
import { readPayloads, redeemRows } from './payloads.ts';
import { countRuns, listQuery, selectRuns } from './run-selection.ts';
import { failureClass } from './failure-class.ts';
import { queryWithKeptPlan } from './kept-plans.ts';

const RUN_COLUMNS = `run_id, namespace, workflow_id, workflow_version, status, created_at, ended_at, labels, search_attributes, memo, session_id,
  failure_code, failure_message, failed_node_id, pruned_seq, parent_run_id, parent_node_id`;

/** Zero stands for a history that stays because it cannot be folded. */
const IS_WHOLE = 'coalesce(pruned_seq, 0) = 0';

/**
 * Runs in Postgres. The pool's connections find the schema `scheduler` in their search path. `objects` has the texts whose
 * rows have none.
 */
export function postgresRunStore(pool: Pool, objects: Pick<PayloadObjects, 'get'> = NO_OBJECTS): RunStore {
  return {
    async commit(batch) {
      const query = queryOf(batch);
      try {
        const { rows } = await queryWithKeptPlan<{ run_id: string }>(pool, query);
        return new Set(rows.map((row) => row.run_id));
      } catch (error) {
        throw classified(error);
      }
    },

    async settle(batch: CommitBatch) {
      const { rows } = await pool.query<{ run_id: string }>(settleQuery(batch));
      return new Set(rows.map((row) => row.run_id));
    },

    async load(runId) {
      // One statement, so that the row and its history are of one snapshot.
      const { rows } = await pool.query<LoadColumns>({
        name: 'load',
        text: `select namespace, pruned_seq, first_seq, event_count, body,
            exists (select from payload where payload.run_id = $1) as has_payloads
          from run join run_event using (run_id)
          where run_id = $1 order by first_seq`,
        values: [runId],
      });
      const [first] = rows;
      if (first === undefined) return undefined;
      const { namespace, pruned_seq: lastSeq, body } = first;
      if (lastSeq === null || lastSeq === 0) {
        // Payloads are stored with the rows that claim them, and stay: what has been read is there.
        const whole = first.has_payloads ? await redeemRows(pool, objects, rows, () => runId) : rows;
        // Deleted between the two statements: then its claims have lost their texts.
        if (first.has_payloads && whole === rows && (await this.runRow(runId)) === undefined) return undefined;
        return { namespace, rows: whole.map(transitionRow) };
      }
      // Nothing changes the row of a pruned run.
      const row = await this.runRow(runId);
      return row && { namespace, rows: [{ firstSeq: 1, eventCount: lastSeq, body, prunedRun: row }] };
    },

    payloads: (runId, digests) => readPayloads(pool, objects, runId, digests),

    async transitionsAfter(runId, afterSeq, limit) {
      const { rows } = await pool.query<EventColumns>({
        text: `select first_seq, event_count, body from run_event join run using (run_id)
          where run_id = $1 and first_seq + event_count - 1 > $2 and ${IS_WHOLE} order by first_seq limit $3`,
        values: [runId, afterSeq, limit],
      });
      return rows.map(transitionRow);
    },

    async lastTransition(runId) {
      const { rows } = await pool.query<Omit<EventColumns, 'body'>>(
        `select first_seq, case when ${IS_WHOLE} then event_count else pruned_seq end as event_count
          from run_event join run using (run_id) where run_id = $1 order by first_seq desc limit 1`,
        [runId],
      );
      return rows.map((row) => ({ firstSeq: row.first_seq, eventCount: row.event_count }))[0];
    },

    async runRow(runId) {
      const { rows } = await pool.query<RunColumns>(`select ${RUN_COLUMNS} from run where run_id = $1`, [runId]);
      return rows.map(runRow)[0];
    },

    async listRuns(query) {
      const { rows } = await pool.query<RunColumns>(listQuery(query, RUN_COLUMNS));
      return rows.map(runRow);
    },

    countRuns: (selection, groupBy) => countRuns(pool, selection, groupBy),

    selectRuns: (selection, limit) => selectRuns(pool, selection, limit),

    async findStart(namespace, requestId) {
      const { rows } = await pool.query<{ run_id: string; digest: string }>(
        'select run_id, digest from start_key where namespace = $1 and request_id = $2',
        [namespace, requestId],
      );
      return rows.map((row) => ({ runId: row.run_id, digest: row.digest }))[0];
    },

    async openRuns(afterRunId, limit, dueWithinMs) {
      const { rows } = await pool.query<{ run_id: string }>(
        `select run_id from run
          where ended_at is null and run_id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
            and check_at <= coalesce(now() + $3::float8 * interval '1 millisecond', 'infinity')
          order by run_id limit $2`,
        [afterRunId, limit, dueWithinMs],
      );
      return rows.map((row) => row.run_id);
    },

    async dueRuns(limit, shards) {
      const { rows } = await pool.query<{ run_id: string }>({
        name: 'due-runs',
        text: `select run_id from run
          where ended_at is null and check_at <= now() and get_byte(uuid_send(run_id), 15) = any($2::int[])
          order by check_at limit $1`,
        values: [limit, shards],
      });
      return rows.map((row) => row.run_id);
    },

    async endedAmong(runIds) {
      const { rows } = await pool.query<{ run_id: string }>({
        name: 'ended-among',
        text: 'select run_id from run where run_id = any($1::uuid[]) and ended_at is not null',
        values: [runIds],
      });
      return rows.map((row) => row.run_id);
    },

    async closedAmong(runIds) {
      const { rows } = await pool.query<{ run_id: string }>({
        name: 'closed-among',
        text: `select run_id from unnest($1::uuid[]) as x (run_id)
          where coalesce((select run.ended_at is not null from run where run.run_id = x.run_id), true)`,
        values: [runIds],
      });
      return rows.map((row) => row.run_id);
    },

    async existingAmong(runIds) {
      const { rows } = await pool.query<{ run_id: string }>({
        name: 'existing-among',
        text: 'select run_id from run where run_id = any($1::uuid[])',
        values: [runIds],
      });
      return rows.map((row) => row.run_id);
    },

    async postpone(runIds, delayMs) {
      // Waits for nobody: whoever holds a row is ending the run or postponing it. Waiting could deadlock with a commit.
      await pool.query(
        `update run set check_at = now() + $2 * interval '1 millisecond'
          where run_id in (
            select run_id from run where run_id = any($1::uuid[]) and ended_at is null for update skip locked
          )`,
        [runIds, delayMs],
      );
    },

    async staleOutbox(ageMs, limit) {
      const { rows } = await pool.query<OutboxColumns>({
        text: `with b as (
            select batch_id, run_ids, first_seqs from outbox
            where created_at < now() - $1 * interval '1 millisecond'
            order by created_at limit $2 for update skip locked
          )
          select b.batch_id, r.namespace, e.run_id, e.first_seq, e.event_count, e.body
          from b cross join lateral unnest(b.run_ids, b.first_seqs) as k (run_id, first_seq)
            join run_event e using (run_id, first_seq) join run r using (run_id)
          order by b.batch_id, e.run_id, e.first_seq`,
        values: [ageMs, limit],
      });
      return groupByBatch(rows);
    },

    async deleteOutbox(batchIds) {
      await pool.query('delete from outbox where batch_id = any($1::uuid[])', [batchIds]);
    },

    async deleteStartKeys(ageMs) {
      const text = `delete from start_key where created_at < now() - $1 * interval '1 millisecond'`;
      return (await pool.query(text, [ageMs])).rowCount ?? 0;
    },

    ...postgresApprovals(pool),
  };
}

function queryOf(batch: CommitBatch) {
  try {
    return commitQuery(batch);
  } catch (error) {
    throw new PoisonedBatchError('this data cannot be written down', { cause: error });
  }
}

/** What a failed commit means for its caller. */
function classified(error: unknown): unknown {
  switch (failureClass(error)) {
    case 'outcome_unknown':
      return new CommitOutcomeUnknownError('the connection broke', { cause: error });
    case 'refused':
      return new PoisonedBatchError('the store refuses this data', { cause: error });
    case 'transient':
      return error;
  }
}

interface EventColumns {
  readonly first_seq: number;
  readonly event_count: number;
  readonly body: Buffer;
}

interface LoadColumns extends EventColumns {
  readonly namespace: string;
  readonly pruned_seq: number | null;
  readonly has_payloads: boolean;
}

interface OutboxColumns extends EventColumns {
  readonly batch_id: string;
  readonly namespace: string;
  readonly run_id: string;
}

interface RunColumns {
  readonly run_id: string;
  readonly namespace: string;
  readonly workflow_id: string;
  readonly workflow_version: number;
  readonly status: RunRowStatus;
  readonly parent_run_id: string | null;
  readonly parent_node_id: string | null;
  readonly created_at: Date;
  readonly ended_at: Date | null;
  readonly labels: Record<string, string>;
  readonly search_attributes: SearchAttributes;
  readonly memo: JsonObject | null;
  readonly session_id: string;
  readonly failure_code: string | null;
  readonly failure_message: string | null;
  readonly failed_node_id: string | null;
  readonly pruned_seq: number | null;
}

function transitionRow(row: EventColumns): TransitionRow {
  return { firstSeq: row.first_seq, eventCount: row.event_count, body: row.body };
}

function runRow(row: RunColumns): RunRow {
  return {
    runId: row.run_id,
    namespace: row.namespace,
    workflowId: row.workflow_id,
    workflowVersion: row.workflow_version,
    status: row.status,
    parent: row.parent_run_id === null ? undefined : { runId: row.parent_run_id, nodeId: row.parent_node_id ?? '' },
    createdAtMs: row.created_at.getTime(),
    endedAtMs: row.ended_at?.getTime(),
    labels: row.labels,
    searchAttributes: row.search_attributes,
    memo: row.memo ?? undefined,
    sessionId: row.session_id,
    failureCode: row.failure_code ?? undefined,
    failureMessage: row.failure_message ?? undefined,
    failedNodeId: row.failed_node_id ?? undefined,
    isPruned: (row.pruned_seq ?? 0) > 0,
  };
}

function groupByBatch(rows: readonly OutboxColumns[]): OutboxBatch[] {
  const batches = new Map<string, OutboxBatch['transitions'][number][]>();
  for (const row of rows) {
    const transition = { ...transitionRow(row), runId: row.run_id, namespace: row.namespace };
    const transitions = batches.get(row.batch_id);
    if (transitions === undefined) batches.set(row.batch_id, [transition]);
    else transitions.push(transition);
  }
  return Array.from(batches, ([batchId, transitions]) => ({ batchId, transitions }));
}
