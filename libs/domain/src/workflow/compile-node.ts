import type { ExpressionEnv } from '../expression/expression.ts';
import { mergeReferences, type References } from '../expression/references.ts';
import type { CheckedGraph } from './check-graph.ts';
import type { CompileBody } from './compile-child-work.ts';
import { waysOf } from './compile-edges.ts';
import { conditionIn, templateIn } from './compile-part.ts';
import { compileWork } from './compile-work.ts';
import type { NodeDefinition, OnError, WorkflowDefinition } from './definition.ts';
import type { PlanEdge, PlanNode } from './plan.ts';
import { checkDurations, retryPolicy, timeoutPolicy } from './policies.ts';
import type { DocumentPath, ProblemList } from './problem-list.ts';

/** What compiling a node needs of the workflow around it. */
export interface NodeSurroundings {
  readonly definition: WorkflowDefinition;
  readonly env: ExpressionEnv;
  /** Edges by the node they lead to, and by the node they leave. */
  readonly incoming: ReadonlyMap<string, readonly PlanEdge[]>;
  readonly outgoing: ReadonlyMap<string, readonly PlanEdge[]>;
  readonly graph: CheckedGraph;
  readonly problems: ProblemList;
  readonly compileBody: CompileBody;
}

/** Compiles one node; what is wrong with it becomes a problem. */
export function compileNode(node: NodeDefinition, index: number, around: NodeSurroundings): PlanNode {
  const { definition, env, problems } = around;
  const at: DocumentPath = ['nodes', index];
  const defaults = definition.defaults ?? {};
  const incoming = around.incoming.get(node.id) ?? [];
  const outgoing = around.outgoing.get(node.id) ?? [];
  const input = templateIn(node.input, [...at, 'input'], env, problems);
  const when = conditionIn(node.when, [...at, 'when'], env, problems);
  const { work, references } = compileWork(node, at, env, problems, around.compileBody);
  checkDurations(node, at, problems);
  checkJoin(node, at, incoming.length, problems);
  const routes = outgoing.some((edge) => edge.on === 'error');
  const onError = node.on_error ?? (routes ? 'route' : (defaults.on_error ?? 'fail'));
  checkRoute(onError, routes, at, problems);
  const reads = [input?.references, when?.references, ...references].filter(
    (each): each is References => each !== undefined,
  );
  return {
    id: node.id,
    index,
    work,
    input,
    when,
    join: node.join ?? 'all',
    ways: {
      success: waysOf(node, 'success', outgoing, definition, problems),
      error: waysOf(node, 'error', outgoing, definition, problems),
    },
    onError,
    delivery: node.delivery ?? defaults.delivery ?? 'at_least_once',
    merge: node.merge ?? defaults.merge ?? 'by_node',
    timeouts: timeoutPolicy(node, defaults),
    retry: retryPolicy(node, defaults),
    incoming,
    outgoing,
    predecessors: around.graph.previous.get(node.id) ?? [],
    needs: mergeReferences(reads).nodes,
  };
}

function checkJoin(node: NodeDefinition, at: DocumentPath, incoming: number, problems: ProblemList): void {
  if (typeof node.join !== 'number' || node.join <= incoming) return;
  problems.add({
    at: [...at, 'join'],
    code: 'JOIN_TOO_LARGE',
    message: `the node waits for ${node.join} incoming edges but has ${incoming}`,
    mend: 'lower the number, or write all or any',
  });
}

function checkRoute(onError: OnError, routes: boolean, at: DocumentPath, problems: ProblemList): void {
  if (onError === 'route' && !routes) {
    const message = 'on_error is route, but no edge with `on: error` leaves the node';
    problems.add({
      at: [...at, 'on_error'],
      code: 'ROUTE_WITHOUT_EDGE',
      message,
      mend: 'add such an edge, or write fail or skip',
    });
  }
  if (onError !== 'route' && routes) {
    const message = `the node has an edge with \`on: error\`, but on_error is ${onError}`;
    const mend = 'write route, or remove the edge';
    problems.add({ at: [...at, 'on_error'], code: 'DEAD_EDGE', severity: 'warning', message, mend });
  }
}
