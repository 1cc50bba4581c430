import { worked } from '../../agents/script.ts';
import { drawValue, patientWorkflow, type Graph } from '../graph.ts';
import { sequence } from './sequence.ts';

/** A child run for each item, which has a child run of its own. */
export const nested: Graph = {
  id: 'nested',
  share: 1,
  definition: patientWorkflow(
    'nested',
    [
      {
        id: 'each',
        type: 'map',
        items: '${ input.items }',
        concurrency: 2,
        body: { nodes: [{ id: 'inner', type: 'subworkflow', workflow_id: sequence.id }], edges: [] },
      },
      { id: 'sum', type: 'transform', expression: "{'sum': output.each[0].value + output.each[1].value}" },
    ],
    [['each', 'sum']],
  ),
  draw(random) {
    const items = [0, 1].map(() => ({ value: drawValue(random), ms: random.integer(0, 100) }));
    const sum = items.reduce((total, { value }) => total + worked(worked(worked(value))), 0);
    return { input: { items }, endings: [{ state: 'DONE', output: { sum } }] };
  },
};
