import { worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

/** A model is asked, between two agents. */
export const model: Graph = {
  id: 'model',
  share: 2,
  definition: patientWorkflow(
    'model',
    [
      agentNode('before', 'by-process', { value: '${ input.value }' }),
      {
        id: 'ask',
        type: 'llm',
        model: 'builtin/echo',
        prompt: 'the answer is ${ output.before.value }, I say ${ input.words }',
      },
      agentNode('after', 'by-grpc', { value: '${ output.before.value }' }),
    ],
    [
      ['before', 'ask'],
      ['ask', 'after'],
    ],
    { output: { said: '${ output.ask }', value: '${ output.after.value }' } },
  ),
  draw(random) {
    const value = drawValue(random);
    const words = 'again and '.repeat(random.integer(1, 20)).trim();
    const said = `the answer is ${worked(value)}, I say ${words}`;
    return { input: { value, words }, endings: [{ state: 'DONE', output: { said, value: worked(worked(value)) } }] };
  },
};
