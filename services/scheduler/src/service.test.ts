import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { EventBatchSchema, TransitionSchema } from '@skein/contracts/event';
import type { StartRunRequestSchema } from '@skein/contracts/scheduler';
import { NodeState, RunState, type Task } from '@skein/contracts/scheduler';
import { eventName, jsonOfValue, valueOfJson } from '@skein/events';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { failed, FakeExecutor, succeeded } from './testing/fake-executor.ts';
import { schedulerRig, UNKNOWN_AGENT, type SchedulerRig } from './testing/scheduler-rig.ts';

const SUPPORT = `
id: support
nodes:
  - { id: classify, type: agent, config: { agent_id: classifier } }
  - { id: route, type: decision }
  - { id: billing, type: agent, config: { agent_id: billing-specialist } }
  - { id: tech, type: agent, config: { agent_id: tech-support } }
edges:
  - { from: classify, to: route }
  - { from: route, to: billing, condition: "output.classify.category == 'billing'" }
  - { from: route, to: tech, condition: "output.classify.category == 'technical'" }
`;

const oneAgent = (settings = '') => `
id: one
nodes: [{ id: work, type: agent, agent_id: worker${settings} }]
edges: []
`;

const wait = { seconds: 10n };
const json = (bytes: Uint8Array | undefined): unknown => JSON.parse(Buffer.from(bytes ?? []).toString());
const input = (task: Task): unknown => json(task.input?.json);

async function apply(rig: SchedulerRig, source: string): Promise<void> {
  await rig.workflows.applyWorkflow({ definition: { case: 'source', value: source } });
}

const start = (rig: SchedulerRig, workflowId: string, extra: MessageInitShape<typeof StartRunRequestSchema> = {}) =>
  rig.runs.startRun({
    target: { case: 'workflow', value: { workflowId } },
    waitTimeout: wait,
    ...extra,
  } as typeof extra);

const until = (predicate: () => boolean | Promise<boolean>) =>
  eventually(predicate, { describe: predicate.toString() });

const reason = (expected: string) => (error: unknown) => describeError(error).reason === expected;

test('a run goes along the edges that hold, and skips the others', async () => {
  await using rig = await schedulerRig();
  await apply(rig, SUPPORT);
  await using executor = new FakeExecutor(rig.tasks, (task) =>
    task.ref?.nodeId === 'classify' ? succeeded({ category: input(task) }) : succeeded(`done by ${task.ref?.nodeId}`),
  );
  const billing = await start(rig, 'support', { input: valueOfJson('billing') });
  assert.equal(billing.run?.state, RunState.DONE);
  assert.equal(jsonOfValue(billing.run?.output), 'done by billing');
  assert.deepEqual(
    billing.run?.nodes.map((node) => node.state),
    [NodeState.SUCCEEDED, NodeState.SUCCEEDED, NodeState.SUCCEEDED, NodeState.SKIPPED],
  );
  const neither = await start(rig, 'support', { input: valueOfJson('other') });
  assert.equal(neither.run?.state, RunState.DONE);
  assert.deepEqual(jsonOfValue(neither.run?.output), { category: 'other' });
  assert.equal(executor.tasks.length, 3);
});

test('R5 events reach the bus, gap-free, and the outbox empties when they are confirmed', async () => {
  await using rig = await schedulerRig();
  await apply(rig, oneAgent());
  const names: string[] = [];
  const seqs: number[] = [];
  await using _tail = await rig.bus.tailEventBatches(({ body }) => {
    for (const { firstSeq, body: transition } of fromBinary(EventBatchSchema, body).transitions) {
      const { events } = fromBinary(TransitionSchema, transition);
      names.push(...events.map(eventName));
      seqs.push(...events.map((_, index) => Number(firstSeq) + index));
    }
  });
  await using _executor = new FakeExecutor(rig.tasks, () => succeeded(1));
  await start(rig, 'one');
  await until(() => names.includes('run_done'));
  assert.deepEqual(names, [
    'run_started',
    'node_scheduled',
    'agent_invoke_started',
    'agent_invoke_done',
    'node_succeeded',
    'run_done',
  ]);
  assert.deepEqual(seqs, [1, 2, 3, 4, 5, 6]);
});

