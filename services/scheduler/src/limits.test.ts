import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { StartRunRequestSchema } from '@skein/contracts/scheduler';
import { RunState, type Task } from '@skein/contracts/scheduler';
import type { JsonValue } from '@skein/domain';
import { valueOfJson } from '@skein/events';
import { createPool } from '@skein/postgres';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { FakeExecutor, succeeded } from './testing/fake-executor.ts';
import { schedulerRig, type SchedulerRig } from './testing/scheduler-rig.ts';

const wait = { seconds: 20n };
const workflow = (flow: string, id = 'one') => `
id: ${id}
${flow}
nodes: [{ id: work, type: agent, agent_id: worker }]
edges: []
`;

async function apply(rig: SchedulerRig, source: string): Promise<void> {
  await rig.workflows.applyWorkflow({ definition: { case: 'source', value: source } });
}

async function start(
  rig: SchedulerRig,
  input: JsonValue = {},
  extra: MessageInitShape<typeof StartRunRequestSchema> = {},
) {
  const { run } = await rig.runs.startRun({
    target: { case: 'workflow', value: { workflowId: 'one' } },
    input: valueOfJson(input),
    ...extra,
  });
  assert.ok(run);
  return run;
}

const stateOf = async (rig: SchedulerRig, runId: string) => (await rig.runs.getRun({ runId })).run?.state;
const ended = async (rig: SchedulerRig, runId: string) =>
  (await rig.runs.awaitRun({ runId, timeout: wait })).run?.state;

/** Runs a statement in the scheduler's schema; answers how many rows it was about. */
async function sql(rig: SchedulerRig, statement: string): Promise<number> {
  const pool = createPool(rig.database.url, { max: 1, applicationName: 'limits-test', schema: 'scheduler' });
  try {
    return (await pool.query(statement)).rowCount ?? 0;
  } finally {
    await pool.end();
  }
}

/** An executor whose tasks end when the test says so. */
function gated(rig: SchedulerRig) {
  const open: { readonly runId: string; readonly end: () => void }[] = [];
  const order: string[] = [];
  const executor = new FakeExecutor(rig.tasks, (task: Task) => {
    const runId = task.ref?.runId ?? '';
    order.push(runId);
    return new Promise((resolve) => {
      open.push({ runId, end: () => resolve(succeeded('done')) });
    });
  });
  const endNext = async () => {
    const next = await eventually(() => open[0], { describe: 'a task' });
    open.shift();
    next.end();
    return next.runId;
  };
  return { executor, open, order, endNext };
}

test('a limit of one makes runs wait for each other, and tells what they wait for', async () => {
  await using rig = await schedulerRig();
  await apply(rig, workflow('concurrency: { limit: 1 }'));
  const { executor, endNext } = gated(rig);
  await using _ = executor;
  const first = await start(rig);
  const second = await start(rig);
  const third = await start(rig);
  await eventually(async () => (await stateOf(rig, first.runId)) === RunState.RUNNING, {
    describe: 'the first begins',
  });
  assert.equal(second.state, RunState.CREATED);
  const found = await eventually(
    async () => {
      const { run } = await rig.runs.getRun({ runId: third.runId });
      return run?.waitingFor.includes('place 2') ? run.waitingFor : undefined;
    },
    { describe: 'its place' },
  );
  assert.equal(
    found,
    'a slot of workflow/one (1 of 1 taken), place 2: `skein limits set workflow/one --max N` raises it',
  );
  assert.equal(await endNext(), first.runId);
  assert.equal(await endNext(), second.runId);
  await rig.runs.cancelRun({ runId: third.runId });
  assert.equal(await ended(rig, second.runId), RunState.DONE);
  const last = await start(rig);
  assert.equal(await endNext(), last.runId);
  assert.equal(await ended(rig, last.runId), RunState.DONE);
});

test('a cancelled run that waits leaves the line; nothing is left in the end', async () => {
  await using rig = await schedulerRig();
  await apply(rig, workflow('concurrency: { limit: 1, key: "${ input.customer }" }\npriority: "${ input.priority }"'));
  const { executor, endNext, order } = gated(rig);
  await using _ = executor;
  const customer = 'acme';
  const first = await start(rig, { customer, priority: 3 });
  const cancelled = await start(rig, { customer, priority: 3 });
  const late = await start(rig, { customer, priority: 5 });
  const urgent = await start(rig, { customer, priority: 5 }, { priority: 1 });
  const other = await start(rig, { customer: 'other', priority: 3 });
  await eventually(() => order.length === 2, { describe: 'both customers begin' });
  assert.deepEqual(new Set(order), new Set([first.runId, other.runId]));
  assert.equal((await rig.runs.cancelRun({ runId: cancelled.runId })).run?.state, RunState.CANCELLED);
  for (let n = 0; n < 4; n += 1) await endNext();
  assert.deepEqual(order.slice(2), [urgent.runId, late.runId]);
  for (const { runId } of [first, late, urgent, other]) assert.equal(await ended(rig, runId), RunState.DONE);
  const left = () => sql(rig, 'select run_id from limit_holder union all select run_id from limit_waiter');
  await eventually(async () => (await left()) === 0, { describe: 'an empty line' });
});

test('an input that the key cannot be worked out from is refused, and nothing is stored', async () => {
  await using rig = await schedulerRig();
  await apply(rig, workflow('concurrency: { limit: 1, key: "${ input.customer }" }'));
  await assert.rejects(start(rig, {}), (error) => describeError(error).reason === 'LIMIT_KEY_INVALID');
  await assert.rejects(start(rig, { customer: {} }), (error) => describeError(error).reason === 'LIMIT_KEY_INVALID');
  assert.equal((await rig.runs.listRuns({})).runs.length, 0);
});

