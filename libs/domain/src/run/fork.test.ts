import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KernelRun } from '../testing/kernel-run.ts';
import type { NodeDefinition } from '../workflow/definition.ts';
import type { ReusableResult } from './command.ts';
import type { NodeRun } from './state.ts';

const GRAPH = {
  nodes: ['first', 'second'].map((id): NodeDefinition => ({
    id,
    type: 'agent',
    agent_id: id,
    retry: { max_attempts: 1 },
  })),
  edges: [{ from: 'first', to: 'second' }],
};

function resultOf({ inputDigest, output, outputSeq }: NodeRun): ReusableResult {
  return { inputDigest, output: output ?? assert.fail(), seq: outputSeq };
}

test('a fork takes over what was done with the same input, and does the rest', () => {
  const source = new KernelRun(GRAPH, { order: 1 });
  source.ends('first', { output: 'paid for' });
  source.ends('second', { code: 'BROKEN' });
  const fork = {
    runId: source.state.runId,
    seq: source.state.seq,
    results: new Map([['first', resultOf(source.node('first'))]]),
  };

  const again = new KernelRun(GRAPH, { order: 1 }, { fork });
  assert.deepEqual(again.nodes, { first: 'SUCCEEDED', second: 'READY' });
  assert.deepEqual(again.state.forkedFrom, { runId: source.state.runId, seq: source.state.seq });
  again.ends('second', { output: 'done' });
  assert.deepEqual(again.end, ['DONE', 'done']);

  const edited = new KernelRun(GRAPH, { order: 2 }, { fork });
  assert.deepEqual(edited.nodes, { first: 'READY' }, 'another input is another question');
});
