import {
  compileWorkflow,
  diffWorkflows,
  parseWorkflow,
  type JsonObject,
  type Plan,
  type WorkflowChange,
  type WorkflowDefinition,
} from '@skein/domain';
import { MAX_REPLAYS, replayRuns, type ReplayedRun } from './replay-runs.ts';
import type { RunStore } from './run-store.ts';
import { workflowNotFound } from './start-run.ts';
import type { StoredWorkflow, WorkflowStore } from './workflow-store.ts';
import { getWorkflow, invalidWorkflow, type WorkflowDependencies } from './workflows.ts';

/** What comparing needs. */
export interface DiffDependencies extends WorkflowDependencies {
  readonly store: WorkflowStore;
  readonly runs: Pick<RunStore, 'listRuns' | 'load'>;
}

/** The two sides. */
export interface DiffQuery {
  readonly namespace: string;
  readonly workflowId: string;
  /** Zero: the latest; of two versions, the one before the newer. */
  readonly fromVersion: number;
  /** A version (zero: the latest), or a definition in any dialect. */
  readonly to: number | string | JsonObject;
}

/** How they differ. */
export interface WorkflowDifference {
  readonly from: StoredWorkflow;
  /** Undefined: it is not stored. */
  readonly to: StoredWorkflow | undefined;
  readonly changes: readonly WorkflowChange[];
  /** Open runs of the older side, replayed on the newer. */
  readonly openRuns: readonly ReplayedRun[];
}

/** @throws WORKFLOW_NOT_FOUND, INVALID_WORKFLOW */
export async function compareWorkflows(dependencies: DiffDependencies, query: DiffQuery): Promise<WorkflowDifference> {
  const { namespace, workflowId, fromVersion } = query;
  const newer = await newerSide(dependencies, query);
  const before = newer.stored === undefined ? 0 : newer.stored.version - 1;
  // Nothing comes before the first version.
  if (fromVersion === 0 && newer.stored?.version === 1) throw workflowNotFound(namespace, workflowId, before);
  const from = await getWorkflow(dependencies, namespace, workflowId, fromVersion || before);
  const changes = diffWorkflows(from.definition, newer.definition);
  const openRuns = await replayRuns(dependencies.runs, newer.plan, {
    namespace,
    workflowId,
    limit: MAX_REPLAYS,
    openOfVersion: from.version,
  });
  return { from, to: newer.stored, changes, openRuns };
}

interface NewerSide {
  readonly stored: StoredWorkflow | undefined;
  readonly definition: WorkflowDefinition;
  readonly plan: Plan;
}

async function newerSide(dependencies: DiffDependencies, { namespace, workflowId, to }: DiffQuery): Promise<NewerSide> {
  if (typeof to === 'number') {
    const stored = await getWorkflow(dependencies, namespace, workflowId, to);
    return { stored, definition: stored.definition, plan: compileWorkflow(stored.definition) };
  }
  const { definition, plan, problems } = parseWorkflow(to);
  if (definition === undefined || plan === undefined) throw invalidWorkflow(problems);
  return { stored: undefined, definition, plan };
}