test('runs that wait go on with another scheduler, whatever the first left undone', async () => {
  await using rig = await schedulerRig();
  await apply(rig, workflow('concurrency: { limit: 1 }'));
  const first = await start(rig);
  const second = await start(rig);
  const third = await start(rig);
  await rig.restart(async () => {
    // As if it had died right after each start: nobody asked for a slot, and one that was granted was never used.
    await sql(rig, `delete from limit_waiter where run_id = '${third.runId}'`);
  });
  await using _ = new FakeExecutor(rig.tasks, () => succeeded('done'));
  for (const { runId } of [first, second, third]) assert.equal(await ended(rig, runId), RunState.DONE);
});

test('a fork waits like any run, and does not do again what was done', async () => {
  await using rig = await schedulerRig();
  await apply(
    rig,
    `
id: one
concurrency: { limit: 1 }
nodes: [{ id: a, type: agent, agent_id: worker }, { id: b, type: agent, agent_id: worker }]
edges: [{ from: a, to: b }]
`,
  );
  const done: string[] = [];
  await using _ = new FakeExecutor(rig.tasks, ({ ref }) => {
    done.push(`${ref?.nodeId}`);
    return succeeded(ref?.nodeId ?? '');
  });
  const first = await start(rig);
  assert.equal(await ended(rig, first.runId), RunState.DONE);
  const { run } = await rig.runs.forkRun({ runId: first.runId, redoNodeIds: ['b'] });
  assert.equal(await ended(rig, run?.runId ?? ''), RunState.DONE);
  assert.deepEqual(done, ['a', 'b', 'b']);
});

test('a run shares its slot with the runs within it', async () => {
  await using rig = await schedulerRig();
  await apply(rig, workflow('concurrency: { limit: 1, key: shared, scope: namespace }', 'inner'));
  await apply(
    rig,
    `
id: one
concurrency: { limit: 1, key: shared, scope: namespace }
nodes: [{ id: call, type: subworkflow, workflow_id: inner }]
edges: []
`,
  );
  await using _ = new FakeExecutor(rig.tasks, () => succeeded('done'));
  const runs = [await start(rig), await start(rig)];
  for (const { runId } of runs) assert.equal(await ended(rig, runId), RunState.DONE);
});

test('an agent with a limit is called no more often at a time than it allows; what waits says so', async () => {
  await using rig = await schedulerRig();
  await apply(rig, workflow(''));
  await rig.limits.setLimit({ key: 'agent/worker', maxConcurrency: 2 });
  const { executor, open, order, endNext } = gated(rig);
  await using _ = executor;
  const runs = await Promise.all(Array.from({ length: 5 }, () => start(rig)));
  await eventually(() => open.length === 2, { describe: 'two calls' });
  const waiting = await eventually(
    async () => {
      const found = await Promise.all(runs.map(({ runId }) => rig.runs.getRun({ runId })));
      const texts = found.flatMap(({ run }) => run?.waitingFor ?? []).filter((text) => text.includes('agent/worker'));
      return texts.length === 3 ? texts : undefined;
    },
    { describe: 'three that wait' },
  );
  assert.match(waiting[0] ?? '', /^work: a slot of agent\/worker: `skein limits get agent\/worker` shows/);
  assert.equal(order.length, 2);
  assert.equal((await rig.limits.getLimit({ key: 'agent/worker' })).limit?.holderCount, 2);
  for (let done = 0; done < 5; done++) {
    await endNext();
    assert.ok(open.length <= 2, `${open.length} calls at a time`);
  }
  for (const { runId } of runs) assert.equal(await ended(rig, runId), RunState.DONE);
  await eventually(async () => (await rig.limits.getLimit({ key: 'agent/worker' })).limit?.holderCount === 0, {
    describe: 'no slot to be held',
  });
});

test('a slot that nobody gave back is found by the round, and a raised limit counts at once', async () => {
  await using rig = await schedulerRig();
  await apply(rig, workflow(''));
  await rig.limits.setLimit({ key: 'agent/worker', maxConcurrency: 1 });
  await sql(rig, `insert into call_slot values ('default', 'agent/worker', gen_random_uuid(), 'work', 1)`);
  const { executor, open, endNext } = gated(rig);
  await using _ = executor;
  const first = await start(rig);
  await eventually(() => open.length === 1, { describe: 'the slot of a run that is over to be given on' });
  const second = await start(rig);
  await rig.limits.setLimit({ key: 'agent/worker', maxConcurrency: 2 });
  await eventually(() => open.length === 2, { describe: 'the second call' });
  await endNext();
  await endNext();
  for (const { runId } of [first, second]) assert.equal(await ended(rig, runId), RunState.DONE);
});

test('R8 a run that is cancelled while its call waits for a slot takes none', async () => {
  await using rig = await schedulerRig();
  await apply(rig, workflow(''));
  await rig.limits.setLimit({ key: 'agent/worker', rateLimit: 1, ratePer: { seconds: 3600n } });
  const { executor, open, endNext } = gated(rig);
  await using _ = executor;
  const first = await start(rig);
  await eventually(() => open.length === 1, { describe: 'the first call' });
  const second = await start(rig);
  await rig.runs.cancelRun({ runId: second.runId });
  assert.equal(await ended(rig, second.runId), RunState.CANCELLED);
  await endNext();
  assert.equal(await ended(rig, first.runId), RunState.DONE);
  assert.equal(open.length, 0);
});
