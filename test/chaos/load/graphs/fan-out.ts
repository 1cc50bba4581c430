import { worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

const BRANCHES = ['b1', 'b2', 'b3', 'b4', 'b5', 'b6'] as const;

/** One agent, six at once, and their sum. */
export const fanOut: Graph = {
  id: 'fan-out',
  share: 4,
  definition: patientWorkflow(
    'fan-out',
    [
      agentNode('split', 'by-process', { value: '${ input.value }' }),
      ...BRANCHES.map((branch, index) =>
        agentNode(branch, index % 2 === 0 ? 'by-process' : 'by-grpc', {
          value: `\${ output.split.value + ${index + 1} }`,
          ms: `\${ input.ms * ${index + 1} }`,
        }),
      ),
      {
        id: 'sum',
        type: 'transform',
        expression: `{'sum': ${BRANCHES.map((branch) => `output.${branch}.value`).join(' + ')}}`,
      },
    ],
    BRANCHES.flatMap((branch) => [['split', branch] as const, [branch, 'sum'] as const]),
  ),
  draw(random) {
    const value = drawValue(random);
    const sum = BRANCHES.reduce((total, _, index) => total + worked(worked(value) + index + 1), 0);
    return { input: { value, ms: random.integer(0, 60) }, endings: [{ state: 'DONE', output: { sum } }] };
  },
};
