import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { MAX_DURATION_MS, parseDurationMs } from './duration.ts';
import { agentDefinition, llmDefinition } from './implicit.ts';
import { compileWorkflow } from './compile-plan.ts';
import { nodeOf, testPlan } from './plan-fixture.ts';

describe('durations', () => {
  const cases: readonly (readonly [text: string, ms: number | undefined])[] = [
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['1.5s', 1_500],
    ['0s', 0],
    ['365d', MAX_DURATION_MS],
    ['366d', undefined],
    ['', undefined],
    ['30', undefined],
    ['s', undefined],
    ['-5s', undefined],
    ['5 s', undefined],
    ['5S', undefined],
    ['1e3s', undefined],
    ['5m5', undefined],
    ['9'.repeat(400) + 's', undefined],
  ];
  for (const [text, ms] of cases)
    it(text === '' ? 'nothing' : text.slice(0, 20), () => assert.equal(parseDurationMs(text), ms));

  test('whole milliseconds come back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_DURATION_MS }), (ms) => assert.equal(parseDurationMs(`${ms}ms`), ms)),
    );
  });
});

describe('policies', () => {
  it('have defaults', () => {
    const agent = nodeOf(testPlan([{ id: 'a', type: 'agent', agent_id: 'x' }]), 'a');
    assert.deepEqual(agent.timeouts, {
      scheduleToStartMs: undefined,
      startToCloseMs: 300_000,
      heartbeatMs: undefined,
      scheduleToCloseMs: undefined,
    });
    assert.deepEqual(agent.retry, {
      maxAttempts: 3,
      initialMs: 1_000,
      multiplier: 2,
      maxMs: 30_000,
      jitter: 0.1,
      nonRetryable: new Set(),
    });
    assert.deepEqual(
      [agent.join, agent.onError, agent.delivery, agent.merge],
      ['all', 'fail', 'at_least_once', 'by_node'],
    );
    assert.equal(nodeOf(testPlan(['d']), 'd').retry.maxAttempts, 1);
  });

  it('take each field from the node, else from the workflow', () => {
    const plan = testPlan(
      [
        {
          id: 'a',
          type: 'agent',
          agent_id: 'x',
          timeouts: { heartbeat: '3s' },
          retry: { max_attempts: 7 },
          delivery: 'at_most_once',
        },
      ],
      [],
      {
        defaults: {
          timeouts: { heartbeat: '9s', start_to_close: '1m' },
          retry: { initial: '0s', non_retryable: ['bad_input'] },
          on_error: 'skip',
          merge: 'objects',
        },
      },
    );
    const node = nodeOf(plan, 'a');
    assert.deepEqual(node.timeouts, {
      scheduleToStartMs: undefined,
      startToCloseMs: 60_000,
      heartbeatMs: 3_000,
      scheduleToCloseMs: undefined,
    });
    assert.deepEqual(
      [node.retry.maxAttempts, node.retry.initialMs, [...node.retry.nonRetryable]],
      [7, 0, ['bad_input']],
    );
    assert.deepEqual([node.onError, node.delivery, node.merge], ['skip', 'at_most_once', 'objects']);
  });

  it('route where an error edge leaves the node', () => {
    const plan = testPlan(['a', 'b'], [{ from: 'a', to: 'b', on: 'error' }], { defaults: { on_error: 'skip' } });
    assert.equal(nodeOf(plan, 'a').onError, 'route');
    assert.equal(nodeOf(plan, 'b').onError, 'skip');
  });
});

describe('direct runs', () => {
  it('of an agent', () => {
    const plan = compileWorkflow(
      agentDefinition('billing-specialist', { version: '^1.2', skill: 'refund', config: { timeout: 30 } }),
    );
    assert.equal(plan.workflowId, 'agent.billing-specialist');
    assert.deepEqual(plan.startNodes, ['agent']);
    assert.deepEqual(nodeOf(plan, 'agent').work, {
      kind: 'agent',
      agentId: 'billing-specialist',
      version: '^1.2',
      skill: 'refund',
      fallback: undefined,
      config: { timeout: 30 },
    });
  });

  it('of a language model, whatever its name has', () => {
    const plan = compileWorkflow(llmDefinition('openai/gpt:5 (mini)', { temperature: 0 }));
    assert.equal(plan.workflowId, 'llm.openai_gpt_5__mini_');
    assert.equal(nodeOf(plan, 'llm').work.kind, 'llm');
  });
});
