/** What ended after a node became ready is in the input of none of its attempts, however often it is computed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPlan } from '../workflow/plan-fixture.ts';
import type { CallFacts, RunCommand } from './command.ts';
import { decide } from './decide.ts';
import { nodeInput } from './node-input.ts';
import { Payload } from './payload.ts';
import type { RunState } from './state.ts';

const FACTS: CallFacts = {
  executorId: 'e',
  target: 'i',
  targetVersion: '',
  startedAtMs: 1,
  latencyMs: 1,
  usage: { inputTokens: 0, outputTokens: 0 },
  streamedBytes: 0,
};

test('a retry is given what the first attempt was given, though another way has led to the node since', () => {
  const agent = (id: string) => ({ id, type: 'agent' as const, agent_id: id, retry: { jitter: 0 } });
  const plan = testPlan(
    [agent('first'), agent('second'), { ...agent('both'), join: 'any' as const }],
    [
      { from: 'first', to: 'both' },
      { from: 'second', to: 'both' },
    ],
  );
  let state: RunState | undefined;
  let nowMs = 0;
  const apply = (...commands: RunCommand[]) => {
    const decision = decide(plan, { runId: 'r', namespace: 'n' }, state, commands, { nowMs, random: 0 });
    ({ state } = decision);
    return decision;
  };
  const ended = (nodeId: string, attempt: number, output: string | undefined): RunCommand => ({
    kind: 'task_ended',
    key: { nodeId, attempt, dispatch: 1 },
    facts: FACTS,
    outcome:
      output === undefined
        ? { failure: { code: 'FLAKY', message: '', place: '', remedy: '', retryable: true } }
        : { output: Payload.fromValue(output) },
  });
  const start = { workflowVersion: 1, input: Payload.fromValue(null), labels: {}, sessionId: '', traceparent: '' };
  apply({ kind: 'start_run', ...start });
  const first = apply(ended('first', 1, 'one')).inputs.get('both');
  apply(ended('both', 1, undefined), ended('second', 1, 'two'));
  nowMs = 1_000_000;
  const retried = apply({ kind: 'fire_timers' }).inputs.get('both');
  assert.deepEqual([first?.value, retried?.value], ['one', 'one']);
  const node = plan.nodes.get('both');
  const run = state?.nodes.get('both');
  assert.ok(state && node && run);
  assert.equal(run.attempt, 2);
  assert.equal(nodeInput(state, node, run.inputSeq).payload.value, 'one', 'also for whoever takes the run over');
});
