import { worked, workedWith } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Ending, type Graph } from '../graph.ts';

/** The node whose agent asks. */
export const ASKING = 'ask';

/** An agent that needs numbers from a person before it works, and may fail after that; of two that answer one counts. */
export const asking: Graph = {
  id: 'asking',
  share: 4,
  definition: patientWorkflow(
    'asking',
    [
      agentNode(ASKING, 'by-grpc', {
        value: '${ input.value }',
        asks: '${ input.asks }',
        failures: '${ input.failures }',
        ms: '${ input.ms }',
      }),
      agentNode('after', 'by-process', { value: `\${ output.${ASKING}.value }` }),
    ],
    [[ASKING, 'after']],
  ),
  draw(random) {
    const value = drawValue(random);
    const asks = random.integer(1, 2);
    const answers = Array.from({ length: asks }, () => {
      const first = random.integer(1, 1000);
      return random.next() < 0.5 ? [first] : [first, first + 1];
    });
    const numbers = answers.reduce<readonly number[]>(
      (before, possible) => before.flatMap((number) => possible.map((answer) => workedWith(number, answer))),
      [value],
    );
    const input = { value, asks, failures: random.integer(0, 1), ms: random.integer(0, 200) };
    const endings = numbers.map((number): Ending => ({ state: 'DONE', output: { value: worked(worked(number)) } }));
    return { input, answers: { values: answers, waitsForFault: random.next() < 0.5 }, endings };
  },
};
