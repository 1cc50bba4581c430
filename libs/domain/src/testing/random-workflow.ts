import fc from 'fast-check';
import type { EdgeDefinition, NodeBase, NodeDefinition, WorkflowDefinition } from '../workflow/definition.ts';

/** How wild the generated workflows are. */
export interface RandomWorkflowOptions {
  /** Only workflows whose end does not depend on the order of results: no join but `all`, no failure that ends the run. */
  readonly confluent: boolean;
}

const CONDITIONS = ['input.x > 1', 'input.x == 2', "last.kind == 'even'", 'default'];
/** Reads a node that need not come before: what it gives depends on who is faster. */
const RACING_CONDITION = 'output.n0.size > 3';

/** Valid acyclic workflows of up to 8 nodes of all types, with conditions, joins, retries, error routes and compensations. */
export function randomWorkflow({ confluent }: RandomWorkflowOptions): fc.Arbitrary<WorkflowDefinition> {
  return fc
    .integer({ min: 1, max: 8 })
    .chain((size) =>
      fc
        .tuple(
          fc.tuple(...Array.from({ length: size }, (_, index) => randomNode(index, confluent))),
          fc.tuple(...Array.from({ length: size }, (_, index) => randomIncoming(index, confluent))),
        )
        .map(([nodes, incoming]) => assemble(nodes, incoming.flat())),
    );
}

function randomNode(index: number, confluent: boolean): fc.Arbitrary<NodeDefinition> {
  const id = `n${index}`;
  const retry = fc.integer({ min: 1, max: 3 }).map((max_attempts) => ({ max_attempts, initial: '10ms' }));
  const onError = confluent ? fc.constantFrom('skip' as const) : fc.constantFrom('fail' as const, 'skip' as const);
  const join = confluent ? fc.constant('all' as const) : fc.constantFrom('all' as const, 'any' as const, 1);
  const when = fc.option(fc.constantFrom('input.x < 3', 'true'), { nil: undefined, freq: 4 });
  const undo = { type: 'agent' as const, agent_id: `undo-${index}`, retry: { max_attempts: 2, initial: '10ms' } };
  const compensate = fc.option(fc.constant(undo), { nil: undefined, freq: 2 });
  const agent = fc
    .record({ retry, on_error: onError, join, when, compensate })
    .map(({ when: condition, compensate: undone, ...settings }) => ({
      id,
      type: 'agent' as const,
      agent_id: `agent-${index}`,
      ...settings,
      ...(undone === undefined ? {} : { compensate: undone }),
      ...(condition === undefined ? {} : { when: condition }),
    }));
  const decision = join.map((value) => ({ id, type: 'decision' as const, join: value }));
  const transform = join.map((value) => ({
    id,
    type: 'transform' as const,
    expression: "{'kind': input.x > 2 ? 'even' : 'odd', 'size': 4}",
    join: value,
  }));
  const children = fc.record({ retry, on_error: onError, join }).chain((settings) => randomChildren(id, settings));
  const waiting = fc.record({ on_error: onError, join }).chain((settings) => randomWaiting(id, settings, confluent));
  return fc.oneof(
    { weight: 4, arbitrary: agent },
    { weight: 2, arbitrary: children },
    { weight: 2, arbitrary: waiting },
    decision,
    transform,
  );
}

/** Takes a while, so that much may happen to it, and ends with what it was given. */
const BODY = { nodes: [{ id: 'only', type: 'wait' as const, duration: '20ms' }], edges: [] };
/** The workflow that subworkflow nodes run. */
export const SUBWORKFLOW_ID = 'other';
/** It. */
export const SUBWORKFLOW: WorkflowDefinition = { id: SUBWORKFLOW_ID, ...BODY };

type CommonSettings = Pick<NodeBase, 'retry' | 'on_error' | 'join'>;

/** Nodes whose work child runs do. */
function randomChildren(id: string, settings: CommonSettings): fc.Arbitrary<NodeDefinition> {
  const policy = fc.constantFrom('fail' as const, 'skip' as const, 'collect' as const);
  return fc.oneof(
    fc
      .record({ size: fc.integer({ min: 0, max: 5 }), concurrency: fc.integer({ min: 1, max: 3 }), policy })
      .map(({ size, concurrency, policy: onItemError }) => ({
        ...settings,
        id,
        type: 'map' as const,
        items: Array.from({ length: size }, (_, item) => item),
        body: BODY,
        concurrency,
        on_item_error: onItemError,
      })),
    fc.integer({ min: 1, max: 4 }).map((max) => ({
      ...settings,
      id,
      type: 'loop' as const,
      body: BODY,
      max_iterations: max,
      until: 'last.size > 3',
    })),
    fc.constant({ ...settings, id, type: 'subworkflow' as const, workflow_id: SUBWORKFLOW_ID }),
  );
}

/** Nodes that wait. */
function randomWaiting(id: string, settings: CommonSettings, confluent: boolean): fc.Arbitrary<NodeDefinition> {
  // A decision tells when it was taken.
  const approval: NodeDefinition = { ...settings, id, type: 'approval', expires_in: '30d' };
  return fc.constantFrom<NodeDefinition[]>(
    { ...settings, id, type: 'wait', duration: '20ms' },
    { ...settings, id, type: 'signal', signal_name: `signal-${id}` },
    ...(confluent ? [] : [approval]),
  );
}

function randomIncoming(index: number, confluent: boolean): fc.Arbitrary<EdgeDefinition[]> {
  if (index === 0) return fc.constant([]);
  const edge = fc.record({
    from: fc.integer({ min: 0, max: index - 1 }),
    condition: fc.option(fc.constantFrom(...CONDITIONS, ...(confluent ? [] : [RACING_CONDITION])), { nil: undefined }),
  });
  return fc.uniqueArray(edge, { minLength: 0, maxLength: 3, selector: ({ from }) => from }).map((edges) =>
    edges.map(({ from, condition }) => ({
      from: `n${from}`,
      to: `n${index}`,
      ...(condition === undefined ? {} : { condition }),
    })),
  );
}

function assemble(nodes: readonly NodeDefinition[], edges: readonly EdgeDefinition[]): WorkflowDefinition {
  const entered = new Set(edges.map(({ to }) => to));
  // A node that nothing leads to has nothing to join.
  const joined = nodes.map((node) => (entered.has(node.id) ? node : { ...node, join: 'all' as const }));
  return { id: 'random', nodes: joined, edges };
}
