import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { ancestorsOf, findCycle, type Graph, graphOf, reachableFrom, startsOf, topologicalOrder } from './graph.ts';

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
const id = fc.constantFrom(...ids);
const anyEdges = fc.array(fc.record({ from: id, to: id }), { maxLength: 12 });
/** Edges that only go forward: no circles. */
const forwardEdges = anyEdges.map((edges) => edges.filter(({ from, to }) => from < to));

function leftOver(graph: Graph): ReadonlySet<string> {
  const order = topologicalOrder(graph);
  return new Set(graph.ids.filter((each) => !order.includes(each)));
}

describe('graphs', () => {
  const graph = graphOf(ids, [
    { from: 'b', to: 'd' },
    { from: 'a', to: 'b' },
    { from: 'a', to: 'c' },
    { from: 'c', to: 'd' },
    { from: 'a', to: 'nowhere' },
  ]);
  it('starts', () => assert.deepEqual(startsOf(graph), ['a', 'e', 'f']));
  it('order, that of the document where it is left open', () =>
    assert.deepEqual(topologicalOrder(graph), ['a', 'e', 'f', 'b', 'c', 'd']));
  it('reachable', () => assert.deepEqual([...reachableFrom(graph, ['b'])], ['b', 'd']));
  it('ancestors', () => assert.deepEqual([...ancestorsOf(graph, 'd')].toSorted(), ['a', 'b', 'c', 'd']));
});

test('an order has every node once, after all that lead to it', () => {
  fc.assert(
    fc.property(forwardEdges, fc.shuffledSubarray(ids, { minLength: ids.length }), (edges, shuffled) => {
      const order = topologicalOrder(graphOf(shuffled, edges));
      assert.deepEqual(order.toSorted(), ids);
      for (const { from, to } of edges) assert.ok(order.indexOf(from) < order.indexOf(to));
    }),
  );
});

test('where the order leaves nodes out there is a circle, and it is one', () => {
  fc.assert(
    fc.property(anyEdges, (edges) => {
      const graph = graphOf(ids, edges);
      const left = leftOver(graph);
      const cycle = findCycle(graph, left);
      assert.equal(cycle === undefined, left.size === 0);
      if (cycle === undefined) return;
      assert.equal(cycle[0], cycle.at(-1));
      assert.equal(new Set(cycle).size, cycle.length - 1);
      for (const [i, from] of cycle.slice(0, -1).entries())
        assert.ok(graph.next.get(from)?.includes(cycle[i + 1] ?? ''));
    }),
    { numRuns: 500 },
  );
});
