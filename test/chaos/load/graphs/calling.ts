import { LINGERING } from '../../agents/child-calls.ts';
import { workedLaps } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph, type WorkflowWithin } from '../graph.ts';

const LONG_MS = 3_600_000;
/** Steps of the workflow that helps. */
const HELPER_STEPS = 3;

/** What the agents start besides, which ends only with them. */
const lingering: WorkflowWithin = {
  id: LINGERING,
  undoes: [],
  definition: patientWorkflow(
    LINGERING,
    [agentNode('linger', 'by-process', { value: 1, ms: LONG_MS }, { timeouts: { start_to_close: '1h' } })],
    [],
  ),
};

/** An agent that starts child runs: some do a part of its work, one is left behind. It may fail once after that. */
export const calling: Graph = {
  id: 'calling',
  share: 4,
  within: [lingering],
  definition: patientWorkflow(
    'calling',
    [
      agentNode('work', 'by-process', {
        value: '${ input.value }',
        helpers: '${ input.helpers }',
        lingering: 1,
        failures: '${ input.failures }',
      }),
      agentNode('after', 'by-grpc', { value: '${ output.work.value }', ms: 300 }),
    ],
    [['work', 'after']],
  ),
  draw(random) {
    const value = drawValue(random);
    const helpers = random.integer(0, 2);
    const output = { value: workedLaps(value, helpers * HELPER_STEPS + 2) };
    return { input: { value, helpers, failures: random.integer(0, 1) }, endings: [{ state: 'DONE', output }] };
  },
};

/** An agent that starts a child run and works on until it is cancelled. */
export const callingEndless: Graph = {
  id: 'calling-endless',
  share: 1,
  endless: true,
  definition: patientWorkflow(
    'calling-endless',
    [
      agentNode(
        'work',
        'by-process',
        { value: '${ input.value }', lingering: 1, hangs: 100 },
        { timeouts: { start_to_close: '1h' } },
      ),
    ],
    [],
  ),
  draw: (random) => ({ input: { value: drawValue(random) }, endings: [{ state: 'CANCELLED' }] }),
};
