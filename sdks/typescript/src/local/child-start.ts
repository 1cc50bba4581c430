/** The start of a child run from its parent's state, as the scheduler makes it. */
import {
  bodyPathOf,
  checkedSearchAttributes,
  childInput,
  finalFailure,
  findPlanNode,
  nodeInput,
  resolveSearchAttributes,
  type ChildEnded,
  type Failure,
  type OpenChild,
  type Plan,
  type PlanNode,
  type RunState,
  type StartRun,
} from '@skein/domain';

/** A run that is to be started. */
export interface LocalStart {
  readonly plan: Plan;
  readonly command: StartRun;
}

interface Graph {
  readonly plan: Plan;
  readonly workflowVersion: number;
  readonly bodyPath: string;
}

/** The start, why there cannot be one, or undefined where nobody waits for it. */
export function childStart(
  plans: ReadonlyMap<string, Plan>,
  plan: Plan,
  state: RunState,
  { nodeId, attempt, index, childRunId }: OpenChild,
): LocalStart | { readonly failure: Failure } | undefined {
  const node = findPlanNode(plan, nodeId);
  const run = state.nodes.get(nodeId);
  if (node === undefined || run?.attempt !== attempt) return undefined;
  const graph = graphOf(plans, state, node);
  if ('failure' in graph) return graph;
  const input = childInput(node, run, index, nodeInput(state, node, run.scheduledSeq).payload);
  const [violation] = graph.plan.validateInput(input.value);
  if (violation !== undefined) {
    const message = `the input of workflow ${graph.plan.workflowId} breaks its input_schema at \`${violation.pointer}\`: ${violation.message}`;
    return { failure: failureOf('INPUT_SCHEMA_VIOLATION', message, node, 'correct the input of the node') };
  }
  const { runId, namespace, labels, sessionId, traceparent, parent } = state;
  const { workflowVersion, bodyPath } = graph;
  const { workflowId } = graph.plan;
  const facts = { id: childRunId, workflow_id: workflowId, workflow_version: workflowVersion };
  const told = { ...facts, namespace, session_id: sessionId };
  let searchAttributes: StartRun['searchAttributes'];
  try {
    const made = resolveSearchAttributes(graph.plan, input.value, told);
    searchAttributes = checkedSearchAttributes({ ...state.searchAttributes, ...made });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { failure: failureOf('INVALID_FIELD', message, node, 'correct the input of the node') };
  }
  const link = { runId, nodeId, attempt, index, depth: (parent?.depth ?? 0) + 1 };
  const command: StartRun = {
    kind: 'start_run',
    workflowVersion,
    bodyPath,
    input,
    labels,
    searchAttributes,
    sessionId,
    traceparent,
    parent: link,
  };
  return { plan: graph.plan, command };
}

/** What a child run's end is to its parent. */
export function childOutcome({ status, output, failure, runId }: RunState): ChildEnded['outcome'] {
  if (status === 'DONE' && output !== undefined) return { output };
  const { code = 'INTERNAL', message = `child run ${runId} has ended as ${status}`, remedy = '' } = failure ?? {};
  return { failure: { code, message, place: '', remedy, retryable: true } };
}

function graphOf(
  plans: ReadonlyMap<string, Plan>,
  state: RunState,
  node: PlanNode,
): Graph | { readonly failure: Failure } {
  const { work } = node;
  if (work.kind === 'map' || work.kind === 'loop') {
    const { workflowVersion, bodyPath } = state;
    return { plan: work.body, workflowVersion, bodyPath: bodyPathOf(bodyPath, node.id) };
  }
  if (work.kind !== 'subworkflow') throw new RangeError(`${node.id} has no child runs`);
  const { workflowId, version } = work;
  const plan = plans.get(workflowId);
  if (plan !== undefined) return { plan, workflowVersion: version === 0 ? 1 : version, bodyPath: '' };
  const remedy = `give \`workflows: { '${workflowId}': … }\` in the options`;
  return { failure: failureOf('WORKFLOW_NOT_FOUND', `workflow ${workflowId} was not given`, node, remedy) };
}

function failureOf(code: string, message: string, node: PlanNode, remedy: string): Failure {
  return finalFailure(code, message, `nodes.${node.id}`, remedy);
}
