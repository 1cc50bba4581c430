import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NodeTable } from './node-table.ts';
import type { NodeRun, NodeStatus } from './state.ts';

const STATUSES: readonly NodeStatus[] = ['READY', 'RUNNING', 'WAITING', 'SUCCEEDED', 'FAILED', 'SKIPPED', 'CANCELLED'];
const nodeOf = (id: string, status: NodeStatus) => ({ id, status }) as NodeRun;
const isOpen = ({ status }: NodeRun) => status === 'READY' || status === 'RUNNING' || status === 'WAITING';

test('T1 T2 versions are what plain maps would be, however they are copied and changed', () => {
  const change = fc.record({
    version: fc.nat(1000),
    copies: fc.boolean(),
    id: fc.integer({ min: 0, max: 90 }).map((n) => `n${n}`),
    status: fc.constantFrom(...STATUSES),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
      const versions = [{ table: new NodeTable(), plain: new Map<string, NodeRun>() }];
      for (const { version, copies, id, status } of changes) {
        const at = versions[version % versions.length];
        assert.ok(at);
        const next = copies ? { table: NodeTable.of(at.table), plain: new Map(at.plain) } : at;
        if (copies) versions.push(next);
        const node = nodeOf(id, status);
        next.table.set(id, node);
        next.plain.set(id, node);
      }
      for (const { table, plain } of versions) {
        assert.deepEqual([...table], [...plain]);
        assert.deepEqual([...table.keys()], [...plain.keys()]);
        assert.deepEqual([...table.values()], [...plain.values()]);
        assert.equal(table.size, plain.size);
        for (const id of plain.keys()) assert.ok(table.has(id) && table.get(id) === plain.get(id));
        assert.equal(table.get('never'), undefined);
        const open = [...plain.values()].filter(isOpen).map(({ id }) => id);
        assert.deepEqual([...table.open.keys()].toSorted(), open.toSorted());
      }
    }),
  );
});

test('tables are compared by what is in them', () => {
  const [some, others] = [new NodeTable(), new NodeTable()];
  for (let n = 0; n < 40; n += 1) some.set(`n${n}`, nodeOf(`n${n}`, 'SUCCEEDED'));
  for (let n = 0; n < 40; n += 1) others.set(`n${n}`, nodeOf(`n${n}`, 'SUCCEEDED'));
  assert.deepEqual(some.copy(), others);
  others.set('n3', nodeOf('n3', 'FAILED'));
  assert.notDeepEqual(some.copy(), others);
  assert.deepEqual(NodeTable.of([['n3', nodeOf('n3', 'FAILED')]]).get('n3'), others.get('n3'));
});

test('nothing is taken out of a run', () => {
  const table = NodeTable.of([['a', nodeOf('a', 'READY')]]);
  assert.throws(() => table.delete(), TypeError);
  assert.throws(() => table.clear(), TypeError);
  const seen: string[] = [];
  table.forEach((node, id, whole) => seen.push(`${node.id} ${id} ${whole.size}`));
  assert.deepEqual(seen, ['a a 1']);
});
