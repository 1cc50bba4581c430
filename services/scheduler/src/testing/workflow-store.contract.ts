import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WorkflowDefinition } from '@skein/domain';
import type { WorkflowStore } from '../app/workflow-store.ts';

const NO_LIMIT = 100;
const ABOVE_ALL = 2 ** 31 - 1;

function definition(id: string, change: Partial<WorkflowDefinition> = {}): WorkflowDefinition {
  return { id, nodes: [{ id: 'work', type: 'agent', agent_id: 'worker' }], edges: [], ...change };
}

/** The promises of `WorkflowStore`, proved on one adapter. */
export function testWorkflowStoreContract(adapter: string, emptyStore: () => Promise<WorkflowStore>): void {
  describe(`workflow store: ${adapter}`, () => {
    test('a definition is the next version, unless it equals the latest', async () => {
      const store = await emptyStore();
      const apply = async (digest: string) => {
        const { row, created } = await store.apply('default', definition('one'), digest);
        return [row.version, created];
      };
      assert.deepEqual(await apply('sha256:a'), [1, true]);
      assert.deepEqual(await apply('sha256:a'), [1, false]);
      assert.deepEqual(await apply('sha256:b'), [2, true]);
      assert.deepEqual(await apply('sha256:a'), [3, true], 'back to an earlier one is a new version');
    });

    test('every version stays as it was applied', async () => {
      const store = await emptyStore();
      const first = definition('one', { name: 'One', description: 'the first', output: '${ input.ключ }' });
      await store.apply('default', first, 'sha256:a');
      await store.apply('default', definition('one'), 'sha256:b');
      const stored = await store.get('default', 'one', 1);
      assert.deepEqual(stored?.definition, first);
      assert.equal(typeof stored.createdAtMs, 'number');
      const { name, description, nodeCount, digest, version } = stored;
      assert.deepEqual([name, description, nodeCount, digest, version], ['One', 'the first', 1, 'sha256:a', 1]);
      assert.equal((await store.get('default', 'one', 0))?.version, 2, 'zero is the latest');
      assert.equal(await store.get('default', 'one', 3), undefined);
    });

    test('the latest version is the latest that is not deprecated; where all are, the newest', async () => {
      const store = await emptyStore();
      for (const digest of ['a', 'b', 'c']) await store.apply('default', definition('one'), `sha256:${digest}`);
      const mark = (version: number, deprecated = true) =>
        store.deprecate('default', 'one', version, { deprecated, reason: 'old' });
      const latest = async () => {
        const listed = await store.listLatest('default', '', NO_LIMIT);
        return [(await store.get('default', 'one', 0))?.version, listed.map(({ version }) => version)];
      };
      assert.equal(await mark(9), undefined);
      const marked = await mark(3);
      assert.deepEqual([marked?.version, marked?.deprecationReason], [3, 'old']);
      assert.equal(typeof marked?.deprecatedAtMs, 'number');
      assert.equal((await mark(3))?.deprecatedAtMs, marked?.deprecatedAtMs, 'the first time stays');
      assert.deepEqual(await latest(), [2, [2]]);
      assert.equal((await store.get('default', 'one', 3))?.deprecationReason, 'old');
      await mark(2);
      await mark(1);
      assert.deepEqual(await latest(), [3, [3]]);
      const again = await store.apply('default', definition('one'), 'sha256:c');
      assert.deepEqual([again.row.version, again.created], [4, true], 'equal to one that is deprecated');
      const undone = await mark(2, false);
      assert.deepEqual([undone?.deprecatedAtMs, undone?.deprecationReason], [undefined, '']);
    });

    test('nothing is seen from another namespace', async () => {
      const store = await emptyStore();
      await store.apply('default', definition('one'), 'sha256:a');
      assert.equal(await store.get('other', 'one', 0), undefined);
      assert.deepEqual(await store.listLatest('other', '', NO_LIMIT), []);
      assert.deepEqual(await store.listVersions('other', 'one', ABOVE_ALL, NO_LIMIT), []);
      assert.equal((await store.apply('other', definition('one'), 'sha256:a')).row.version, 1);
    });

    test('lists are by id, versions newest first, both by pages', async () => {
      const store = await emptyStore();
      for (const id of ['c', 'a', 'b']) await store.apply('default', definition(id), `sha256:${id}`);
      await store.apply('default', definition('b'), 'sha256:b2');
      const latest = async (after: string, limit: number) => {
        return (await store.listLatest('default', after, limit)).map((row) => `${row.workflowId}${row.version}`);
      };
      assert.deepEqual(await latest('', 2), ['a1', 'b2']);
      assert.deepEqual(await latest('b', 2), ['c1']);
      const versions = async (below: number, limit: number) => {
        return (await store.listVersions('default', 'b', below, limit)).map(({ version }) => version);
      };
      assert.deepEqual(await versions(ABOVE_ALL, NO_LIMIT), [2, 1]);
      assert.deepEqual(await versions(ABOVE_ALL, 1), [2]);
      assert.deepEqual(await versions(2, NO_LIMIT), [1]);
    });

    test('concurrent appliers of different definitions make one version each, of equal ones one', async () => {
      const store = await emptyStore();
      const applied = await Promise.all(
        Array.from({ length: 8 }, (_, index) => store.apply('default', definition('one'), `sha256:${index}`)),
      );
      const versions = applied.map(({ row }) => row.version).toSorted((a, b) => a - b);
      assert.deepEqual(versions, [1, 2, 3, 4, 5, 6, 7, 8]);
      const equal = await Promise.all(
        Array.from({ length: 8 }, () => store.apply('default', definition('two'), 'sha256:same')),
      );
      assert.equal(equal.filter(({ created }) => created).length, 1);
      assert.equal((await store.get('default', 'two', 0))?.version, 1);
    });
  });
}