test('a retryable failure is tried again, a final one fails the run', async () => {
  await using rig = await schedulerRig();
  await apply(rig, oneAgent(', retry: { max_attempts: 3, initial: 1ms }'));
  let attempts = 0;
  await using executor = new FakeExecutor(rig.tasks, (task) => {
    attempts += 1;
    if (input(task) === 'final') return failed('BAD_TICKET', false);
    return attempts < 3 ? failed('FLAKY', true) : succeeded('third time lucky');
  });
  const lucky = await start(rig, 'one', { input: valueOfJson('flaky') });
  assert.equal(jsonOfValue(lucky.run?.output), 'third time lucky');
  assert.deepEqual(
    executor.tasks.map((task) => [task.ref?.attempt, task.idempotencyKey.split('/').at(-1)]),
    [
      [1, '1'],
      [2, '2'],
      [3, '3'],
    ],
  );
  const final = await start(rig, 'one', { input: valueOfJson('final') });
  assert.equal(final.run?.state, RunState.FAILED);
  assert.equal(final.run?.failure?.code, 'BAD_TICKET');
  assert.equal(final.run?.failedNodeId, 'work');
  assert.equal(attempts, 4);
});

test('a failure may say anything at all', async () => {
  await using rig = await schedulerRig();
  await apply(rig, oneAgent());
  const message = `zero \0, half a pair \ud800, and ${'much '.repeat(2000)}`;
  await using _executor = new FakeExecutor(rig.tasks, () => ({
    case: 'failed',
    value: { failure: { code: 'ODD\0', message, retryable: false } },
  }));
  const { run } = await start(rig, 'one');
  assert.equal(run?.state, RunState.FAILED);
  assert.equal((await rig.runs.listRuns({ states: [RunState.FAILED] })).runs.length, 1);
});

test('cancel ends the run at once, reaches the executor, and late results change nothing', async () => {
  await using rig = await schedulerRig();
  await apply(rig, oneAgent());
  await using executor = new FakeExecutor(rig.tasks, () => undefined);
  const { run } = await start(rig, 'one', { waitTimeout: { seconds: 0n } });
  const runId = run?.runId ?? '';
  await until(() => executor.tasks.length === 1);
  const cancelled = await rig.runs.cancelRun({ runId, reason: 'a test' });
  assert.equal(cancelled.run?.state, RunState.CANCELLED);
  assert.match(cancelled.run?.failure?.message ?? '', /a test/);
  await until(() => executor.cancelled.includes('work'));
  const [task] = executor.tasks;
  assert.ok(task);
  executor.report(task, succeeded('too late'));
  await until(() => executor.acknowledged.includes('work'));
  const again = await rig.runs.cancelRun({ runId });
  assert.equal(again.run?.state, RunState.CANCELLED);
  assert.equal(again.run?.lastSeq, cancelled.run?.lastSeq);
});

test('R8 a request_id makes a start idempotent, and is refused for a different request', async () => {
  await using rig = await schedulerRig();
  await apply(rig, oneAgent());
  await using executor = new FakeExecutor(rig.tasks, () => succeeded(1));
  const starts = await Promise.all(Array.from({ length: 8 }, () => start(rig, 'one', { requestId: 'r-1' })));
  assert.equal(new Set(starts.map(({ run }) => run?.runId)).size, 1);
  assert.equal(starts.filter(({ created }) => created).length, 1);
  assert.equal(executor.tasks.length, 1);
  await assert.rejects(
    start(rig, 'one', { requestId: 'r-1', input: valueOfJson('different') }),
    reason('REQUEST_ID_REUSED'),
  );
});

test('R6 after a restart open runs go on, and committed nodes do not run again', async () => {
  await using rig = await schedulerRig();
  await apply(rig, SUPPORT);
  const first = new FakeExecutor(rig.tasks, (task) =>
    task.ref?.nodeId === 'classify' ? succeeded({ category: 'technical' }) : undefined,
  );
  const { run } = await start(rig, 'support', { waitTimeout: { seconds: 0n } });
  await until(() => first.tasks.length === 2);
  await rig.restart();
  await first[Symbol.asyncDispose]();
  await using second = new FakeExecutor(rig.tasks, () => succeeded('after the restart'));
  const done = await rig.runs.awaitRun({ runId: run?.runId ?? '', timeout: wait });
  assert.equal(jsonOfValue(done.run?.output), 'after the restart');
  assert.deepEqual(
    second.tasks.map((task) => [task.ref?.nodeId, task.ref?.attempt, task.ref?.dispatch]),
    [['tech', 1, 2]],
  );
});

