import type { JsonValue } from '@bufbuild/protobuf';
import { SCRIPTED_FAILURE } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, undoneBy, type Graph } from '../graph.ts';

const LONG_MS = 3_600_000;

/** Two agents whose work is undone when the third fails for good. */
export const saga: Graph = {
  id: 'saga',
  share: 2,
  undoes: ['flight', 'hotel'],
  definition: sagaWorkflow('saga', agentNode('pay', 'by-process', { value: 1, ms: 100, broken: 'for good' })),
  draw: (random) => ({
    input: { value: drawValue(random) },
    endings: [{ state: 'FAILED', code: SCRIPTED_FAILURE, nodeId: 'pay' }],
  }),
};

/** As `saga`, with a cancellation instead of the failure. */
export const sagaCancelled: Graph = {
  id: 'saga-cancelled',
  share: 1,
  endless: true,
  undoes: ['flight', 'hotel'],
  definition: sagaWorkflow(
    'saga-cancelled',
    agentNode('pay', 'by-process', { value: 1, ms: LONG_MS }, { timeouts: { start_to_close: '1h' } }),
  ),
  draw: (random) => ({ input: { value: drawValue(random) }, endings: [{ state: 'CANCELLED' }] }),
};

function sagaWorkflow(id: string, last: JsonValue): JsonValue {
  return patientWorkflow(
    id,
    [
      agentNode('flight', 'by-grpc', { value: '${ input.value }' }, undoneBy('by-process')),
      agentNode('hotel', 'by-process', { value: '${ output.flight.value }' }, undoneBy('by-grpc')),
      last,
    ],
    [
      ['flight', 'hotel'],
      ['hotel', 'pay'],
    ],
  );
}
