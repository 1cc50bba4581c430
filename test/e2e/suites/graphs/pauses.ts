import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { NodeState } from '@skein/contracts/scheduler';
import { nodeOf, refused, stateOf, Workplace } from '../../harness/workplace.ts';
import type { UsePlatform } from '../every-mode.ts';

const STEPS = ['first', 'second', 'third'];
const CHAIN = {
  id: 'chain',
  nodes: STEPS.map((id) => ({ id, type: 'agent', agent_id: 'gate' })),
  edges: [
    { from: 'first', to: 'second' },
    { from: 'second', to: 'third' },
  ],
};

/** Holding runs and nodes back. */
export function pauseSuite(use: UsePlatform): void {
  suite('pause', { concurrency: true }, () => {
    test('what is at work ends, nothing new begins, and the run goes on when it may', async () => {
      const place = new Workplace(use(), 'pauses-run');
      const { namespace, clients } = place;
      const gate = Promise.withResolvers<null>();
      await using worker = await place.worker('gate', () => gate.promise);
      await place.apply(CHAIN);
      const runId = await place.start('chain');
      await place.until(runId, () => worker.calls.length === 1, 'the first agent to be at work');
      const { run } = await clients.runs.pauseRun({ namespace, runId, reason: 'lunch' });
      assert.deepEqual(run && [stateOf(run), run.pauseReason], ['PAUSED', 'lunch']);
      assert.match(run?.waitingFor ?? '', /skein runs resume/);
      gate.resolve(null);
      const held = await place.until(
        runId,
        (it) => nodeOf(it, 'first').state === NodeState.SUCCEEDED,
        'the first agent to have answered',
      );
      assert.deepEqual([stateOf(held), nodeOf(held, 'second').state], ['PAUSED', NodeState.READY]);
      assert.equal(worker.calls.length, 1);
      await clients.runs.resumeRun({ namespace, runId });
      assert.equal(stateOf(await place.ended(runId)), 'DONE');
      assert.deepEqual(worker.nodes, STEPS);
      await refused(clients.runs.pauseRun({ namespace, runId }), 'RUN_ENDED');
    });

    test('one node is held back while the others go on', async () => {
      const place = new Workplace(use(), 'pauses-node');
      const { namespace, clients } = place;
      const gate = Promise.withResolvers<null>();
      await using worker = await place.worker('gate', () => gate.promise);
      await place.apply(CHAIN);
      const runId = await place.start('chain');
      await clients.runs.pauseRun({ namespace, runId, nodeId: 'third' });
      await refused(clients.runs.pauseRun({ namespace, runId, nodeId: 'fourth' }), 'NODE_NOT_FOUND');
      gate.resolve(null);
      const held = await place.until(
        runId,
        (it) => nodeOf(it, 'third').state === NodeState.READY,
        'the second agent to have answered',
      );
      assert.equal(nodeOf(held, 'third').paused, true);
      assert.match(nodeOf(held, 'third').waitingFor, /skein runs resume .* --node third/);
      assert.deepEqual(worker.nodes, ['first', 'second']);
      await clients.runs.resumeRun({ namespace, runId, nodeId: 'third' });
      assert.equal(stateOf(await place.ended(runId)), 'DONE');
    });

    test('the clock goes on in a paused run, and what follows from it is held back', async () => {
      const place = new Workplace(use(), 'pauses-clock');
      const { namespace, clients } = place;
      await using worker = await place.worker('gate', () => null);
      const nodes = [
        { id: 'pause', type: 'wait', duration: '700ms' },
        { id: 'after', type: 'agent', agent_id: 'gate' },
      ];
      await place.apply({ id: 'clocked', nodes, edges: [{ from: 'pause', to: 'after' }] });
      const runId = await place.start('clocked');
      await clients.runs.pauseRun({ namespace, runId });
      const held = await place.until(
        runId,
        (run) => nodeOf(run, 'pause').state === NodeState.SUCCEEDED,
        'the wait to be over',
      );
      assert.deepEqual([stateOf(held), nodeOf(held, 'after').state], ['PAUSED', NodeState.READY]);
      assert.equal(worker.calls.length, 0);
      const { run } = await clients.runs.cancelRun({ namespace, runId });
      assert.equal(run && stateOf(run), 'CANCELLED');
      await refused(clients.runs.resumeRun({ namespace, runId }), 'RUN_ENDED');
    });

    test('child runs are held back with their run', async () => {
      const place = new Workplace(use(), 'pauses-children');
      const { namespace, clients } = place;
      const gate = Promise.withResolvers<null>();
      await using worker = await place.worker('gate', () => gate.promise);
      const body = { nodes: CHAIN.nodes.slice(0, 2), edges: CHAIN.edges.slice(0, 1) };
      const nodes = [{ id: 'each', type: 'map', items: '${ input }', body, concurrency: 1 }];
      await place.apply({ id: 'mapped', nodes });
      const runId = await place.start('mapped', [1, 2]);
      await place.until(runId, () => worker.calls.length === 1, 'the first agent to be at work');
      await clients.runs.pauseRun({ namespace, runId });
      const [child] = await place.list({ parentRunId: runId });
      const childId = child?.runId ?? '';
      await place.until(childId, (run) => stateOf(run) === 'PAUSED', 'the child run to be paused');
      gate.resolve(null);
      await place.until(
        childId,
        (run) => nodeOf(run, 'first').state === NodeState.SUCCEEDED,
        'the first agent to have answered',
      );
      assert.equal(worker.calls.length, 1);
      await clients.runs.resumeRun({ namespace, runId });
      assert.equal(stateOf(await place.ended(runId)), 'DONE');
      assert.deepEqual(worker.nodes, ['first', 'second', 'first', 'second']);
    });
  });
}