test('a task that its executor announces after a restart is not dispatched again', async () => {
  await using rig = await schedulerRig();
  await apply(rig, oneAgent());
  const first = new FakeExecutor(rig.tasks, () => undefined);
  const { run } = await start(rig, 'one', { waitTimeout: { seconds: 0n } });
  await until(() => first.tasks.length === 1);
  await rig.restart();
  await using second = new FakeExecutor(rig.tasks, () => undefined, { running: first.tasks });
  const [task] = first.tasks;
  assert.ok(task);
  second.report(task, succeeded('still mine'));
  const done = await rig.runs.awaitRun({ runId: run?.runId ?? '', timeout: wait });
  assert.equal(jsonOfValue(done.run?.output), 'still mine');
  assert.equal(second.tasks.length, 0);
  await first[Symbol.asyncDispose]();
});

test('a broken stream returns its tasks at once, without costing an attempt', async () => {
  await using rig = await schedulerRig();
  await apply(rig, oneAgent());
  const first = new FakeExecutor(rig.tasks, () => undefined);
  const started = start(rig, 'one');
  await until(() => first.tasks.length === 1);
  await first[Symbol.asyncDispose]();
  await using second = new FakeExecutor(rig.tasks, () => succeeded('second'));
  const { run } = await started;
  assert.equal(jsonOfValue(run?.output), 'second');
  assert.deepEqual(
    second.tasks.map((task) => [task.ref?.attempt, task.ref?.dispatch]),
    [[1, 2]],
  );
});

test('a task that kills its executors five times fails the run', async () => {
  await using rig = await schedulerRig();
  await apply(rig, oneAgent());
  const started = start(rig, 'one');
  for (let round = 0; round < 5; round += 1) {
    const executor = new FakeExecutor(rig.tasks, () => undefined);
    await until(() => executor.tasks.length === 1);
    await executor[Symbol.asyncDispose]();
  }
  const { run } = await started;
  assert.equal(run?.failure?.code, 'DISPATCHES_EXHAUSTED');
});

test('no more tasks are sent than credits were granted', async () => {
  await using rig = await schedulerRig();
  await apply(rig, oneAgent());
  const gate = Promise.withResolvers<void>();
  await using executor = new FakeExecutor(rig.tasks, () => gate.promise.then(() => succeeded(1)), { credits: 2 });
  const all = Promise.all(Array.from({ length: 6 }, () => start(rig, 'one')));
  await until(() => executor.tasks.length === 2);
  await until(async () => (await rig.runs.listRuns({ states: [RunState.RUNNING] })).runs.length === 6);
  assert.equal(executor.tasks.length, 2);
  gate.resolve();
  assert.equal((await all).filter(({ run }) => run?.state === RunState.DONE).length, 6);
});

test('whoever was told of a write sees it, whatever is asked', async () => {
  await using rig = await schedulerRig();
  const { run } = await rig.runs.startRun({ target: { case: 'agent', value: { agentId: 'worker' } } });
  assert.ok(run);
  const { runId, lastSeq: seq } = run;
  assert.equal((await rig.runs.getRun({ runId, minSeq: seq })).run?.lastSeq, seq);
  const known = [{ runId, seq }];
  assert.deepEqual(
    (await rig.runs.listRuns({ known })).runs.map((it) => it.runId),
    [runId],
  );
  await assert.rejects(rig.runs.listRuns({ known: [{ runId, seq: -1n }] }), /last_seq of an answer/);
});

