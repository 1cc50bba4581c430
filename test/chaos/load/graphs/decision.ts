import { worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

const LIMIT = 500_000;

/** An agent whose answer decides which of two others is asked. */
export const decision: Graph = {
  id: 'decision',
  share: 3,
  definition: patientWorkflow(
    'decision',
    [
      agentNode('classify', 'by-grpc', { value: '${ input.value }' }),
      { id: 'route', type: 'decision' },
      agentNode('large', 'by-process', { value: '${ output.classify.value + 1 }', ms: 20 }),
      agentNode('small', 'by-process', { value: '${ output.classify.value + 2 }', ms: 20 }),
    ],
    [
      ['classify', 'route'],
      ['route', 'large', { condition: `output.classify.value > ${LIMIT}` }],
      ['route', 'small', { condition: 'default' }],
    ],
  ),
  draw(random) {
    const value = drawValue(random);
    const classified = worked(value);
    const output = { value: worked(classified > LIMIT ? classified + 1 : classified + 2) };
    return { input: { value }, endings: [{ state: 'DONE', output }] };
  },
};
