import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { NodeState, RunState } from '@skein/contracts/scheduler';
import { endless } from '../../agents/worker.ts';
import { nodeOf, outputOf, stateOf, Workplace } from '../../harness/workplace.ts';
import type { UsePlatform } from '../every-mode.ts';

const squares = (more: object) => ({
  id: 'each',
  type: 'map',
  items: '${ input.numbers }',
  body: { nodes: [{ id: 'square', type: 'agent', agent_id: 'squarer', input: { n: '${ item }' } }] },
  ...more,
});

/** One child run for each item. */
export function mapSuite(use: UsePlatform): void {
  suite('map', { concurrency: true }, () => {
    test('outputs come in the order of the items, a few at a time', async () => {
      const place = new Workplace(use(), 'maps-order');
      let atWork = 0;
      let most = 0;
      await using worker = await place.worker('squarer', async ({ n }) => {
        most = Math.max(most, (atWork += 1));
        await new Promise((resolve) => setImmediate(resolve));
        atWork -= 1;
        return Number(n) ** 2;
      });
      const numbers = Array.from({ length: 25 }, (_, index) => index);
      const run = await place.run({ id: 'squares', nodes: [squares({ concurrency: 4 })] }, { numbers });
      assert.equal(stateOf(run), 'DONE', JSON.stringify(run.failure));
      assert.deepEqual(
        outputOf(run),
        numbers.map((n) => n * n),
      );
      assert.equal(worker.calls.length, numbers.length);
      assert.ok(most <= 4, `${most} at a time`);
      const { total, succeeded, failed, openRunIds } = nodeOf(run, 'each').children ?? {};
      assert.deepEqual([total, succeeded, failed, openRunIds], [25, 25, 0, []]);

      const children = await place.list({ parentRunId: run.runId });
      assert.equal(children.length, numbers.length);
      assert.ok(children.every(({ state, parent }) => state === RunState.DONE && parent?.nodeId === 'each'));
      assert.deepEqual(
        (await place.list({})).map(({ runId }) => runId),
        [run.runId],
      );
      assert.equal((await place.list({ includeChildren: true })).length, numbers.length + 1);
    });

    test('the body sees its item and its place, and may hold a map itself', async () => {
      const place = new Workplace(use(), 'maps-nested');
      const inner = {
        id: 'cells',
        type: 'map',
        items: '${ item.row }',
        body: { nodes: [{ id: 'cell', type: 'transform', expression: '[index, item]' }] },
      };
      const outer = {
        id: 'rows',
        type: 'map',
        items: '${ input }',
        body: { nodes: [inner], output: { place: '${ index }', cells: '${ output.cells }' } },
      };
      const run = await place.run({ id: 'table', nodes: [outer] }, [{ row: ['a', 'b'] }, { row: [] }]);
      assert.deepEqual(outputOf(run), [
        {
          place: 0,
          cells: [
            [0, 'a'],
            [1, 'b'],
          ],
        },
        { place: 1, cells: [] },
      ]);
    });

    test('a failed item fails the node, leaves null, or is collected', async () => {
      const place = new Workplace(use(), 'maps-failures');
      await using _worker = await place.worker('squarer', ({ n }) => {
        if (n === 2) throw new Error('not two');
        return Number(n) ** 2;
      });
      const input = { numbers: [1, 2, 3] };
      const outcome = (onItemError: string) =>
        place.run({ id: `on-${onItemError}`, nodes: [squares({ on_item_error: onItemError })] }, input);
      const [failed, skipped, collected] = await Promise.all(['fail', 'skip', 'collect'].map(outcome));
      assert.ok(failed && skipped && collected);
      assert.deepEqual(
        [stateOf(failed), failed.failedNodeId, failed.failure?.code],
        ['FAILED', 'each', 'AGENT_ERROR_STATUS'],
      );
      assert.match(failed.failure?.message ?? '', /^item 1: /);
      assert.deepEqual(outputOf(skipped), [1, null, 9]);
      const [first, second, third] = outputOf(collected) as { ok: boolean; error?: { code: string } }[];
      assert.deepEqual(
        [first, third],
        [
          { ok: true, output: 1 },
          { ok: true, output: 9 },
        ],
      );
      assert.deepEqual([second?.ok, second?.error?.code], [false, 'AGENT_ERROR_STATUS']);
    });

    test('an empty list is done at once, and what is no list is said to be none', async () => {
      const place = new Workplace(use(), 'maps-lists');
      await using worker = await place.worker('squarer', () => null);
      const definition = { id: 'squares', nodes: [squares({})] };
      const empty = await place.run(definition, { numbers: [] });
      assert.deepEqual([stateOf(empty), outputOf(empty)], ['DONE', []]);
      const wrong = await place.run(definition, { numbers: 'many' });
      assert.deepEqual([stateOf(wrong), wrong.failure?.code], ['FAILED', 'EXPRESSION_FAILED']);
      assert.equal(wrong.failure?.place, 'nodes.each.items');
      assert.equal(worker.calls.length, 0);
    });

    test('an attempt of the node begins from the first item again', async () => {
      const place = new Workplace(use(), 'maps-retries');
      let refusals = 1;
      await using worker = await place.worker('squarer', ({ n }) => {
        if (n === 2 && refusals-- > 0) throw new Error('not yet');
        return Number(n) ** 2;
      });
      const retry = { max_attempts: 2, initial: '10ms' };
      const run = await place.run(
        { id: 'squares', nodes: [squares({ retry, concurrency: 1 })] },
        {
          numbers: [1, 2],
        },
      );
      assert.deepEqual([stateOf(run), nodeOf(run, 'each').attempt], ['DONE', 2]);
      assert.equal(worker.calls.length, 4);
      assert.equal((await place.list({ parentRunId: run.runId })).length, 4);
    });

    test('a map that takes too long, or is terminated, leaves no child run open', async () => {
      const place = new Workplace(use(), 'maps-late');
      const { namespace, clients } = place;
      await using worker = await place.worker('squarer', endless);
      const timeouts = { schedule_to_close: '700ms' };
      const late = await place.run({ id: 'late', nodes: [squares({ timeouts })] }, { numbers: [1, 2] });
      assert.deepEqual([stateOf(late), late.failure?.code], ['FAILED', 'TIMEOUT']);
      await place.apply({ id: 'long', nodes: [squares({})] });
      const before = worker.calls.length;
      const runId = await place.start('long', { numbers: [3, 4] });
      await place.until(runId, () => worker.calls.length === before + 2, 'two agents to be at work');
      await clients.runs.terminateRun({ namespace, runId });
      const statesOf = async (parentRunId: string) => {
        const children = await place.list({ parentRunId });
        return Promise.all(children.map(async (child) => stateOf(await place.ended(child.runId))));
      };
      assert.deepEqual(await statesOf(late.runId), ['CANCELLED', 'CANCELLED']);
      assert.deepEqual(await statesOf(runId), ['TERMINATED', 'TERMINATED']);
    });

    test('a cancelled run takes its child runs with it', async () => {
      const place = new Workplace(use(), 'maps-cancel');
      await using worker = await place.worker('squarer', endless);
      await place.apply({ id: 'squares', nodes: [squares({ concurrency: 3 })] });
      const runId = await place.start('squares', { numbers: [1, 2, 3, 4, 5] });
      await place.until(runId, () => worker.calls.length === 3, 'three agents to be at work');
      const open = nodeOf(await place.get(runId), 'each');
      assert.deepEqual([open.state, open.children?.openRunIds.length], [NodeState.WAITING, 3]);
      const { namespace } = place;
      const { run } = await place.clients.runs.cancelRun({ namespace, runId, reason: 'enough' });
      assert.equal(run?.state, RunState.CANCELLED);
      const children = await Promise.all((open.children?.openRunIds ?? []).map((child) => place.ended(child)));
      assert.deepEqual(children.map(stateOf), ['CANCELLED', 'CANCELLED', 'CANCELLED']);
      assert.equal((await place.list({ parentRunId: runId })).length, 3);
      assert.equal(worker.calls.length, 3);
    });
  });
}
