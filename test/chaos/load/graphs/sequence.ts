import { worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

/** Three agents one after the other, by three ways of calling. */
export const sequence: Graph = {
  id: 'sequence',
  share: 5,
  definition: patientWorkflow(
    'sequence',
    [
      agentNode('first', 'by-process', { value: '${ input.value }', ms: '${ input.ms }' }),
      agentNode('second', 'by-grpc', { value: '${ output.first.value }', ms: '${ input.ms }' }),
      agentNode('third', 'by-process', { value: '${ output.second.value }', ms: '${ input.ms }' }),
    ],
    [
      ['first', 'second'],
      ['second', 'third'],
    ],
  ),
  draw(random) {
    const value = drawValue(random);
    const output = { value: worked(worked(worked(value))) };
    return { input: { value, ms: random.integer(0, 150) }, endings: [{ state: 'DONE', output }] };
  },
};
