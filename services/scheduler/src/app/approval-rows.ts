import type { ApprovalWait, Decision, NodeRun, RunEvent, RunState } from '@skein/domain';
import type { RunCell } from './run-cell.ts';
import type { ApprovalRow, ApprovalStatus } from './run-store.ts';

type ApprovalDecided = Extract<RunEvent, { kind: 'approval_decided' }>;
type ApprovalRequired = Extract<RunEvent, { kind: 'approval_required' }>;

/** The decisions whose rows a transition changes: asked for, escalated, decided, or not needed any more. */
export function changedApprovals(cell: RunCell, { state, events }: Decision): readonly ApprovalRow[] {
  const open = openBefore(cell.state);
  const asked = new Map<string, ApprovalRequired>();
  const decided = new Map<string, ApprovalDecided>();
  for (const event of events) {
    if (event.kind === 'approval_required') asked.set(event.nodeId, event);
    else if (event.kind === 'approval_decided') decided.set(event.nodeId, event);
  }
  if (open.size === 0 && asked.size === 0) return [];
  const rows: ApprovalRow[] = [];
  for (const nodeId of new Set([...open.keys(), ...asked.keys()])) {
    const node = state.nodes.get(nodeId);
    const before = open.get(nodeId);
    if (node === undefined || node.wait === before) continue;
    rows.push(rowOf(state, node, before ?? waitOf(asked.get(nodeId), node), decided.get(nodeId)));
  }
  return rows;
}

function openBefore(state: RunState | undefined): ReadonlyMap<string, ApprovalWait> {
  const open = new Map<string, ApprovalWait>();
  for (const { id, wait } of state?.nodes.open.values() ?? []) if (wait?.kind === 'approval') open.set(id, wait);
  return open;
}

/** What was asked and is not open any more in the same turn. */
function waitOf(asked: ApprovalRequired | undefined, node: NodeRun): Omit<ApprovalWait, 'kind'> {
  const { prompt = '', approvers = [], expiresAtMs = 0, escalateTo = [] } = asked ?? {};
  return { prompt, approvers, expiresAtMs, escalateTo, sinceMs: node.scheduledAtMs, escalateAtMs: undefined };
}

function rowOf(
  state: RunState,
  node: NodeRun,
  asked: Omit<ApprovalWait, 'kind'>,
  decision: ApprovalDecided | undefined,
): ApprovalRow {
  const wait = node.wait?.kind === 'approval' ? node.wait : asked;
  return {
    namespace: state.namespace,
    runId: state.runId,
    nodeId: node.id,
    workflowId: state.workflowId,
    status: statusOf(node, decision),
    prompt: wait.prompt,
    approvers: wait.approvers,
    createdAtMs: wait.sinceMs,
    expiresAtMs: wait.expiresAtMs,
    decidedBy: decision?.decidedBy ?? '',
    comment: decision?.comment ?? '',
    decidedAtMs: node.wait?.kind === 'approval' ? undefined : node.endedAtMs,
  };
}

function statusOf(node: NodeRun, decision: ApprovalDecided | undefined): ApprovalStatus {
  if (decision !== undefined) return decision.approved ? 'APPROVED' : 'REJECTED';
  if (node.wait?.kind === 'approval') return 'OPEN';
  return node.failure?.code === 'APPROVAL_EXPIRED' ? 'EXPIRED' : 'CANCELLED';
}
