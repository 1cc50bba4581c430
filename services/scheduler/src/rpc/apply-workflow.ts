import type { MethodImpl } from '@connectrpc/connect';
import type { WorkflowService } from '@skein/contracts/scheduler';
import { applyWorkflow } from '../app/workflows.ts';
import { namespaceOf } from './request-fields.ts';
import { problemToMessage, sourceOf, workflowToMessage } from './workflow-message.ts';
import type { WorkflowRpcParts } from './workflow-service.ts';

/** WorkflowService.ApplyWorkflow. */
export function applyWorkflowRpc(parts: WorkflowRpcParts): MethodImpl<typeof WorkflowService.method.applyWorkflow> {
  return async (request) => {
    const source = sourceOf(request.definition);
    const { row, parsed, created, warnings } = await applyWorkflow(parts, namespaceOf(request.namespace), source);
    return { workflow: workflowToMessage(row, parsed.definition), created, warnings: warnings.map(problemToMessage) };
  };
}
