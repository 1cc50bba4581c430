import { create, type JsonObject } from '@bufbuild/protobuf';
import { ApprovalSchema, ApprovalState, type Approval } from '@skein/contracts/scheduler';
import type { Plan } from '@skein/domain';
import { timestampOfMs } from '@skein/events';
import type { ApprovalRow, ApprovalStatus } from '../app/run-store.ts';

/** States on the wire. */
export const APPROVAL_STATES: ReadonlyMap<ApprovalState, ApprovalStatus> = new Map([
  [ApprovalState.OPEN, 'OPEN'],
  [ApprovalState.APPROVED, 'APPROVED'],
  [ApprovalState.REJECTED, 'REJECTED'],
  [ApprovalState.EXPIRED, 'EXPIRED'],
  [ApprovalState.CANCELLED, 'CANCELLED'],
]);

/** A decision for the wire; with its plan, its form's schema too. */
export function approvalToMessage(row: ApprovalRow, plan?: Plan): Approval {
  const { namespace, runId, nodeId, workflowId, prompt, approvers, decidedBy, comment } = row;
  const node = plan?.definition.nodes.find(({ id }) => id === nodeId);
  const schema = node?.type === 'approval' ? node.form_schema : undefined;
  return create(ApprovalSchema, {
    namespace,
    runId,
    nodeId,
    workflowId,
    state: ApprovalState[row.status],
    prompt,
    approvers: [...approvers],
    createdAt: timestampOfMs(row.createdAtMs),
    expiresAt: timestampOfMs(row.expiresAtMs),
    decidedBy,
    comment,
    ...(row.decidedAtMs === undefined ? {} : { decidedAt: timestampOfMs(row.decidedAtMs) }),
    ...(typeof schema === 'object' ? { formSchema: schema as JsonObject } : {}),
  });
}
