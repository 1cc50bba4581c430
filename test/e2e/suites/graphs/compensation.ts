import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { NodeState } from '@skein/contracts/scheduler';
import type { Worker } from '../../agents/worker.ts';
import { nodeOf, stateOf, Workplace } from '../../harness/workplace.ts';
import type { UsePlatform } from '../every-mode.ts';

const book = (what: string) => ({
  id: what,
  type: 'agent',
  agent_id: 'agency',
  input: { book: what },
  compensate: { type: 'agent', agent_id: 'agency', input: { cancel: what, booking: '${ last.booking }' } },
});
/** Books a flight, then a hotel, then does the last step, which decides how it ends. */
const trip = (id: string, last: object) => ({
  id,
  nodes: [book('flight'), book('hotel'), { id: 'last', ...last }],
  edges: [
    { from: 'flight', to: 'hotel' },
    { from: 'hotel', to: 'last' },
  ],
});
const WAITS = { type: 'wait', duration: '365d' };
const FAILS = { type: 'agent', agent_id: 'agency', input: { book: 'nothing' } };

/** Books, and cancels what it is told to; refuses to book nothing, and to cancel what `stubborn` names. */
function agency(place: Workplace, stubborn = ''): Promise<Worker> {
  return place.worker('agency', (input) => {
    if (input['book'] === 'nothing' || input['cancel'] === stubborn) throw new Error('I will not');
    return { booking: ['b', input['book'] ?? ''] };
  });
}

function requestsOf({ calls }: Worker): unknown[] {
  return calls.map(({ body }) => (body['input'] as { context: { input: unknown } }).context.input);
}

const UNDONE = [
  { cancel: 'hotel', booking: ['b', 'hotel'] },
  { cancel: 'flight', booking: ['b', 'flight'] },
];

/** Undoing what was done. */
export function compensationSuite(use: UsePlatform): void {
  suite('compensation', { concurrency: true }, () => {
    test('a run that fails undoes what it did, the latest first', async () => {
      const place = new Workplace(use(), 'compensation-fail');
      await using worker = await agency(place);
      const run = await place.run(trip('trip', FAILS));
      assert.deepEqual([stateOf(run), run.failedNodeId], ['FAILED', 'last']);
      assert.deepEqual(requestsOf(worker).slice(3), UNDONE);
      assert.equal(nodeOf(run, 'hotel~compensate').state, NodeState.SUCCEEDED);
      const names = (await place.events(run.runId)).map((event) => event.case);
      assert.deepEqual([names.includes('runFailing'), names.at(-1)], [true, 'runFailed']);
    });

    test('a cancelled run does too', async () => {
      const place = new Workplace(use(), 'compensation-cancel');
      const { namespace } = place;
      await using worker = await agency(place);
      await place.apply(trip('trip', WAITS));
      const runId = await place.start('trip');
      await place.until(runId, (run) => stateOf(run) === 'WAITING', 'the trip to be booked');
      const { run } = await place.clients.runs.cancelRun({ namespace, runId, reason: 'rain' });
      assert.equal(run && stateOf(run), 'CANCELLING');
      await place.clients.runs.cancelRun({ namespace, runId });
      const ended = await place.ended(runId);
      assert.equal(stateOf(ended), 'CANCELLED');
      assert.match(ended.failure?.message ?? '', /rain/);
      assert.deepEqual(requestsOf(worker).slice(2), UNDONE);
    });

    test('what cannot be undone is on record, and the rest is undone', async () => {
      const place = new Workplace(use(), 'compensation-stubborn');
      await using worker = await agency(place, 'hotel');
      const run = await place.run(trip('trip', FAILS));
      assert.deepEqual([stateOf(run), run.failedNodeId], ['FAILED', 'last']);
      assert.equal(nodeOf(run, 'hotel~compensate').failure?.code, 'AGENT_ERROR_STATUS');
      assert.equal(nodeOf(run, 'flight~compensate').state, NodeState.SUCCEEDED);
      assert.deepEqual(requestsOf(worker).slice(3), UNDONE);
    });

    test('a workflow may do the undoing, with the output of what it undoes', async () => {
      const place = new Workplace(use(), 'compensation-workflow');
      await place.apply({ id: 'undo', nodes: [{ id: 'undone', type: 'transform', expression: "'not ' + input" }] });
      const nodes = [
        {
          id: 'done',
          type: 'subworkflow',
          workflow_id: 'do',
          compensate: { type: 'subworkflow', workflow_id: 'undo' },
        },
        { id: 'fail', type: 'subworkflow', workflow_id: 'nowhere' },
      ];
      await place.apply({ id: 'do', nodes: [{ id: 'done', type: 'transform', expression: "'done'" }] });
      const run = await place.run({ id: 'both', nodes, edges: [{ from: 'done', to: 'fail' }] });
      assert.deepEqual([stateOf(run), run.failure?.code], ['FAILED', 'WORKFLOW_NOT_FOUND']);
      assert.deepEqual(nodeOf(run, 'done~compensate').output?.kind, { case: 'stringValue', value: 'not done' });
    });

    test('a terminated run undoes nothing', async () => {
      const place = new Workplace(use(), 'compensation-terminate');
      const { namespace, clients } = place;
      await using worker = await agency(place);
      await place.apply(trip('trip', WAITS));
      const runId = await place.start('trip');
      await place.until(runId, (run) => stateOf(run) === 'WAITING', 'the trip to be booked');
      const { run } = await clients.runs.terminateRun({ namespace, runId, reason: 'gone' });
      assert.equal(run && stateOf(run), 'TERMINATED');
      const again = await clients.runs.terminateRun({ namespace, runId });
      assert.equal(again.run?.lastSeq, run?.lastSeq);
      assert.equal(nodeOf(await place.get(runId), 'last').state, NodeState.CANCELLED);
      assert.equal(worker.calls.length, 2);
    });
  });
}
