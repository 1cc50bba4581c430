import type { MethodImpl } from '@connectrpc/connect';
import type { WorkflowService } from '@skein/contracts/scheduler';
import { workflowNotFound } from '../app/start-run.ts';
import { bounded, invalidField, namespaceOf, required } from './request-fields.ts';
import { workflowToMessage } from './workflow-message.ts';
import type { WorkflowRpcParts } from './workflow-service.ts';

const MAX_REASON_CHARS = 1024;

/** WorkflowService.DeprecateWorkflowVersion. */
export function deprecateWorkflowVersionRpc({
  store,
  plans,
}: WorkflowRpcParts): MethodImpl<typeof WorkflowService.method.deprecateWorkflowVersion> {
  return async (request) => {
    const { version, undo } = request;
    const namespace = namespaceOf(request.namespace);
    const workflowId = required('workflow_id', request.workflowId);
    const reason = bounded('reason', request.reason, MAX_REASON_CHARS);
    if (version === 0) throw invalidField('version', 'say which version', 'REQUIRED');
    const row = await store.deprecate(namespace, workflowId, version, { deprecated: !undo, reason });
    if (row === undefined) throw workflowNotFound(namespace, workflowId, version);
    // The others are told by the store.
    plans.forgetLatest(`${namespace}/${workflowId}`);
    return { workflow: workflowToMessage(row) };
  };
}
