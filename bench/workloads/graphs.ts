/** The workflows that are measured. */

const STEPS = { w1: 3, w3: 10 };
const BRANCHES = 20;

/** A definition, as the API takes it. */
export interface Graph {
  readonly id: string;
  readonly nodes: readonly object[];
  readonly edges: readonly object[];
}

/** Nodes one after the other, each asking the same agent. `settings` are the nodes'. */
export function sequence(id: string, steps: number, agentId: string, settings: object = {}): Graph {
  const ids = Array.from({ length: steps }, (_, index) => `step-${index + 1}`);
  return {
    id,
    nodes: ids.map((node) => ({ id: node, type: 'agent', agent_id: agentId, ...settings })),
    edges: ids.slice(1).map((to, index) => ({ from: ids[index], to })),
  };
}

/** Nodes side by side and one that counts what they have answered. */
export function fanOut(id: string, branches: number, agentId: string): Graph {
  const ids = Array.from({ length: branches }, (_, index) => `branch-${index + 1}`);
  return {
    id,
    nodes: [
      ...ids.map((node) => ({ id: node, type: 'agent', agent_id: agentId })),
      { id: 'join', type: 'transform', expression: 'size(output)' },
    ],
    edges: ids.map((from) => ({ from, to: 'join' })),
  };
}

/** A node that runs another once for each of the input's items, a hundred at a time. */
export function mapOver(id: string, node: object): Graph {
  const body = { nodes: [{ id: 'only', ...node }], edges: [] };
  const each = { id: 'each', type: 'map', items: '${ input.items }', concurrency: 100, body };
  return { id, nodes: [each], edges: [] };
}

/** W1: three agents in sequence. */
export const W1 = sequence('bench-w1', STEPS.w1, 'echo');
/** W2: fan-out to twenty agents, and a join. */
export const W2 = fanOut('bench-w2', BRANCHES, 'echo');
/** W3: ten steps of a function that does nothing. */
export const W3 = sequence('bench-w3', STEPS.w3, 'noop');

/** Steps of a run of W3. */
export const W3_STEPS = STEPS.w3;
