import { worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

/** Work that must not be done twice: it is done, or nobody knows. */
export const careful: Graph = {
  id: 'careful',
  share: 3,
  onceOnly: ['pay', 'ship'],
  definition: patientWorkflow(
    'careful',
    [
      agentNode('prepare', 'by-grpc', { value: '${ input.value }' }),
      agentNode('pay', 'by-process', { value: '${ output.prepare.value }', ms: '${ input.ms }' }, once()),
      agentNode('ship', 'by-grpc', { value: '${ output.pay.value }', ms: '${ input.ms }' }, once()),
      { id: 'unknown', type: 'transform', join: 'any', expression: "{'unknown': error.code}" },
    ],
    [
      ['prepare', 'pay'],
      ['pay', 'ship'],
      ['pay', 'unknown', { on: 'error' }],
      ['ship', 'unknown', { on: 'error' }],
    ],
  ),
  draw(random) {
    const value = drawValue(random);
    return {
      input: { value, ms: random.integer(50, 800) },
      endings: [
        { state: 'DONE', output: { value: worked(worked(worked(value))) } },
        { state: 'DONE', output: { unknown: 'OUTCOME_UNKNOWN' } },
      ],
    };
  },
};

function once() {
  return { delivery: 'at_most_once' } as const;
}
