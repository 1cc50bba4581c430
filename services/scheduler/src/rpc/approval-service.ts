import type { ServiceImpl } from '@connectrpc/connect';
import type { ApprovalService } from '@skein/contracts/scheduler';
import { decideApprovalRpc } from './decide-approval.ts';
import { getApprovalRpc, listApprovalsRpc } from './list-approvals.ts';
import type { RunRpcParts } from './run-service.ts';

/** skein.scheduler.v1.ApprovalService. */
export function approvalService(parts: RunRpcParts): ServiceImpl<typeof ApprovalService> {
  return {
    listApprovals: listApprovalsRpc(parts),
    getApproval: getApprovalRpc(parts),
    decideApproval: decideApprovalRpc(parts),
  };
}
