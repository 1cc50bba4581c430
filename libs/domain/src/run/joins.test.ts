import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KernelRun } from '../testing/kernel-run.ts';
import type { EdgeDefinition, Join, NodeDefinition } from '../workflow/definition.ts';

const agent = (id: string, settings: Partial<NodeDefinition> = {}) =>
  ({ id, type: 'agent', agent_id: id, ...settings }) as NodeDefinition;

/** Three agents race; `pick` waits for some of them. */
function race(join: Join, more: { nodes?: NodeDefinition[]; edges?: EdgeDefinition[] } = {}): KernelRun {
  const racers = ['a', 'b', 'c'];
  return new KernelRun({
    nodes: [...racers.map((id) => agent(id)), agent('pick', { join }), ...(more.nodes ?? [])],
    edges: [...racers.map((from) => ({ from, to: 'pick' })), ...(more.edges ?? [])],
  });
}

describe('joins', () => {
  it('any: goes on with the first, and cancels the others', () => {
    const run = race('any');
    const events = run.ends('b', { output: 'B' });
    assert.deepEqual(events.slice(-3), ['node_cancelled', 'node_cancelled', 'node_scheduled']);
    assert.deepEqual(run.nodes, { a: 'CANCELLED', b: 'SUCCEEDED', c: 'CANCELLED', pick: 'READY' });
    assert.deepEqual(run.ends('a', { output: 'late' }), [], 'what comes late changes nothing');
    run.ends('pick', { output: 'done' });
    assert.deepEqual(run.end, ['DONE', 'done']);
  });

  it('N: goes on with the first N', () => {
    const run = race(2);
    run.ends('b', { output: 'B' });
    assert.equal(run.nodes['pick'], undefined);
    run.ends('a', { output: 'A' });
    assert.deepEqual([run.nodes['c'], run.nodes['pick']], ['CANCELLED', 'READY']);
  });

  it('all: waits for all', () => {
    const run = race('all');
    for (const id of ['a', 'b']) run.ends(id, { output: id });
    assert.equal(run.nodes['pick'], undefined);
    run.ends('c', { output: 'c' });
    assert.equal(run.nodes['pick'], 'READY');
  });

  it('lets a loser go on that somebody else waits for', () => {
    const run = race('any', { nodes: [agent('also')], edges: [{ from: 'a', to: 'also' }] });
    run.ends('b', { output: 'B' });
    assert.deepEqual([run.nodes['a'], run.nodes['c']], ['READY', 'CANCELLED']);
    run.ends('a', { output: 'A' });
    assert.equal(run.nodes['also'], 'READY');
  });

  it('cancels what works for a loser’s sake, and skips what would have', () => {
    const run = new KernelRun({
      nodes: [agent('fast'), agent('slow'), agent('after'), agent('pick', { join: 'any' })],
      edges: [
        { from: 'fast', to: 'pick' },
        { from: 'slow', to: 'after' },
        { from: 'after', to: 'pick' },
      ],
    });
    run.ends('fast', { output: 1 });
    assert.deepEqual(run.nodes, { fast: 'SUCCEEDED', slow: 'CANCELLED', after: 'SKIPPED', pick: 'READY' });
  });
});
