import type { Pool } from 'pg';
import type { ApprovalQuery, ApprovalRow, ApprovalStatus, RunStore } from '../../app/run-store.ts';

const COLUMNS = `run_id, node_id, namespace, workflow_id, status, prompt, approvers, created_at, expires_at, decided_by,
  comment, decided_at`;

/** Open ones first, the most urgent at the top; then the others, newest deadline first. */
const ORDER = `(status <> 'OPEN'), case when status = 'OPEN' then expires_at end, case when status <> 'OPEN' then expires_at end desc, run_id, node_id`;

/** Reading decisions in Postgres; they are written with the runs that ask for them (commit-statement.ts). */
export function postgresApprovals(pool: Pool): Pick<RunStore, 'approval' | 'listApprovals'> {
  return {
    async approval(runId, nodeId) {
      const text = `select ${COLUMNS} from approval where run_id = $1 and node_id = $2`;
      const { rows } = await pool.query<ApprovalColumns>(text, [runId, nodeId]);
      return rows.map(approvalRow)[0];
    },

    async listApprovals(query) {
      const { rows } = await pool.query<ApprovalColumns>(listQuery(query));
      return rows.map(approvalRow);
    },
  };
}

function listQuery({ namespace, statuses, approver, runId, limit, after }: ApprovalQuery) {
  const values: unknown[] = [namespace, statuses, limit];
  const where = ['namespace = $1', 'status = any($2::text[])'];
  const placed = (value: unknown) => `$${values.push(value)}`;
  if (approver !== undefined) where.push(`(approvers = '{}' or ${placed(approver)}::text = any(approvers))`);
  if (runId !== undefined) where.push(`run_id = ${placed(runId)}::uuid`);
  if (after !== undefined) {
    const isClosed = after.status !== 'OPEN';
    const at = placed(new Date(after.expiresAtMs).toISOString());
    const key = `(${placed(after.runId)}::uuid, ${placed(after.nodeId)}::text)`;
    const later = isClosed ? `expires_at < ${at}::timestamptz` : `expires_at > ${at}::timestamptz`;
    const within = `(${later} or (expires_at = ${at}::timestamptz and (run_id, node_id) > ${key}))`;
    where.push(isClosed ? `(status <> 'OPEN' and ${within})` : `(status <> 'OPEN' or ${within})`);
  }
  return { text: `select ${COLUMNS} from approval where ${where.join(' and ')} order by ${ORDER} limit $3`, values };
}

interface ApprovalColumns {
  readonly run_id: string;
  readonly node_id: string;
  readonly namespace: string;
  readonly workflow_id: string;
  readonly status: ApprovalStatus;
  readonly prompt: string;
  readonly approvers: readonly string[];
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly decided_by: string;
  readonly comment: string;
  readonly decided_at: Date | null;
}

function approvalRow(row: ApprovalColumns): ApprovalRow {
  return {
    namespace: row.namespace,
    runId: row.run_id,
    nodeId: row.node_id,
    workflowId: row.workflow_id,
    status: row.status,
    prompt: row.prompt,
    approvers: row.approvers,
    createdAtMs: row.created_at.getTime(),
    expiresAtMs: row.expires_at.getTime(),
    decidedBy: row.decided_by,
    comment: row.comment,
    decidedAtMs: row.decided_at?.getTime(),
  };
}
