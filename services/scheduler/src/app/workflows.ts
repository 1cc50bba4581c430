import { Code } from '@connectrpc/connect';
import { digestOf, parseWorkflow, type JsonObject, type ParsedWorkflow, type Problem } from '@skein/domain';
import { skeinError } from '@skein/rpc';
import type { AgentDirectory } from './agent-directory.ts';
import type { PlanCache } from './plan-cache.ts';
import { workflowNotFound } from './start-run.ts';
import type { StoredWorkflow, WorkflowRow, WorkflowStore } from './workflow-store.ts';

/** What the workflow use cases need. */
export interface WorkflowDependencies {
  readonly store: WorkflowStore;
  readonly plans: PlanCache;
  readonly agents: AgentDirectory;
}

/** A stored version, and what is to be said about it. */
export interface AppliedWorkflow {
  readonly row: WorkflowRow;
  readonly parsed: ParsedWorkflow;
  readonly created: boolean;
  readonly warnings: readonly Problem[];
}

/**
 * Stores a definition as the next version, unless it is equal to the latest.
 * @throws INVALID_WORKFLOW with every problem
 */
export async function applyWorkflow(
  dependencies: WorkflowDependencies,
  namespace: string,
  source: string | JsonObject,
): Promise<AppliedWorkflow> {
  const parsed = parseWorkflow(source);
  const { definition, plan } = parsed;
  if (definition === undefined || plan === undefined) throw invalidWorkflow(parsed.problems);
  const { row, created } = await dependencies.store.apply(namespace, definition, digestOf(definition));
  dependencies.plans.noteLatest(namespace, row.workflowId, row.version);
  const warnings = [...parsed.problems, ...(await missingAgents(dependencies.agents, namespace, parsed))];
  return { row, parsed, created, warnings };
}

/** Everything that is wrong with a definition. */
export async function validateWorkflowSource(
  { agents }: WorkflowDependencies,
  namespace: string,
  source: string | JsonObject,
): Promise<ParsedWorkflow> {
  const parsed = parseWorkflow(source);
  return { ...parsed, problems: [...parsed.problems, ...(await missingAgents(agents, namespace, parsed))] };
}

/** @throws WORKFLOW_NOT_FOUND */
export async function getWorkflow(
  { store }: WorkflowDependencies,
  namespace: string,
  workflowId: string,
  version: number,
): Promise<StoredWorkflow> {
  const found = await store.get(namespace, workflowId, version);
  if (found === undefined) throw workflowNotFound(namespace, workflowId, version);
  return found;
}

/** An agent that is not registered yet is worth a warning: it may be, before the first run. */
async function missingAgents(agents: AgentDirectory, namespace: string, { plan }: ParsedWorkflow): Promise<Problem[]> {
  if (plan === undefined) return [];
  const users = new Map<string, string>();
  for (const { id, work } of plan.nodes.values()) {
    if (work.kind !== 'agent') continue;
    for (const agentId of [work.agentId, ...(work.fallback ?? [])]) users.set(agentId, id);
  }
  const missing = await agents.missing(namespace, [...users.keys()]);
  return missing.map((agentId) => ({
    path: `nodes.${users.get(agentId) ?? ''}.agent_id`,
    severity: 'warning',
    code: 'UNKNOWN_REFERENCE',
    message: `agent ${agentId} is not registered in namespace ${namespace}`,
    mend: `register it before the first run: skein agents register ${agentId} --endpoint ADDRESS`,
  }));
}

/** A definition with errors, all of them listed. */
export function invalidWorkflow(problems: readonly Problem[]) {
  const errors = problems.filter((problem) => problem.severity === 'error');
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return skeinError({
    reason: 'INVALID_WORKFLOW',
    code: Code.InvalidArgument,
    message: `the workflow is not valid: ${first?.path ?? ''}: ${first?.message ?? ''}${more}`,
    place: first?.path ?? '',
    remedy: first?.mend ?? 'correct the definition',
    violations: errors.map((problem) => ({
      field: problem.line === undefined ? problem.path : `${problem.path} (line ${problem.line})`,
      description: problem.mend === undefined ? problem.message : `${problem.message}; ${problem.mend}`,
      reason: problem.code,
    })),
  });
}
