import { longText, sumOf, worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Ending, type Graph } from '../graph.ts';

/** Most bytes of an output, as JSON. */
const LIMIT_BYTES = 1024 * 1024;
/** What the answer has besides the text, and the next node's script besides its own. */
const MARGIN_BYTES = 100;

/** Outputs near the limit, handed on to another agent; some are over it. */
export const bulky: Graph = {
  id: 'bulky',
  share: 1,
  definition: patientWorkflow(
    'bulky',
    [
      agentNode('write', 'by-process', { value: '${ input.value }', textLength: '${ input.length }' }),
      agentNode('read', 'by-grpc', { value: '${ output.write.value }', text: '${ output.write.text }' }),
    ],
    [['write', 'read']],
  ),
  draw(random) {
    const value = drawValue(random);
    const length = random.pick([100_000, 300_000, LIMIT_BYTES - MARGIN_BYTES, LIMIT_BYTES + 1]);
    const textSum = sumOf(longText(value, length));
    const done: Ending = {
      state: 'DONE',
      output: { value: worked(worked(value)), textLength: length, textSum },
    };
    const tooLarge: Ending = { state: 'FAILED', code: 'PAYLOAD_TOO_LARGE', nodeId: 'write' };
    return { input: { value, length }, endings: [length > LIMIT_BYTES ? tooLarge : done] };
  },
};
