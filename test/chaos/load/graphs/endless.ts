import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

const LONG_MS = 3_600_000;

/** Work that only a cancellation ends. */
export const endless: Graph = {
  id: 'endless',
  share: 2,
  endless: true,
  definition: patientWorkflow(
    'endless',
    [
      agentNode('start', 'by-process', { value: '${ input.value }', ms: 20 }),
      agentNode('work', 'by-process', { value: 1, ms: LONG_MS }, { timeouts: { start_to_close: '1h' } }),
      agentNode('talk', 'by-grpc', { value: 2, ms: LONG_MS }, { timeouts: { start_to_close: '1h' } }),
    ],
    [
      ['start', 'work'],
      ['start', 'talk'],
    ],
  ),
  draw: (random) => ({ input: { value: drawValue(random) }, endings: [{ state: 'CANCELLED' }] }),
};
