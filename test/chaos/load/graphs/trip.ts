import { SCRIPTED_FAILURE } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, undoneBy, type Graph } from '../graph.ts';

/** Within `trip`: it is done, so that what it did is its parent's to undo. */
const stay = {
  id: 'stay',
  undoes: ['room'],
  definition: patientWorkflow(
    'stay',
    [agentNode('room', 'by-process', { value: '${ input.value }', ms: 100 }, undoneBy('by-grpc'))],
    [],
  ),
};

/** Within `trip`: it fails for good, and undoes what it did itself. */
const tour = {
  id: 'tour',
  undoes: ['guide', 'bus'],
  definition: patientWorkflow(
    'tour',
    [
      agentNode('guide', 'by-grpc', { value: '${ input.value }', ms: 50 }, undoneBy('by-process')),
      agentNode('bus', 'by-process', { value: '${ output.guide.value }', ms: 50 }, undoneBy('by-grpc')),
      agentNode('museum', 'by-process', { value: 1, ms: 100, broken: 'for good' }),
    ],
    [
      ['guide', 'bus'],
      ['bus', 'museum'],
    ],
  ),
};

/** A tree of workflows, each of which undoes its own: one child is done and undone by its parent, one fails, twice. */
export const trip: Graph = {
  id: 'trip',
  share: 2,
  undoes: ['flight', 'stay'],
  within: [stay, tour],
  definition: patientWorkflow(
    'trip',
    [
      agentNode('flight', 'by-grpc', { value: '${ input.value }' }, undoneBy('by-process')),
      {
        id: 'stay',
        type: 'subworkflow',
        workflow_id: stay.id,
        input: { value: '${ output.flight.value }' },
        ...undoneBy('by-process'),
      },
      {
        id: 'tour',
        type: 'subworkflow',
        workflow_id: tour.id,
        input: { value: '${ output.stay.value }' },
        retry: { max_attempts: 2, initial: '100ms' },
      },
    ],
    [
      ['flight', 'stay'],
      ['stay', 'tour'],
    ],
  ),
  draw: (random) => ({
    input: { value: drawValue(random) },
    endings: [{ state: 'FAILED', code: SCRIPTED_FAILURE, nodeId: 'tour' }],
  }),
};
