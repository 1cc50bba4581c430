import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { nodeOf, outputOf, stateOf, Workplace } from '../../harness/workplace.ts';
import type { UsePlatform } from '../every-mode.ts';

const NAMESPACE = 'loops';
const DOUBLE = { nodes: [{ id: 'double', type: 'transform', expression: "{'n': input.n * 2.0, 'round': index}" }] };

/** A body again and again. */
export function loopSuite(use: UsePlatform): void {
  suite('loop', { concurrency: true }, () => {
    test('each iteration gets the output of the one before, until it is good enough', async () => {
      const place = new Workplace(use(), NAMESPACE);
      const node = { id: 'grow', type: 'loop', body: DOUBLE, until: 'last.n > 20.0', max_iterations: 10 };
      const run = await place.run({ id: 'until', nodes: [node] }, { n: 3 });
      assert.deepEqual([stateOf(run), outputOf(run)], ['DONE', { n: 24, round: 2 }]);
      assert.equal(nodeOf(run, 'grow').children?.succeeded, 3);
      const children = await place.list({ parentRunId: run.runId });
      assert.deepEqual(children.map(stateOf), ['DONE', 'DONE', 'DONE']);
    });

    test('a loop without a condition is done after so many', async () => {
      const place = new Workplace(use(), NAMESPACE);
      const node = { id: 'grow', type: 'loop', body: DOUBLE, max_iterations: 4 };
      const run = await place.run({ id: 'times', nodes: [node] }, { n: 1 });
      assert.deepEqual(outputOf(run), { n: 16, round: 3 });
    });

    test('a loop that does not get there fails, and its error edge is taken', async () => {
      const place = new Workplace(use(), NAMESPACE);
      const nodes = [
        { id: 'grow', type: 'loop', body: DOUBLE, until: 'last.n > 1000.0', max_iterations: 2 },
        { id: 'sorry', type: 'transform' },
      ];
      const edges = [{ from: 'grow', to: 'sorry', on: 'error' }];
      const run = await place.run({ id: 'in-vain', nodes, edges }, { n: 1 });
      assert.equal(stateOf(run), 'DONE');
      assert.equal((outputOf(run) as { error: { code: string } }).error.code, 'MAX_ITERATIONS_REACHED');
    });

    test('a failed iteration ends the loop', async () => {
      const place = new Workplace(use(), 'loops-failing');
      await using worker = await place.worker('fussy', ({ n }) => {
        if (n === 2) throw new Error('not two');
        return { n: Number(n) + 1 };
      });
      const call = { id: 'add', type: 'agent', agent_id: 'fussy' };
      const nodes = [{ id: 'count', type: 'loop', body: { nodes: [call] }, max_iterations: 5 }];
      const run = await place.run({ id: 'fussy', nodes }, { n: 0 });
      assert.deepEqual([stateOf(run), run.failedNodeId], ['FAILED', 'count']);
      assert.match(run.failure?.message ?? '', /^iteration 2: /);
      assert.equal(worker.calls.length, 3);
    });
  });
}
