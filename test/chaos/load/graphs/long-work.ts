import { workedLaps } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

const LAPS = 12;

/** An agent that takes seconds, says now and then how far it has come, fails, falls silent, and goes on from there. */
export const longWork: Graph = {
  id: 'long-work',
  share: 3,
  definition: patientWorkflow(
    'long-work',
    [
      agentNode(
        'climb',
        'by-invoke',
        {
          value: '${ input.value }',
          laps: LAPS,
          ms: '${ input.ms }',
          failures: '${ input.failures }',
          hangs: '${ input.hangs }',
        },
        { timeouts: { heartbeat: '2s' } },
      ),
    ],
    [],
  ),
  draw(random) {
    const value = drawValue(random);
    const input = {
      value,
      ms: random.integer(1000, 4000),
      failures: random.integer(0, 3),
      hangs: random.integer(0, 1),
    };
    return { input, endings: [{ state: 'DONE', output: { response: String(workedLaps(value, LAPS)) } }] };
  },
};
