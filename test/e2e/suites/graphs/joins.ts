import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { NodeState } from '@skein/contracts/scheduler';
import { eventually } from '@skein/testkit';
import { endless } from '../../agents/worker.ts';
import { nodeOf, outputOf, stateOf, Workplace } from '../../harness/workplace.ts';
import type { UsePlatform } from '../every-mode.ts';

/** Going on without all of what was begun. */
export function joinSuite(use: UsePlatform): void {
  suite('joins', { concurrency: true }, () => {
    test('any: the first answer is enough, and the slow agent is told to stop', async () => {
      const place = new Workplace(use(), 'joins-any');
      let hasLeft = false;
      await using _slow = await place.worker('slow', (input, call, left) => {
        left.addEventListener('abort', () => (hasLeft = true));
        return endless(input, call, left);
      });
      const nodes = [
        { id: 'slow', type: 'agent', agent_id: 'slow' },
        { id: 'fast', type: 'wait', duration: '500ms' },
        { id: 'result', type: 'transform', join: 'any' },
      ];
      const edges = ['slow', 'fast'].map((from) => ({ from, to: 'result' }));
      const run = await place.run({ id: 'race', nodes, edges }, { q: 1 });
      assert.deepEqual([stateOf(run), outputOf(run)], ['DONE', { q: 1 }]);
      const { state, failure } = nodeOf(run, 'slow');
      assert.deepEqual([state, failure?.message], [NodeState.CANCELLED, 'result went on without it']);
      await eventually(() => hasLeft, { describe: 'the slow agent to be left' });
    });

    test('N: so many are enough, and child runs of the others are cancelled', async () => {
      const place = new Workplace(use(), 'joins-n');
      await using _slow = await place.worker('slow', endless);
      const body = { nodes: [{ id: 'work', type: 'agent', agent_id: 'slow', input: {} }] };
      const nodes = [
        { id: 'a', type: 'wait', duration: '300ms' },
        { id: 'b', type: 'transform', expression: "'b'" },
        { id: 'c', type: 'map', items: '${ [1, 2] }', body },
        { id: 'quorum', type: 'transform', join: 2, expression: "'enough'" },
      ];
      const edges = ['a', 'b', 'c'].map((from) => ({ from, to: 'quorum' }));
      const run = await place.run({ id: 'votes', nodes, edges });
      assert.deepEqual([stateOf(run), outputOf(run)], ['DONE', 'enough']);
      assert.equal(nodeOf(run, 'c').state, NodeState.CANCELLED);
      const children = await place.list({ parentRunId: run.runId });
      const ended = await Promise.all(children.map(({ runId }) => place.ended(runId)));
      assert.deepEqual(ended.map(stateOf), ['CANCELLED', 'CANCELLED']);
    });
  });
}
