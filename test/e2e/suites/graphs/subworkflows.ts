import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { outputOf, stateOf, Workplace } from '../../harness/workplace.ts';
import type { UsePlatform } from '../every-mode.ts';

const NAMESPACE = 'subworkflows';
const GREET = {
  id: 'greet',
  input_schema: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
  nodes: [{ id: 'greeting', type: 'transform', expression: "'hello ' + input.name" }],
};
const caller = (id: string, more: object) => ({
  id,
  nodes: [{ id: 'call', type: 'subworkflow', workflow_id: 'greet', ...more }],
});

/** A workflow in a workflow. */
export function subworkflowSuite(use: UsePlatform): void {
  suite('subworkflow', { concurrency: true }, () => {
    test('a workflow is run by another one, in the version asked for', async () => {
      const place = new Workplace(use(), NAMESPACE);
      await place.apply(GREET);
      const node = { id: 'greeting', type: 'transform', expression: "'good day ' + input.name" };
      assert.equal(await place.apply({ ...GREET, nodes: [node] }), 2);
      const [latest, first] = await Promise.all([
        place.run(caller('latest', {}), { name: 'Ada' }),
        place.run(caller('pinned', { version: 1, output_schema: { type: 'string' } }), { name: 'Ada' }),
      ]);
      assert.deepEqual([outputOf(latest), outputOf(first)], ['good day Ada', 'hello Ada']);
      const [child] = await place.list({ parentRunId: first.runId });
      assert.deepEqual([child?.workflowId, child?.workflowVersion, child?.parent?.nodeId], ['greet', 1, 'call']);
    });

    test('what cannot be called fails the node, and says why', async () => {
      const place = new Workplace(use(), `${NAMESPACE}-failing`);
      await place.apply(GREET);
      const cases = [
        ['missing', { workflow_id: 'nowhere' }, 'WORKFLOW_NOT_FOUND'],
        ['old', { version: 9 }, 'WORKFLOW_NOT_FOUND'],
        ['bad-input', { input: { name: 7 } }, 'INPUT_SCHEMA_VIOLATION'],
        ['bad-output', { output_schema: { type: 'number' } }, 'OUTPUT_SCHEMA_VIOLATION'],
      ] as const;
      await Promise.all(
        cases.map(async ([id, more, code]) => {
          const run = await place.run(caller(id, more), { name: 'Ada' });
          assert.deepEqual([stateOf(run), run.failedNodeId, run.failure?.code], ['FAILED', 'call', code], id);
          assert.notEqual(run.failure?.remedy, '', id);
        }),
      );
    });

    test('a workflow that runs itself for ever is stopped', async () => {
      const place = new Workplace(use(), `${NAMESPACE}-deep`);
      const nodes = [{ id: 'again', type: 'subworkflow', workflow_id: 'mirror' }];
      const run = await place.run({ id: 'mirror', nodes });
      assert.deepEqual([stateOf(run), run.failure?.code], ['FAILED', 'TOO_DEEP']);
      assert.equal((await place.list({ includeChildren: true })).length, 17);
    });
  });
}
