import type { MethodImpl } from '@connectrpc/connect';
import type { WorkflowService } from '@skein/contracts/scheduler';
import { MAX_REPLAYS, replayRuns } from '../app/replay-runs.ts';
import { validateWorkflowSource } from '../app/workflows.ts';
import { replayToMessage } from './replay-message.ts';
import { invalidField, namespaceOf } from './request-fields.ts';
import { definitionToObject, problemToMessage, sourceOf } from './workflow-message.ts';
import type { WorkflowRpcParts } from './workflow-service.ts';

/** WorkflowService.ValidateWorkflow. */
export function validateWorkflowRpc(
  parts: WorkflowRpcParts,
): MethodImpl<typeof WorkflowService.method.validateWorkflow> {
  return async (request) => {
    const source = sourceOf(request.definition);
    const namespace = namespaceOf(request.namespace);
    const limit = request.againstRuns;
    if (limit > MAX_REPLAYS) throw invalidField('against_runs', `give at most ${MAX_REPLAYS}`);
    const { definition, plan, problems } = await validateWorkflowSource(parts, namespace, source);
    const query = { namespace, workflowId: definition?.id ?? '', limit };
    const replays = plan === undefined || limit === 0 ? [] : await replayRuns(parts.runs, plan, query);
    return {
      valid: definition !== undefined,
      problems: problems.map(problemToMessage),
      ...(definition === undefined ? {} : { definition: definitionToObject(definition) }),
      replays: replays.map(replayToMessage),
    };
  };
}
