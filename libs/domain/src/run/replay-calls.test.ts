/** Calls of models, rpc services and tools leave events that say enough to decide the run again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ended, flaky, keyTo, recordedRun, started } from '../testing/recorded-run.ts';
import { IDENTITY } from '../testing/run-world.ts';
import { compileWorkflow } from '../workflow/compile-plan.ts';
import type { WorkflowDefinition } from '../workflow/definition.ts';
import type { RunCommand } from './command.ts';
import { replay } from './replay.ts';

const WORKFLOW: WorkflowDefinition = {
  id: 'calls',
  nodes: [
    { id: 'ask', type: 'llm', model: 'm', role: 'classifier', prompt: '${ input.text }' },
    { id: 'check', type: 'rpc', service_id: 'stock', method: 'a.B/Check', retry: { max_attempts: 2, initial: '1s' } },
    { id: 'send', type: 'tool', tool_id: 'mail', delivery: 'at_most_once' },
  ],
  edges: [
    { from: 'ask', to: 'check' },
    { from: 'check', to: 'send' },
  ],
};

const prompt = { digest: Uint8Array.of(1, 2, 3), sizeBytes: 5, turns: 2 };

/** The same report, of a call of a model. */
function asked(command: RunCommand): RunCommand {
  return command.kind === 'task_ended' ? { ...command, facts: { ...command.facts, prompt } } : command;
}

test('a run with calls of every kind replays without a difference', () => {
  const plan = compileWorkflow(WORKFLOW);
  const report = ended('check', { output: { available: 1 } }, { attempt: 2 });
  assert.ok(report.kind === 'task_ended');
  const history = recordedRun(plan, [
    [0, started({ text: 'hello' })],
    [10, asked(ended('ask', { output: 'yes' }))],
    [20, ended('check', flaky('UNAVAILABLE'))],
    [1_500, { kind: 'fire_timers' }],
    [1_510, { kind: 'task_started', key: keyTo('check', 2), facts: report.facts }],
    [1_600, report],
    [1_700, ended('send', flaky('TOOL_UNREACHABLE'))],
  ]);
  assert.deepEqual(
    history.map(({ event }) => event.kind),
    [
      'run_started',
      'node_scheduled',
      'llm_call_started',
      'llm_call_done',
      'node_succeeded',
      'node_scheduled',
      'rpc_call_started',
      'rpc_call_done',
      'node_retry_scheduled',
      'node_scheduled',
      'rpc_call_started',
      'rpc_call_done',
      'node_succeeded',
      'node_scheduled',
      'tool_call_created',
      'tool_call_done',
      'node_failed',
      'run_failed',
    ],
  );
  const failed = history.find(({ event }) => event.kind === 'node_failed')?.event;
  assert.ok(failed?.kind === 'node_failed');
  assert.equal(failed.failure.code, 'OUTCOME_UNKNOWN', 'a connection that broke, and delivery at_most_once');
  assert.deepEqual(replay(plan, IDENTITY, history).divergences, []);
});

test('who answered is on record, also where it is not who was called first or not the node’s agent', () => {
  const plan = compileWorkflow({
    id: 'calls',
    nodes: [
      { id: 'quick', type: 'agent', agent_id: 'one', fallback: ['backup'] },
      { id: 'slow', type: 'agent', agent_id: 'one' },
    ],
    edges: [{ from: 'quick', to: 'slow' }],
  });
  const moved = (command: RunCommand, facts: object): RunCommand =>
    command.kind === 'task_ended' ? { ...command, facts: { ...command.facts, ...facts } } : command;
  const slow = ended('slow', { output: 2 });
  assert.ok(slow.kind === 'task_ended');
  const history = recordedRun(plan, [
    [0, started({})],
    [10, moved(ended('quick', { output: 1 }), { target: 'b-1', targetAgentId: 'backup', instancesTried: 2 })],
    [1_510, { kind: 'task_started', key: keyTo('slow'), facts: { ...slow.facts, target: 'i-1' } }],
    [1_600, moved(slow, { target: 'i-2', instancesTried: 2 })],
  ]);
  const names = history.flatMap(({ event }) => {
    if (event.kind === 'agent_invoke_started') return [`${event.agentId} ${event.instanceId}`];
    return event.kind === 'agent_invoke_done' ? [`done ${event.target?.agentId} ${event.target?.instanceId}`] : [];
  });
  assert.deepEqual(names, ['backup b-1', 'done backup b-1', 'one i-1', 'done one i-2']);
  assert.deepEqual(replay(plan, IDENTITY, history).divergences, []);
});
