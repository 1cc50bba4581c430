import { worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

/** Most of its runs at a time, in all and for one customer. */
const IN_ALL = 3;
const FOR_ONE = 1;
const CUSTOMERS = ['ada', 'ben', 'cyd', 'dov', 'eve'];

/** Runs that wait until few enough others are under way: of the workflow, and of their customer. */
export const queued: Graph = {
  id: 'queued',
  share: 4,
  limits: [
    { most: IN_ALL, keyOf: () => 'workflow/queued' },
    { most: FOR_ONE, keyOf: (input) => `workflow/queued/${customerOf(input)}` },
  ],
  definition: patientWorkflow(
    'queued',
    [
      agentNode('pack', 'by-process', { value: '${ input.value }', ms: '${ input.ms }' }),
      agentNode('send', 'by-grpc', { value: '${ output.pack.value }', ms: '${ input.ms }' }),
    ],
    [['pack', 'send']],
    { concurrency: [{ limit: IN_ALL }, { limit: FOR_ONE, key: '${ input.customer }' }] },
  ),
  draw(random) {
    const value = drawValue(random);
    const input = { value, ms: random.integer(20, 300), customer: random.pick(CUSTOMERS) };
    return { input, endings: [{ state: 'DONE', output: { value: worked(worked(value)) } }] };
  },
};

function customerOf(input: unknown): string {
  return (input as { readonly customer: string }).customer;
}
