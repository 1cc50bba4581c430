import { create } from '@bufbuild/protobuf';
import type { MethodImpl } from '@connectrpc/connect';
import { DecideApprovalResponseSchema, type ApprovalService } from '@skein/contracts/scheduler';
import { jsonOfValue } from '@skein/events';
import { decideApproval } from '../app/approvals.ts';
import { approvalToMessage } from './approval-message.ts';
import { atOwner } from './at-owner.ts';
import { bounded, invalidField, namespaceOf, required, runIdOf } from './request-fields.ts';
import type { RunRpcParts } from './run-service.ts';

const MAX_GROUPS = 100;

/** ApprovalService.DecideApproval. */
export function decideApprovalRpc(parts: RunRpcParts): MethodImpl<typeof ApprovalService.method.decideApproval> {
  return async (request, context) => {
    const namespace = namespaceOf(request.namespace);
    const runId = runIdOf(request.runId);
    const nodeId = required('node_id', bounded('node_id', request.nodeId, 128));
    const decidedBy = required('decided_by', bounded('decided_by', request.decidedBy, 256));
    const comment = bounded('comment', request.comment, 4096);
    if (request.groups.length > MAX_GROUPS) throw invalidField('groups', `give at most ${MAX_GROUPS}`);
    const form = request.form === undefined ? null : jsonOfValue(request.form);
    const { approved, groups } = request;
    return atOwner(parts, context, {
      runId,
      here: async () => {
        const decision = { namespace, runId, nodeId, approved, decidedBy, groups, comment, form };
        const { row, plan } = await decideApproval(parts, decision);
        return create(DecideApprovalResponseSchema, { approval: approvalToMessage(row, plan) });
      },
      there: (peer, options) => peer.approvals.decideApproval(request, options),
    });
  };
}
