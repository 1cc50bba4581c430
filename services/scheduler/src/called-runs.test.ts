import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunState, type Run, type Task } from '@skein/contracts/scheduler';
import { createPool } from '@skein/postgres';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { FakeExecutor, failed, succeeded, type Work } from './testing/fake-executor.ts';
import { schedulerRig, type SchedulerRig } from './testing/scheduler-rig.ts';

const wait = { seconds: 20n };
const CALLER = `
id: caller
nodes: [{ id: work, type: agent, agent_id: caller, retry: { max_attempts: 2, initial: 10ms } }]
edges: []
`;
const WAITER = `
id: waiter
nodes: [{ id: pause, type: signal, signal_name: go, timeout: 1h }]
edges: []
`;

/** A run of `caller` whose agent is at work, and does what the test says. */
async function calling(rig: SchedulerRig) {
  for (const source of [CALLER, WAITER]) {
    await rig.workflows.applyWorkflow({ definition: { case: 'source', value: source } });
  }
  const tasks: Task[] = [];
  const ends: ((report: Awaited<ReturnType<Work>>) => void)[] = [];
  const executor = new FakeExecutor(rig.tasks, (task: Task) => {
    tasks.push(task);
    return new Promise((resolve) => {
      ends.push(resolve);
    });
  });
  const { run } = await rig.runs.startRun({
    target: { case: 'workflow', value: { workflowId: 'caller' } },
    sessionId: 'session',
    searchAttributes: { customer: { value: { case: 'stringValue', value: 'acme' } } },
  });
  assert.ok(run);
  const token = async (index = 0) => {
    const task = await eventually(() => tasks[index], { describe: `task ${index}` });
    return task.runToken;
  };
  const call = async (runToken: string, requestId = ''): Promise<Run> => {
    const target = { case: 'workflow' as const, value: { workflowId: 'waiter' } };
    const answer = await rig.runs.startRun({ target, runToken, requestId });
    assert.ok(answer.run);
    return answer.run;
  };
  const end = (report: Awaited<ReturnType<Work>>) => ends.at(-1)?.(report);
  return { parent: run, token, call, end, [Symbol.asyncDispose]: () => executor[Symbol.asyncDispose]() };
}

const ended = async (rig: SchedulerRig, runId: string) =>
  (await rig.runs.awaitRun({ runId, timeout: wait })).run?.state;
const stateOf = async (rig: SchedulerRig, runId: string) => (await rig.runs.getRun({ runId })).run?.state;

async function rowsIn(rig: SchedulerRig): Promise<number> {
  const pool = createPool(rig.database.url, { max: 1, applicationName: 'called-test', schema: 'scheduler' });
  try {
    return (await pool.query('select from called_run')).rowCount ?? 0;
  } finally {
    await pool.end();
  }
}

test('what an agent starts with its token is a child of its run, and goes on while the agent works', async () => {
  await using rig = await schedulerRig();
  await using it = await calling(rig);
  const child = await it.call(await it.token());
  const { parent, sessionId, searchAttributes } = child;
  assert.deepEqual(
    [parent?.runId, parent?.nodeId, parent?.attempt, parent?.depth, parent?.called],
    [it.parent.runId, 'work', 1, 1, true],
  );
  assert.deepEqual([sessionId, searchAttributes['customer']?.value.value], ['session', 'acme']);
  const { runs } = await rig.runs.listRuns({ parentRunId: it.parent.runId });
  assert.deepEqual(
    runs.map(({ runId }) => runId),
    [child.runId],
  );
  await rig.runs.signalRun({ target: { case: 'runId', value: child.runId }, signalName: 'go' });
  assert.equal(await ended(rig, child.runId), RunState.DONE);
  it.end(succeeded('done'));
  assert.equal(await ended(rig, it.parent.runId), RunState.DONE);
  await eventually(async () => (await rowsIn(rig)) === 0, { describe: 'nothing to be left' });
});

test('A2 what an agent has started is cancelled when its node has ended', async () => {
  await using rig = await schedulerRig();
  await using it = await calling(rig);
  const children = [await it.call(await it.token()), await it.call(await it.token())];
  it.end(succeeded('done'));
  for (const { runId } of children) assert.equal(await ended(rig, runId), RunState.CANCELLED);
});

test('A2 what an agent has started is terminated with its run', async () => {
  await using rig = await schedulerRig();
  await using it = await calling(rig);
  const child = await it.call(await it.token());
  await rig.runs.terminateRun({ runId: it.parent.runId });
  assert.equal(await ended(rig, child.runId), RunState.TERMINATED);
});

test('another attempt finds what the first one has started by its request_id; its token is its own', async () => {
  await using rig = await schedulerRig();
  await using it = await calling(rig);
  const first = await it.token();
  const child = await it.call(first, 'hint');
  it.end(failed('BROKEN', true));
  const second = await it.token(1);
  assert.equal((await it.call(second, 'hint')).runId, child.runId);
  assert.notEqual((await it.call(second, 'other')).runId, child.runId);
  await assert.rejects(it.call(first, 'late'), (error) => {
    const { reason, message } = describeError(error);
    assert.equal(reason, 'RUN_TOKEN_EXPIRED');
    assert.match(message, /attempt 1 of node work .* is over/);
    return true;
  });
  assert.equal(await stateOf(rig, child.runId), RunState.WAITING);
});

test('a token that is none starts nothing', async () => {
  await using rig = await schedulerRig();
  await using it = await calling(rig);
  const token = await it.token();
  const reasonOf = async (call: Promise<unknown>) => {
    return call.then(
      () => 'started',
      (error: unknown) => describeError(error).reason,
    );
  };
  assert.equal(await reasonOf(it.call('x')), 'RUN_TOKEN_INVALID');
  assert.equal(await reasonOf(it.call(`${token}x`)), 'RUN_TOKEN_INVALID');
  const target = { case: 'workflow' as const, value: { workflowId: 'waiter' } };
  assert.equal(await reasonOf(rig.runs.startRun({ namespace: 'other', target, runToken: token })), 'RUN_TOKEN_INVALID');
  assert.equal((await rig.runs.listRuns({ includeChildren: true })).runs.length, 1);
});

test('a pause of the run is one of what its agents have started', async () => {
  await using rig = await schedulerRig();
  await using it = await calling(rig);
  const child = await it.call(await it.token());
  await rig.runs.pauseRun({ runId: it.parent.runId });
  await eventually(async () => (await stateOf(rig, child.runId)) === RunState.PAUSED, {
    describe: 'the child to rest',
  });
  await rig.runs.resumeRun({ runId: it.parent.runId });
  await eventually(async () => (await stateOf(rig, child.runId)) !== RunState.PAUSED, {
    describe: 'the child to go on',
  });
});

test('A3 the child of a run that ended while nobody was there to stop it is stopped by whoever comes next', async () => {
  await using rig = await schedulerRig();
  await using it = await calling(rig);
  const child = await it.call(await it.token());
  await rig.restart(async () => {
    const pool = createPool(rig.database.url, { max: 1, applicationName: 'called-test', schema: 'scheduler' });
    // What a crash leaves behind the commit of the parent's end: nobody has told the child.
    await pool.query(
      `insert into called_run values ($1, gen_random_uuid(), 'work') on conflict (run_id)
      do update set parent_run_id = excluded.parent_run_id`,
      [child.runId],
    );
    await pool.end();
  });
  assert.equal(await ended(rig, child.runId), RunState.CANCELLED);
});
