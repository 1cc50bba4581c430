import type { ExpressionEnv } from '../expression/expression.ts';
import { NodeNames } from '../expression/node-names.ts';
import { checkGraph, checkSize } from './check-graph.ts';
import { checkAliases, checkReferences } from './check-references.ts';
import { compileEdges } from './compile-edges.ts';
import { compileFlow } from './compile-flow.ts';
import { compileNode } from './compile-node.ts';
import { templateIn } from './compile-part.ts';
import { compileSchemaIn } from './compile-schema-part.ts';
import { compileSearchAttributes } from './compile-search-attributes.ts';
import type { CompileBody } from './compile-child-work.ts';
import { compileCompensations } from './compile-compensation.ts';
import type { WorkflowDefinition } from './definition.ts';
import type { Plan, PlanNode } from './plan.ts';
import { checkDurations } from './policies.ts';
import { InvalidWorkflowError, type Problem } from './problem.ts';
import { ProblemList } from './problem-list.ts';

/**
 * Compiles a definition for running. Raises an {@link InvalidWorkflowError} with every problem found where it has
 * errors; warnings do not count. Costs some microseconds an expression and a millisecond a schema: keep the plan.
 */
export function compileWorkflow(definition: WorkflowDefinition): Plan {
  const { plan, problems } = analyzeWorkflow(definition);
  if (plan === undefined) throw new InvalidWorkflowError(problems);
  return plan;
}

const WAITING_KINDS: ReadonlySet<string> = new Set(['wait', 'signal', 'approval']);

/** Every problem of a definition, errors first; empty: it is fine. */
export function validateWorkflow(definition: WorkflowDefinition): readonly Problem[] {
  return analyzeWorkflow(definition).problems;
}

/** What is to be said about a definition, and its plan where it has no errors. */
export interface WorkflowAnalysis {
  readonly plan: Plan | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Checks a definition by compiling it: what is reported is what would fail, and the two cannot drift apart. Adds
 * to the problems that are known already; no plan where any of them is an error.
 */
export function analyzeWorkflow(definition: WorkflowDefinition, known?: ProblemList): WorkflowAnalysis {
  const ids = definition.nodes.map((node) => node.id);
  const problems = known ?? new ProblemList(ids);
  if (!checkSize(definition, problems)) return { plan: undefined, problems: problems.all() };
  const graph = checkGraph(definition, problems);
  const nodeNames = new NodeNames(ids);
  const env: ExpressionEnv = { nodeNames };
  const edges = compileEdges(definition, env, problems);
  checkDurations(definition.defaults ?? {}, ['defaults'], problems);
  const incoming = Map.groupBy(edges, (edge) => edge.to);
  const outgoing = Map.groupBy(edges, (edge) => edge.from);
  const compileBody: CompileBody = (body, at) => {
    const { defaults = {}, id } = definition;
    const within = problems.seenFrom((path) => [...at, ...path]);
    return analyzeWorkflow({ id, defaults, ...body, edges: body.edges ?? [] }, within).plan;
  };
  const surroundings = { definition, env, incoming, outgoing, graph, problems, compileBody };
  const nodes = new Map<string, PlanNode>();
  for (const [index, node] of definition.nodes.entries()) nodes.set(node.id, compileNode(node, index, surroundings));
  const compensations = compileCompensations(surroundings);
  const output = templateIn(definition.output, ['output'], env, problems);
  const searchAttributes = compileSearchAttributes(definition, env, problems);
  const flow = compileFlow(definition, env, problems);
  const validateInput = compileSchemaIn(definition.input_schema, ['input_schema'], problems);
  checkAliases(nodeNames, ids, problems);
  checkReferences(graph, nodes, edges, problems);
  const all = problems.all();
  if (problems.hasErrors) return { plan: undefined, problems: all };
  const plan: Plan = {
    workflowId: definition.id,
    definition,
    nodes,
    compensations,
    edges,
    hasWaits: [...nodes.values()].some(({ work }) => WAITING_KINDS.has(work.kind)),
    startNodes: graph.starts,
    order: graph.order,
    output,
    searchAttributes,
    flow,
    validateInput,
  };
  return { plan, problems: all };
}
