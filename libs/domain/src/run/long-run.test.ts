import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KernelRun } from '../testing/kernel-run.ts';
import { decide } from './decide.ts';
import { NodeTable } from './node-table.ts';
import { Payload } from './payload.ts';

const STEPS = 50;
const IDENTITY = { runId: '01890000-0000-7000-8000-0000000000ff', namespace: 'default' };

test('a step costs the same however many there were: none looks through all nodes', (context) => {
  const ids = Array.from({ length: STEPS }, (_, index) => `s${index}`);
  const run = new KernelRun({
    nodes: ids.map((id) => ({ id, type: 'agent', agent_id: 'worker' })),
    edges: ids.slice(1).map((to, index) => ({ from: `s${index}`, to })),
  });
  const last = STEPS - 10;
  for (const id of ids.slice(0, last)) run.ends(id, { output: id });
  const { attempt, dispatch } = run.node(`s${last}`);
  const facts = {
    executorId: 'executor',
    target: 'instance',
    targetVersion: '',
    startedAtMs: run.nowMs,
    latencyMs: 1,
    usage: { inputTokens: 0, outputTokens: 0 },
    streamedBytes: 0,
  };
  const looks = (['entries', 'values', 'keys', 'forEach'] as const).map((name) =>
    context.mock.method(NodeTable.prototype, name),
  );

  const { events, state } = decide(
    run.plan,
    IDENTITY,
    run.state,
    [
      {
        kind: 'task_ended',
        key: { nodeId: `s${last}`, attempt, dispatch },
        outcome: { output: Payload.fromValue('done') },
        facts,
      },
    ],
    { nowMs: run.nowMs, random: 0.5 },
  );

  assert.equal(state.nodes.get(`s${last}`)?.status, 'SUCCEEDED');
  assert.ok(events.some((event) => event.kind === 'node_scheduled' && event.nodeId === `s${last + 1}`));
  assert.deepEqual(
    looks.map((look) => look.mock.callCount()),
    [0, 0, 0, 0],
  );
});
