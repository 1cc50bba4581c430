import type { MethodImpl } from '@connectrpc/connect';
import type { ApprovalService, ApprovalState } from '@skein/contracts/scheduler';
import { pageToken, positionOf } from '@skein/rpc';
import { findApproval } from '../app/approvals.ts';
import type { ApprovalPosition, ApprovalStatus } from '../app/run-store.ts';
import { APPROVAL_STATES, approvalToMessage } from './approval-message.ts';
import { bounded, namespaceOf, pageSizeOf, required, runIdOf } from './request-fields.ts';
import type { RunRpcParts } from './run-service.ts';

/** ApprovalService.GetApproval. */
export function getApprovalRpc(parts: RunRpcParts): MethodImpl<typeof ApprovalService.method.getApproval> {
  return async (request) => {
    const nodeId = required('node_id', bounded('node_id', request.nodeId, 128));
    const address = { namespace: namespaceOf(request.namespace), runId: runIdOf(request.runId), nodeId };
    const { row, plan } = await findApproval(parts, address);
    return { approval: approvalToMessage(row, plan) };
  };
}

/** ApprovalService.ListApprovals. */
export function listApprovalsRpc(parts: RunRpcParts): MethodImpl<typeof ApprovalService.method.listApprovals> {
  return async (request) => {
    const namespace = namespaceOf(request.namespace);
    const limit = pageSizeOf(request.pageSize);
    const list = `approvals/${namespace}`;
    const rows = await parts.store.listApprovals({
      namespace,
      statuses: statusesOf(request.states),
      approver: request.approver === '' ? undefined : bounded('approver', request.approver, 256),
      runId: request.runId === '' ? undefined : runIdOf(request.runId),
      limit: limit + 1,
      after: afterOf(positionOf(list, request.pageToken)),
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const isLast = rows.length <= limit || last === undefined;
    return {
      approvals: page.map((row) => approvalToMessage(row)),
      nextPageToken: isLast ? '' : pageToken(list, positionText(last)),
    };
  };
}

function statusesOf(states: readonly ApprovalState[]): readonly ApprovalStatus[] {
  if (states.length === 0) return ['OPEN'];
  return states.flatMap((state) => APPROVAL_STATES.get(state) ?? []);
}

function positionText({ status, expiresAtMs, runId, nodeId }: ApprovalPosition): string {
  return JSON.stringify([status, expiresAtMs, runId, nodeId]);
}

function afterOf(position: string | undefined): ApprovalPosition | undefined {
  if (position === undefined) return undefined;
  const [status, expiresAtMs, runId, nodeId] = JSON.parse(position) as [ApprovalStatus, number, string, string];
  return { status, expiresAtMs, runId, nodeId };
}
