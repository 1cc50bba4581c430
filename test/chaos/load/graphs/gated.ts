import { worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

/** Who decides. */
export const APPROVER = 'ada';
/** Names of the signal and of the approval's node. */
export const SIGNAL = 'paid';
export const APPROVAL = 'review';

/** A run that waits for a signal, and then for a decision. */
export const gated: Graph = {
  id: 'gated',
  share: 2,
  definition: patientWorkflow(
    'gated',
    [
      agentNode('ask', 'by-process', { value: '${ input.value }', ms: '${ input.ms }' }),
      { id: 'payment', type: 'signal', signal_name: SIGNAL },
      {
        id: APPROVAL,
        type: 'approval',
        prompt: 'ship for ${ output.payment.amount }?',
        approvers: [APPROVER],
        expires_in: '1h',
        on_reject: 'continue',
      },
      agentNode('ship', 'by-grpc', { value: '${ output.ask.value + output.payment.amount }' }),
    ],
    [
      ['ask', 'payment'],
      ['payment', APPROVAL],
      [APPROVAL, 'ship'],
    ],
    { output: { value: '${ output.ship.value }', approved: `\${ output.${APPROVAL}.approved }` } },
  ),
  draw(random) {
    const value = drawValue(random);
    const amount = random.integer(1, 1000);
    const approved = random.next() < 0.8;
    return {
      input: { value, ms: random.integer(0, 800) },
      gate: { amount, approved, signalAfterMs: random.integer(0, 1500), signalTwice: random.next() < 0.5 },
      endings: [{ state: 'DONE', output: { value: worked(worked(value) + amount), approved } }],
    };
  },
};
