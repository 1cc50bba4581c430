import { piecesOf, worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

/** An agent that streams its answer. */
export const streaming: Graph = {
  id: 'streaming',
  share: 3,
  definition: patientWorkflow(
    'streaming',
    [
      agentNode('talk', 'by-grpc', { value: '${ input.value }', pieces: 5, ms: 50 }),
      agentNode('write', 'by-invoke', {
        value: '${ output.talk.value }',
        pieces: '${ input.pieces }',
        ms: '${ input.ms }',
      }),
    ],
    [['talk', 'write']],
  ),
  draw(random) {
    const value = drawValue(random);
    const pieces = random.integer(2, 40);
    const talked = worked(value);
    const response = `${piecesOf({ value: talked, pieces }).join('')}${worked(talked)}`;
    const input = { value, pieces, ms: random.integer(50, 1500) };
    return { input, endings: [{ state: 'DONE', output: { response } }] };
  },
};