test('bad input changes nothing and says what to mend', async () => {
  await using rig = await schedulerRig();
  await assert.rejects(apply(rig, 'id: broken\nnodes: []\n'), reason('INVALID_WORKFLOW'));
  await assert.rejects(start(rig, 'absent'), reason('WORKFLOW_NOT_FOUND'));
  await apply(rig, `id: lonely\nnodes: [{ id: a, type: agent, agent_id: ${UNKNOWN_AGENT} }]\nedges: []\n`);
  await assert.rejects(start(rig, 'lonely'), reason('AGENT_NOT_FOUND'));
  await apply(rig, `${oneAgent()}input_schema: { type: object, required: [ticket] }\n`);
  await assert.rejects(start(rig, 'one'), (error) => {
    const { reason: found, violations } = describeError(error);
    return found === 'INPUT_SCHEMA_VIOLATION' && violations.length === 1;
  });
  const big = valueOfJson({ ticket: 'x'.repeat(1024 * 1024) });
  await assert.rejects(start(rig, 'one', { input: big }), reason('PAYLOAD_TOO_LARGE'));
  await assert.rejects(rig.runs.getRun({ runId: 'nonsense' }), reason('INVALID_FIELD'));
  await assert.rejects(rig.runs.listRuns({ pageToken: 'nonsense' }), reason('INVALID_CURSOR'));
  assert.deepEqual((await rig.runs.listRuns({})).runs, []);
});

test('a run of another namespace is not found, like one that does not exist', async () => {
  await using rig = await schedulerRig();
  await apply(rig, oneAgent());
  await using _executor = new FakeExecutor(rig.tasks, () => succeeded(1));
  const { run } = await start(rig, 'one');
  const errors = await Promise.all(
    [run?.runId ?? '', '01890000-0000-7000-8000-000000000000'].map((runId) =>
      rig.runs.getRun({ namespace: 'other', runId }).then(
        () => assert.fail('found'),
        (error: unknown) => ConnectError.from(error),
      ),
    ),
  );
  assert.deepEqual(
    errors.map((error) => error.code),
    [Code.NotFound, Code.NotFound],
  );
  assert.equal((await rig.runs.listRuns({ namespace: 'other' })).runs.length, 0);
});

test('runs are listed newest first, by pages, by workflow, state and label', async () => {
  await using rig = await schedulerRig();
  await apply(rig, oneAgent());
  await using _executor = new FakeExecutor(rig.tasks, () => succeeded(1));
  const ids: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    const { run } = await start(rig, 'one', { labels: { parity: index % 2 === 0 ? 'even' : 'odd' } });
    ids.unshift(run?.runId ?? '');
  }
  const seen: string[] = [];
  for (let pageToken = ''; ;) {
    const page = await rig.runs.listRuns({ pageSize: 2, pageToken });
    seen.push(...page.runs.map((run) => run.runId));
    if (page.nextPageToken === '') break;
    ({ nextPageToken: pageToken } = page);
  }
  assert.deepEqual(seen, ids);
  assert.equal((await rig.runs.listRuns({ labels: { parity: 'odd' } })).runs.length, 2);
  assert.equal((await rig.runs.listRuns({ states: [RunState.FAILED] })).runs.length, 0);
  assert.equal((await rig.runs.listRuns({ workflowId: 'other' })).runs.length, 0);
});

test('an open run says what it waits for', async () => {
  await using rig = await schedulerRig();
  await apply(rig, oneAgent());
  const { run } = await start(rig, 'one', { waitTimeout: { seconds: 0n } });
  assert.match(run?.waitingFor ?? '', /an executor to connect/);
  await using executor = new FakeExecutor(rig.tasks, () => undefined);
  const waitsFor = (what: string) =>
    until(async () => (await rig.runs.getRun({ runId: run?.runId ?? '' })).run?.waitingFor === `work: ${what}`);
  await waitsFor('the answer of fake');
  const [task] = executor.tasks;
  assert.ok(task);
  executor.report(task, { case: 'waiting', value: { waitingFor: 'waking deployment d' } });
  await waitsFor('waking deployment d');
  executor.report(task, { case: 'waiting', value: {} });
  await waitsFor('the answer of fake');
});

test('a directly invoked agent is a run of one node with its message on record', async () => {
  await using rig = await schedulerRig();
  await using executor = new FakeExecutor(rig.tasks, (task) => succeeded({ echo: input(task) }));
  const { run } = await rig.runs.startRun({
    target: { case: 'agent', value: { agentId: 'worker' } },
    input: valueOfJson({ text: 'hello' }),
    waitTimeout: wait,
  });
  assert.deepEqual(jsonOfValue(run?.output), { echo: { text: 'hello' } });
  assert.equal(run?.workflowId, 'agent.worker');
  assert.equal(executor.tasks[0]?.call.case, 'agent');
});
