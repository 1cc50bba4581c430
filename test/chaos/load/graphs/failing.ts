import { SCRIPTED_FAILURE, worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, TROUBLE_CODES, type Ending, type Graph } from '../graph.ts';

/** An agent that fails for good, beside one that does not. */
export const failing: Graph = {
  id: 'failing',
  share: 2,
  definition: patientWorkflow(
    'failing',
    [
      agentNode('good', 'by-process', { value: '${ input.value }' }),
      agentNode('bad', 'by-grpc', { value: '${ output.good.value }', broken: 'for good' }),
    ],
    [['good', 'bad']],
  ),
  draw: (random) => ({
    input: { value: drawValue(random) },
    endings: [{ state: 'FAILED', code: SCRIPTED_FAILURE, nodeId: 'bad' }],
  }),
};

/** An agent that fails until its retries are used up, and what is done instead. */
export const recovering: Graph = {
  id: 'recovering',
  share: 2,
  definition: patientWorkflow(
    'recovering',
    [
      agentNode(
        'bad',
        'by-process',
        { value: '${ input.value }', broken: 'again' },
        { retry: { max_attempts: 3, initial: '50ms', max: '200ms' } },
      ),
      agentNode('instead', 'by-grpc', { value: '${ input.value + 1 }' }),
    ],
    [['bad', 'instead', { on: 'error' }]],
    { output: { value: '${ output.instead.value }' } },
  ),
  draw(random) {
    const value = drawValue(random);
    return { input: { value }, endings: [{ state: 'DONE', output: { value: worked(value + 1) } }] };
  },
};

/** One agent, called without a workflow: with the platform's own patience, which a long fault may outlast. */
export const direct: Graph = {
  id: 'agent.by-process',
  share: 2,
  definition: undefined,
  agent: 'by-process',
  draw(random) {
    const value = drawValue(random);
    const troubles = TROUBLE_CODES.map((code): Ending => ({ state: 'FAILED', code, nodeId: 'agent' }));
    const done: Ending = { state: 'DONE', output: { value: worked(value) } };
    return { input: { value, ms: random.integer(0, 400) }, endings: [done, ...troubles] };
  },
};
