import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JsonValue } from '@bufbuild/protobuf';
import { valueOfJson } from '@skein/events';
import { nodeOf, outputOf, refused, stateOf, Workplace } from '../../harness/workplace.ts';
import type { UsePlatform } from '../every-mode.ts';

const PAYLOAD_SCHEMA = { type: 'object', required: ['amount'], properties: { amount: { type: 'number' } } };
const paid = { type: 'signal', signal_name: 'paid', payload_schema: PAYLOAD_SCHEMA };
/** Takes two payments, the second one after a person had time to send both early. */
const ORDER = {
  id: 'order',
  nodes: [
    { id: 'ready', type: 'signal', signal_name: 'ready' },
    { id: 'first', ...paid },
    { id: 'second', ...paid },
  ],
  edges: [
    { from: 'ready', to: 'first' },
    { from: 'first', to: 'second' },
  ],
  output: ['${ output.first.amount }', '${ output.second.amount }'],
};

const sender =
  ({ clients, namespace }: Workplace, runId: string) =>
  (signalName: string, payload: JsonValue = null, signalId = '') => {
    const target = { case: 'runId', value: runId } as const;
    return clients.runs.signalRun({ namespace, target, signalName, payload: valueOfJson(payload), signalId });
  };

/** Waiting for a signal. */
export function signalSuite(use: UsePlatform): void {
  suite('signal', { concurrency: true }, () => {
    test('signals that come early are kept in their order, and one id counts once', async () => {
      const place = new Workplace(use(), 'signals-early');
      await place.apply(ORDER);
      const runId = await place.start('order');
      const send = sender(place, runId);
      for (const amount of [1, 2]) {
        await Promise.all([send('paid', { amount }, `p-${amount}`), send('paid', { amount }, `p-${amount}`)]);
      }
      const parked = await place.get(runId);
      assert.equal(stateOf(parked), 'WAITING');
      assert.match(nodeOf(parked, 'ready').waitingFor, /the signal ready: `skein runs signal/);
      assert.equal(nodeOf(parked, 'ready').target, 'ready');
      await send('ready');
      const run = await place.ended(runId);
      assert.deepEqual([stateOf(run), outputOf(run)], ['DONE', [1, 2]]);
      const received = (await place.events(runId)).filter((event) => event.case === 'signalReceived');
      assert.equal(received.length, 3);
      await refused(send('paid', { amount: 3 }), 'RUN_ENDED');
    });

    test('what does not fit is refused, and the run goes on waiting', async () => {
      const place = new Workplace(use(), 'signals-refused');
      await place.apply(ORDER);
      const runId = await place.start('order');
      const send = sender(place, runId);
      await refused(send('paid', { amount: 'much' }), 'INPUT_SCHEMA_VIOLATION');
      await refused(send('payed', { amount: 1 }), 'SIGNAL_NOT_FOUND');
      await refused(send('ready', 'x'.repeat(1_048_577)), 'PAYLOAD_TOO_LARGE');
      await refused(sender(place, '0198f3a0-0000-7000-8000-000000000001')('ready'), 'RUN_NOT_FOUND');
      const { state, lastSeq } = await place.get(runId);
      assert.deepEqual([stateOf({ state } as never), lastSeq], ['WAITING', 3n]);
    });

    test('a signal may start its run, once', async () => {
      const place = new Workplace(use(), 'signals-start');
      await place.apply({ id: 'one', nodes: [{ id: 'first', ...paid }] });
      const { namespace, clients } = place;
      const target = { case: 'workflow', value: { workflowId: 'one' } } as const;
      const start = { case: 'start', value: { namespace, target, requestId: 'order-1' } } as const;
      const payload = valueOfJson({ amount: 5 });
      const request = { namespace, target: start, signalName: 'paid', payload, signalId: 'p-1' } as const;
      const answers = await Promise.all(Array.from({ length: 6 }, () => clients.runs.signalRun(request)));
      assert.equal(new Set(answers.map(({ run }) => run?.runId)).size, 1);
      assert.equal(answers.filter(({ created }) => created).length, 1);
      const run = await place.ended(answers[0]?.run?.runId ?? '');
      assert.deepEqual([stateOf(run), outputOf(run)], ['DONE', { amount: 5 }]);
      const again = await clients.runs.signalRun(request);
      assert.deepEqual([again.created, again.run?.lastSeq], [false, run.lastSeq]);
      const unnamed = { case: 'start', value: { namespace, target } } as const;
      await refused(clients.runs.signalRun({ ...request, target: unnamed }), 'INVALID_FIELD');
    });

    test('a signal that does not come in time fails the node, and its error edge is taken', async () => {
      const place = new Workplace(use(), 'signals-late');
      const nodes = [
        { id: 'first', ...paid, timeout: '300ms' },
        { id: 'remind', type: 'transform' },
      ];
      const run = await place.run({ id: 'late', nodes, edges: [{ from: 'first', to: 'remind', on: 'error' }] });
      assert.equal(stateOf(run), 'DONE');
      assert.partialDeepStrictEqual(outputOf(run), { error: { code: 'TIMEOUT' } });
    });
  });
}
