import type { MethodImpl } from '@connectrpc/connect';
import {
  WorkflowChangeKind,
  WorkflowPart,
  type DiffWorkflowsRequest,
  type WorkflowService,
} from '@skein/contracts/scheduler';
import type { JsonObject } from '@skein/domain';
import { valueOfJson } from '@skein/events';
import { compareWorkflows } from '../app/diff-workflows.ts';
import type { StoredWorkflow, WorkflowRow } from '../app/workflow-store.ts';
import { replayToMessage } from './replay-message.ts';
import { namespaceOf, required } from './request-fields.ts';
import { documentOf, workflowToMessage } from './workflow-message.ts';
import type { WorkflowRpcParts } from './workflow-service.ts';

const PARTS = {
  setting: WorkflowPart.SETTING,
  schema: WorkflowPart.SCHEMA,
  node: WorkflowPart.NODE,
  edge: WorkflowPart.EDGE,
} as const;

const KINDS = {
  added: WorkflowChangeKind.ADDED,
  removed: WorkflowChangeKind.REMOVED,
  changed: WorkflowChangeKind.CHANGED,
} as const;

/** WorkflowService.DiffWorkflows. */
export function diffWorkflowsRpc(parts: WorkflowRpcParts): MethodImpl<typeof WorkflowService.method.diffWorkflows> {
  return async ({ namespace, workflowId, fromVersion, to }) => {
    const found = await compareWorkflows(parts, {
      namespace: namespaceOf(namespace),
      workflowId: required('workflow_id', workflowId),
      fromVersion,
      to: newerSide(to),
    });
    return {
      from: workflowToMessage(summaryOf(found.from)),
      ...(found.to === undefined ? {} : { to: workflowToMessage(summaryOf(found.to)) }),
      changes: found.changes.map(({ part, kind, path, before, after }) => ({
        part: PARTS[part],
        kind: KINDS[kind],
        path,
        ...(before === undefined ? {} : { before: valueOfJson(before) }),
        ...(after === undefined ? {} : { after: valueOfJson(after) }),
      })),
      openRuns: found.openRuns.map(replayToMessage),
    };
  };
}

function newerSide(to: DiffWorkflowsRequest['to']): number | string | JsonObject {
  if (to.case === undefined) return 0;
  return to.case === 'typed' ? documentOf(to.value, 'to.typed') : to.value;
}

function summaryOf(stored: StoredWorkflow): WorkflowRow {
  const { definition: _definition, ...row } = stored;
  return row;
}
