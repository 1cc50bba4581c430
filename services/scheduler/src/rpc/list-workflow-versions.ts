import type { MethodImpl } from '@connectrpc/connect';
import type { WorkflowService } from '@skein/contracts/scheduler';
import { pageToken, positionOf } from '@skein/rpc';
import { workflowNotFound } from '../app/start-run.ts';
import { namespaceOf, pageSizeOf, required } from './request-fields.ts';
import { workflowToMessage } from './workflow-message.ts';
import type { WorkflowRpcParts } from './workflow-service.ts';

const ABOVE_ALL = 2 ** 31 - 1;

/** WorkflowService.ListWorkflowVersions. */
export function listWorkflowVersionsRpc(
  parts: WorkflowRpcParts,
): MethodImpl<typeof WorkflowService.method.listWorkflowVersions> {
  return async (request) => {
    const namespace = namespaceOf(request.namespace);
    const workflowId = required('workflow_id', request.workflowId);
    const limit = pageSizeOf(request.pageSize);
    const list = `workflow_versions/${namespace}/${workflowId}`;
    const below = positionOf(list, request.pageToken);
    const rows = await parts.store.listVersions(namespace, workflowId, Number(below ?? ABOVE_ALL), limit + 1);
    if (rows.length === 0 && below === undefined) throw workflowNotFound(namespace, workflowId, 0);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const nextPageToken = rows.length > limit && last !== undefined ? pageToken(list, String(last.version)) : '';
    return { versions: page.map((row) => workflowToMessage(row)), nextPageToken };
  };
}
