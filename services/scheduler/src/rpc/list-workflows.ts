import type { MethodImpl } from '@connectrpc/connect';
import type { WorkflowService } from '@skein/contracts/scheduler';
import { pageToken, positionOf } from '@skein/rpc';
import { namespaceOf, pageSizeOf } from './request-fields.ts';
import { workflowToMessage } from './workflow-message.ts';
import type { WorkflowRpcParts } from './workflow-service.ts';

/** WorkflowService.ListWorkflows. */
export function listWorkflowsRpc(parts: WorkflowRpcParts): MethodImpl<typeof WorkflowService.method.listWorkflows> {
  return async (request) => {
    const namespace = namespaceOf(request.namespace);
    const limit = pageSizeOf(request.pageSize);
    const list = `workflows/${namespace}`;
    const rows = await parts.store.listLatest(namespace, positionOf(list, request.pageToken) ?? '', limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const nextPageToken = rows.length > limit && last !== undefined ? pageToken(list, last.workflowId) : '';
    return { workflows: page.map((row) => workflowToMessage(row)), nextPageToken };
  };
}
