import type { MethodImpl } from '@connectrpc/connect';
import type { WorkflowService } from '@skein/contracts/scheduler';
import { messageOfDefinition } from '@skein/events';
import { getWorkflow } from '../app/workflows.ts';
import { namespaceOf, required } from './request-fields.ts';
import { workflowToMessage } from './workflow-message.ts';
import type { WorkflowRpcParts } from './workflow-service.ts';

/** WorkflowService.GetWorkflow. */
export function getWorkflowRpc(parts: WorkflowRpcParts): MethodImpl<typeof WorkflowService.method.getWorkflow> {
  return async (request) => {
    const workflowId = required('workflow_id', request.workflowId);
    const found = await getWorkflow(parts, namespaceOf(request.namespace), workflowId, request.version);
    const { definition, ...row } = found;
    if (!request.typed) return { workflow: workflowToMessage(row, definition) };
    return { workflow: workflowToMessage(row), typedDefinition: messageOfDefinition(definition) };
  };
}
