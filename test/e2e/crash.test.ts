import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJson } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { AgentProtocol } from '@skein/contracts/registry';
import { RunState, type Run } from '@skein/contracts/scheduler';
import type { RunEvent } from '@skein/contracts/event';
import { temporaryDirectory } from '@skein/testkit';
import { startCountingAgent } from './agents/counting.ts';
import { createClients, type Clients } from './harness/clients.ts';
import { startDev } from './harness/platform.ts';

const RUNS = 200;
const CLIENTS = 24;
const CALLS_BEFORE_KILL = 250;
const NODES = ['first', 'second', 'third'];
const WORKFLOW = JSON.stringify({
  id: 'three-steps',
  nodes: NODES.map((id) => ({ id, type: 'agent', agent_id: 'counter', retry: { max_attempts: 5, initial: '100ms' } })),
  edges: [
    { from: 'first', to: 'second' },
    { from: 'second', to: 'third' },
  ],
});

test(
  'kill -9 in the middle of 200 runs loses nothing and does no committed work again',
  { timeout: 120_000 },
  async () => {
    await using directory = await temporaryDirectory('crash');
    await using agent = await startCountingAgent();
    const acknowledged = new Map<number, string>();
    let killedAtMs: number;
    {
      await using platform = await startDev(directory.path);
      const clients = createClients(platform.apiUrl);
      await clients.agents.registerAgent({
        agentId: 'counter',
        protocol: AgentProtocol.HTTP_PROCESS,
        endpoints: [agent.url],
      });
      await clients.workflows.applyWorkflow({ definition: { case: 'source', value: WORKFLOW } });
      const starts = startAll(clients, acknowledged);
      await agent.called(CALLS_BEFORE_KILL);
      platform.process.kill('SIGKILL');
      await platform.process.exited;
      killedAtMs = Date.now();
      await starts;
    }

    await using platform = await startDev(directory.path);
    const clients = createClients(platform.apiUrl);
    const before = new Map(acknowledged);
    assert.notEqual(before.size, 0);
    // Whoever got no answer asks again with the same request id, as a client should.
    await startAll(clients, acknowledged);
    for (const [index, runId] of before) assert.equal(acknowledged.get(index), runId);
    const runs = await Promise.all([...acknowledged].map(([index, runId]) => ended(clients, index, runId)));
    assert.equal(runs.length, RUNS);
    const listed = await clients.runs.listRuns({ workflowId: 'three-steps', pageSize: 1000 });
    assert.equal(listed.runs.length, RUNS);
    let committedBefore = 0;
    for (const run of runs)
      committedBefore += checkHistory(await historyOf(clients, run), killedAtMs, agent.keysByNode);
    assert.ok(
      committedBefore > 0 && committedBefore < RUNS * NODES.length,
      `${committedBefore} nodes were done before`,
    );
  },
);

/** Starts what has no run yet, some at a time. A start without an answer stays without a run. */
async function startAll(clients: Clients, acknowledged: Map<number, string>): Promise<void> {
  const missing = Array.from({ length: RUNS }, (_, index) => index).filter((index) => !acknowledged.has(index));
  const waiting = missing.values();
  const client = async (): Promise<void> => {
    for (const index of waiting) {
      const { run } = await clients.runs.startRun({
        target: { case: 'workflow', value: { workflowId: 'three-steps' } },
        input: { kind: { case: 'structValue', value: { fields: { n: numberValue(index * 100) } } } },
        requestId: `order-${index}`,
      });
      if (run) acknowledged.set(index, run.runId);
    }
  };
  await Promise.allSettled(Array.from({ length: CLIENTS }, client));
}

async function ended(clients: Clients, index: number, runId: string): Promise<Run> {
  const { run } = await clients.runs.awaitRun({ runId, timeout: { seconds: 60n } });
  assert.equal(run?.state, RunState.DONE, `${runId}: ${run?.waitingFor} ${run?.failure?.message}`);
  assert.deepEqual(run.output && toJson(ValueSchema, run.output), { n: index * 100 + 3 });
  return run;
}

/** Every event of a run, its positions without a gap. */
async function historyOf({ events }: Clients, { runId, lastSeq }: Run): Promise<RunEvent[]> {
  const { entries } = await events.listEvents({ runId, pageSize: 1000 });
  const history = entries.flatMap(({ entry }) => (entry.case === 'runEvent' ? [entry.value] : []));
  assert.deepEqual(
    history.map(({ seq }) => Number(seq)),
    Array.from({ length: Number(lastSeq) }, (_, index) => index + 1),
    runId,
  );
  return history;
}

/** Each node succeeded once; one that had before the kill was called once. Answers how many had. */
function checkHistory(
  history: readonly RunEvent[],
  killedAtMs: number,
  keysByNode: ReadonlyMap<string, readonly string[]>,
): number {
  let committedBefore = 0;
  const succeeded: string[] = [];
  for (const { event, runId, occurredAt } of history) {
    if (event.case !== 'nodeSucceeded') continue;
    const { nodeId } = event.value;
    succeeded.push(nodeId);
    const keys = keysByNode.get(`${runId}/${nodeId}`) ?? [];
    const atMs = Number(occurredAt?.seconds) * 1000 + (occurredAt?.nanos ?? 0) / 1e6;
    if (atMs < killedAtMs) {
      committedBefore += 1;
      assert.equal(keys.length, 1, `${runId}/${nodeId} was called again after its success was committed`);
    }
    // At most what was under way at the kill, or on its way to be acknowledged, is asked for once more.
    assert.ok(keys.length === 1 || keys.length === 2, `${runId}/${nodeId}: ${keys.join(' ')}`);
  }
  assert.deepEqual(succeeded, NODES);
  assert.equal(history.at(-1)?.event.case, 'runDone');
  return committedBefore;
}

function numberValue(value: number) {
  return { kind: { case: 'numberValue' as const, value } };
}
