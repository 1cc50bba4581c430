import { worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

/** A time passes, then an agent works. */
export const patient: Graph = {
  id: 'patient',
  share: 2,
  definition: patientWorkflow(
    'patient',
    [
      { id: 'a-while', type: 'wait', duration: '${ input.duration }' },
      agentNode('work', 'by-grpc', { value: '${ input.value }' }),
    ],
    [['a-while', 'work']],
  ),
  draw(random) {
    const value = drawValue(random);
    const duration = `${random.integer(1000, 2000)}ms`;
    return { input: { value, duration }, endings: [{ state: 'DONE', output: { value: worked(value) } }] };
  },
};
