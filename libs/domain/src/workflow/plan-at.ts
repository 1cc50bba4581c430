import type { Plan } from './plan.ts';

/** The place of the graph within a node, for a run of the graph that the node is in. */
export function bodyPathOf(outer: string, nodeId: string): string {
  return outer === '' ? nodeId : `${outer}/${nodeId}`;
}

/**
 * The graph at a place within a workflow: the ids of the nodes it is in with `/` between, empty for the workflow itself.
 * @throws RangeError where there is none.
 */
export function planAt(plan: Plan, bodyPath: string): Plan {
  let found = plan;
  for (const nodeId of bodyPath === '' ? [] : bodyPath.split('/')) {
    const work = found.nodes.get(nodeId)?.work;
    if (work?.kind !== 'map' && work?.kind !== 'loop') {
      throw new RangeError(`workflow ${plan.workflowId} has no graph at ${bodyPath}`);
    }
    found = work.body;
  }
  return found;
}
