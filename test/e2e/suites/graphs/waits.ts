import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { NodeState } from '@skein/contracts/scheduler';
import { nodeOf, outputOf, stateOf, Workplace } from '../../harness/workplace.ts';
import type { UsePlatform } from '../every-mode.ts';

const NAMESPACE = 'waits';
const waiting = (id: string, more: object) => ({
  id,
  nodes: [
    { id: 'pause', type: 'wait', ...more },
    { id: 'after', type: 'transform' },
  ],
  edges: [{ from: 'pause', to: 'after' }],
});

/** Waiting for a time. */
export function waitSuite(use: UsePlatform): void {
  suite('wait', { concurrency: true }, () => {
    test('a run waits for its time and hands its input on', async () => {
      const place = new Workplace(use(), NAMESPACE);
      await place.apply(waiting('short', { duration: '${ input.seconds }' }));
      const runId = await place.start('short', { seconds: 1.5 });
      const parked = await place.until(runId, (run) => stateOf(run) === 'WAITING', 'the run to wait');
      const { state, dueAt, waitingFor } = nodeOf(parked, 'pause');
      assert.equal(state, NodeState.WAITING);
      assert.ok(dueAt && waitingFor.startsWith('20'), waitingFor);
      const run = await place.ended(runId);
      assert.deepEqual([stateOf(run), outputOf(run)], ['DONE', { seconds: 1.5 }]);
      assert.ok(Number(run.endedAt?.seconds) >= Number(dueAt.seconds));
    });

    test('a time that has passed is not waited for', async () => {
      const place = new Workplace(use(), NAMESPACE);
      const run = await place.run(waiting('past', { until: '${ input.at }' }), { at: '2020-01-31T09:00:00Z' });
      assert.equal(stateOf(run), 'DONE');
      const events = await place.events(run.runId);
      assert.ok(events.every((event) => event.case !== 'waitStarted'));
    });

    test('what is no time fails the node', async () => {
      const place = new Workplace(use(), NAMESPACE);
      const run = await place.run(waiting('nonsense', { duration: '${ input.span }' }), { span: 'a while' });
      assert.deepEqual([stateOf(run), run.failure?.code], ['FAILED', 'EXPRESSION_FAILED']);
      assert.equal(run.failure?.place, 'nodes.pause.duration');
    });

    test('a waiting run is cancelled at once', async () => {
      const place = new Workplace(use(), NAMESPACE);
      await place.apply(waiting('long', { duration: '365d' }));
      const runId = await place.start('long');
      const { run } = await place.clients.runs.cancelRun({ namespace: NAMESPACE, runId });
      assert.equal(run && stateOf(run), 'CANCELLED');
    });
  });
}
