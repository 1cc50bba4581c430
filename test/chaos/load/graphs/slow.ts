import { worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

/** Agents that take seconds, so that faults fall into their calls. */
export const slow: Graph = {
  id: 'slow',
  share: 3,
  definition: patientWorkflow(
    'slow',
    [
      agentNode('long', 'by-grpc', { value: '${ input.value }', ms: '${ input.ms }' }),
      agentNode('longer', 'by-process', { value: '${ output.long.value }', ms: '${ input.ms * 2.0 }' }),
    ],
    [['long', 'longer']],
  ),
  draw(random) {
    const value = drawValue(random);
    const output = { value: worked(worked(value)) };
    return { input: { value, ms: random.integer(500, 2000) }, endings: [{ state: 'DONE', output }] };
  },
};
