import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileWorkflow } from '../workflow/compile-plan.ts';
import { decide } from './decide.ts';
import { Payload } from './payload.ts';

test('the error edge of a node that has failed after some output carries the error', () => {
  const body = { nodes: [{ id: 'work', type: 'transform' as const }], edges: [] };
  const plan = compileWorkflow({
    id: 'w',
    nodes: [
      { id: 'again', type: 'loop', body, until: 'last.isGood', max_iterations: 1 },
      { id: 'sorry', type: 'transform' },
    ],
    edges: [{ from: 'again', to: 'sorry', on: 'error' }],
  });
  const identity = { runId: '0198f3a0-0000-7000-8000-000000000001', namespace: 'default' };
  const moment = { nowMs: 1000, random: 0.5 };
  const input = Payload.fromValue({});
  const start = { kind: 'start_run', workflowVersion: 1, input, labels: {}, sessionId: '', traceparent: '' } as const;
  const { state } = decide(plan, identity, undefined, [start], moment);
  const childRunId = state.nodes.get('again')?.children?.open.get(0) ?? '';
  const outcome = { output: Payload.fromValue({ isGood: false }) };
  const ended = { kind: 'child_ended', nodeId: 'again', attempt: 1, index: 0, childRunId, outcome } as const;
  const { state: after } = decide(plan, identity, state, [ended], moment);
  assert.equal(after.nodes.get('again')?.output, undefined);
  assert.partialDeepStrictEqual(after.output?.value, { error: { code: 'MAX_ITERATIONS_REACHED' } });
});
