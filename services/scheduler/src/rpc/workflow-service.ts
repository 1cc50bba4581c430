import type { ServiceImpl } from '@connectrpc/connect';
import type { WorkflowService } from '@skein/contracts/scheduler';
import type { DiffDependencies } from '../app/diff-workflows.ts';
import { applyWorkflowRpc } from './apply-workflow.ts';
import { deprecateWorkflowVersionRpc } from './deprecate-workflow-version.ts';
import { diffWorkflowsRpc } from './diff-workflows.ts';
import { getWorkflowRpc } from './get-workflow.ts';
import { listWorkflowVersionsRpc } from './list-workflow-versions.ts';
import { listWorkflowsRpc } from './list-workflows.ts';
import { validateWorkflowRpc } from './validate-workflow.ts';

/** What the RPCs about workflows are made of. */
export type WorkflowRpcParts = DiffDependencies;

/** skein.scheduler.v1.WorkflowService. */
export function workflowService(parts: WorkflowRpcParts): ServiceImpl<typeof WorkflowService> {
  return {
    applyWorkflow: applyWorkflowRpc(parts),
    validateWorkflow: validateWorkflowRpc(parts),
    getWorkflow: getWorkflowRpc(parts),
    listWorkflows: listWorkflowsRpc(parts),
    listWorkflowVersions: listWorkflowVersionsRpc(parts),
    diffWorkflows: diffWorkflowsRpc(parts),
    deprecateWorkflowVersion: deprecateWorkflowVersionRpc(parts),
  };
}
