import type { MethodImpl } from '@connectrpc/connect';
import type { WorkflowService } from '@skein/contracts/scheduler';
import { validateWorkflowSource } from '../app/workflows.ts';
import { namespaceOf } from './request-fields.ts';
import { definitionToObject, problemToMessage, sourceOf } from './workflow-message.ts';
import type { WorkflowRpcParts } from './workflow-service.ts';

/** WorkflowService.ValidateWorkflow. */
export function validateWorkflowRpc(
  parts: WorkflowRpcParts,
): MethodImpl<typeof WorkflowService.method.validateWorkflow> {
  return async (request) => {
    const source = sourceOf(request.definition);
    const { definition, problems } = await validateWorkflowSource(parts, namespaceOf(request.namespace), source);
    return {
      valid: definition !== undefined,
      problems: problems.map(problemToMessage),
      ...(definition === undefined ? {} : { definition: definitionToObject(definition) }),
    };
  };
}
