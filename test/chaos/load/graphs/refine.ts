import { worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

const GOOD_ENOUGH = 400_000;
const MOST_ITERATIONS = 6;

/** An agent again and again, each time with its own answer, until that is small enough. */
export const refine: Graph = {
  id: 'refine',
  share: 2,
  definition: patientWorkflow(
    'refine',
    [
      {
        id: 'again',
        type: 'loop',
        max_iterations: MOST_ITERATIONS,
        until: `last.value < ${GOOD_ENOUGH}`,
        body: { nodes: [agentNode('work', 'by-process', { value: '${ input.value }', ms: 50 })], edges: [] },
      },
    ],
    [],
  ),
  draw(random) {
    for (;;) {
      const value = drawValue(random);
      const last = lastValue(value);
      if (last !== undefined) return { input: { value }, endings: [{ state: 'DONE', output: { value: last } }] };
    }
  },
};

/** What comes of a value after at least two iterations; undefined: fewer do, or none of so many. */
function lastValue(value: number): number | undefined {
  let last = worked(value);
  if (last < GOOD_ENOUGH) return undefined;
  for (let iterations = 2; iterations <= MOST_ITERATIONS; iterations += 1) {
    last = worked(last);
    if (last < GOOD_ENOUGH) return last;
  }
  return undefined;
}
