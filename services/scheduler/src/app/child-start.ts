import {
  bodyPathOf,
  childInput,
  findPlanNode,
  finalFailure,
  FlowError,
  nodeInput,
  SearchAttributeError,
  type ChildEnded,
  type Failure,
  type JsonValue,
  type OpenChild,
  type Plan,
  type PlanNode,
  type RunState,
} from '@skein/domain';
import { childFork, type ChildForkDependencies } from './child-fork.ts';
import type { LimitLookUp } from './limits/call-limit.ts';
import { flowOfStart } from './limits/flow-of-run.ts';
import type { PlanSource } from './plan-source.ts';
import type { RunCell } from './run-cell.ts';
import type { EngineStart } from './run-errors.ts';
import { startAttributes } from './start-attributes.ts';

/** The start of a child run, why there cannot be one, or undefined where nobody waits for it. */
export async function childStart(
  dependencies: ChildForkDependencies & { readonly book: LimitLookUp },
  cell: RunCell,
  child: OpenChild,
): Promise<EngineStart | { readonly failure: Failure } | undefined> {
  const { state } = cell;
  const node = findPlanNode(cell.plan, child.nodeId);
  const run = state?.nodes.get(child.nodeId);
  if (state === undefined || node === undefined || run?.attempt !== child.attempt) return undefined;
  const graph = await graphOf(dependencies.plans, state, node);
  if ('failure' in graph) return graph;
  const input = childInput(node, run, child.index, attemptInput(cell, state, node, child.attempt));
  const [violation] = graph.plan.validateInput(input.value);
  if (violation !== undefined) {
    const message = `the input of workflow ${graph.plan.workflowId} breaks its input_schema at \`${violation.pointer}\`: ${violation.message}`;
    return { failure: failureOf('INPUT_SCHEMA_VIOLATION', message, node, 'correct the input of the node') };
  }
  const { nodeId, attempt, index, childRunId } = child;
  const { labels, sessionId, traceparent, runId, namespace, parent } = state;
  const searchAttributes = attributesOf(state, child, graph, input.value);
  if (searchAttributes instanceof SearchAttributeError) {
    const { attribute, message } = searchAttributes;
    const place = `search attribute ${attribute} of workflow ${graph.plan.workflowId}`;
    return { failure: failureOf('INVALID_FIELD', `${place}: ${message}`, node, 'correct the input of the node') };
  }
  const link = { runId, nodeId, attempt, index, depth: (parent?.depth ?? 0) + 1 };
  const { version: workflowVersion, definition, bodyPath, plan } = graph;
  const fork = await childFork(dependencies, cell, child, plan);
  const command = { kind: 'start_run' as const, workflowVersion, definition, bodyPath, input, userMessage: undefined };
  const start = { ...command, labels, searchAttributes, sessionId, traceparent, parent: link, fork };
  try {
    const flow = flowOfStart(dependencies.book, plan, namespace, start, {}, state);
    return { runId: childRunId, namespace, plan, key: undefined, command: { ...start, flow } };
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    const message = `${error.place} of workflow ${plan.workflowId} does not work on its input: ${error.message}`;
    return { failure: failureOf('LIMIT_KEY_INVALID', message, node, 'correct the input of the node') };
  }
}

/** Those of the parent, under those that the child's workflow makes of its input. */
function attributesOf(state: RunState, { childRunId }: OpenChild, graph: ChildGraph, input: JsonValue) {
  const { namespace, sessionId, searchAttributes } = state;
  const { plan, version } = graph;
  try {
    return startAttributes({ namespace, runId: childRunId, plan, version, sessionId, input }, searchAttributes, {});
  } catch (error) {
    if (error instanceof SearchAttributeError) return error;
    throw error;
  }
}

/** What a child run's end is to its parent. */
export function childOutcome({ status, output, failure, runId }: RunState): ChildEnded['outcome'] {
  if (status === 'DONE' && output !== undefined) return { output };
  const { code = 'INTERNAL', message = `child run ${runId} has ended as ${status}` } = failure ?? {};
  const remedy = failure?.remedy || `\`skein runs get ${runId}\` shows what happened`;
  return { failure: { code, message, place: '', remedy, retryable: true } };
}

interface ChildGraph {
  readonly plan: Plan;
  readonly version: number;
  readonly definition: RunState['definition'];
  readonly bodyPath: string;
}

async function graphOf(
  plans: PlanSource,
  state: RunState,
  node: PlanNode,
): Promise<ChildGraph | { readonly failure: Failure }> {
  const { work } = node;
  if (work.kind === 'map' || work.kind === 'loop') {
    const { workflowVersion: version, definition } = state;
    return { plan: work.body, version, definition, bodyPath: bodyPathOf(state.bodyPath, node.id) };
  }
  if (work.kind !== 'subworkflow') throw new RangeError(`${node.id} has no child runs`);
  const { workflowId, version } = work;
  const stored = await plans.stored(state.namespace, workflowId, version);
  if (stored !== undefined) return { ...stored, definition: undefined, bodyPath: '' };
  const which = version === 0 ? `workflow ${workflowId}` : `version ${version} of workflow ${workflowId}`;
  const message = `namespace ${state.namespace} has no ${which}`;
  return { failure: failureOf('WORKFLOW_NOT_FOUND', message, node, '`skein workflows apply FILE` adds one') };
}

/** The input of the attempt is made once: a map asks for it with every item. */
function attemptInput(cell: RunCell, state: RunState, node: PlanNode, attempt: number) {
  const known = cell.childInputs.get(node.id);
  if (known?.attempt === attempt) return known.input;
  const input = nodeInput(state, node, state.nodes.get(node.id)?.scheduledSeq ?? 0).payload;
  cell.childInputs.set(node.id, { attempt, input });
  return input;
}

function failureOf(code: string, message: string, node: PlanNode, remedy: string): Failure {
  return finalFailure(code, message, `nodes.${node.id}`, remedy);
}
