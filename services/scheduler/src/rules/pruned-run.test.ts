/** R9 of the hot path (docs/hot-path.md): a pruned run answers as before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJson } from '@bufbuild/protobuf';
import { RunSchema, RunState, type Run } from '@skein/contracts/scheduler';
import { valueOfJson } from '@skein/events';
import { createPool } from '@skein/postgres';
import { eventually } from '@skein/testkit';
import { postgresRunPruning } from '../adapters/postgres/run-pruning.ts';
import { pruneRuns } from '../app/run-pruning.ts';
import { failed, FakeExecutor, succeeded } from '../testing/fake-executor.ts';
import { schedulerRig, type SchedulerRig } from '../testing/scheduler-rig.ts';

const WORKFLOW = `
id: two
nodes:
  - { id: first, type: agent, agent_id: worker, retry: { max_attempts: 2, initial: 1ms } }
  - { id: second, type: agent, agent_id: worker }
edges: [{ from: first, to: second }]
`;
const target = { case: 'workflow', value: { workflowId: 'two' } } as const;
const waitTimeout = { seconds: 10n };

/** Prunes everything that has ended, as if event-log had confirmed it all. */
async function prune({ database }: SchedulerRig): Promise<number> {
  const pool = createPool(database.url, { max: 1, applicationName: 'rules-test', schema: 'scheduler' });
  try {
    await pool.query('delete from outbox');
    const onKept = (runId: string, error: unknown) => assert.fail(`${runId}: ${String(error)}`);
    return await pruneRuns({ store: postgresRunPruning(pool), ageMs: 0, onKept });
  } finally {
    await pool.end();
  }
}

const shown = (run: Run | undefined) => run && toJson(RunSchema, run);

test('R9 whoever asks for a pruned run gets the answer it would have had before', async () => {
  await using rig = await schedulerRig();
  await rig.workflows.applyWorkflow({ definition: { case: 'source', value: WORKFLOW } });
  let calls = 0;
  await using executor = new FakeExecutor(rig.tasks, (task) => {
    calls += 1;
    if (calls === 1) return failed('FLAKY', true);
    const isBroken = Buffer.from(task.input?.json ?? []).includes('break');
    return isBroken ? failed('BROKEN', false) : succeeded({ by: task.ref?.nodeId, calls });
  });
  const request = { target, input: valueOfJson('fine'), requestId: 'r-1', labels: { team: 'a' }, sessionId: 's-1' };
  const done = await rig.runs.startRun({ ...request, waitTimeout });
  const broken = await rig.runs.startRun({ target, input: valueOfJson('break'), waitTimeout });
  const agent = { case: 'agent', value: { agentId: 'worker' } } as const;
  const direct = await rig.runs.startRun({ target: agent, input: valueOfJson('hello'), waitTimeout });
  assert.deepEqual(
    [done.run?.state, broken.run?.state, direct.run?.state],
    [RunState.DONE, RunState.FAILED, RunState.DONE],
  );
  const runIds = [done, broken, direct].map(({ run }) => run?.runId ?? '');
  const answers = async () => ({
    got: await Promise.all(runIds.map(async (runId) => shown((await rig.runs.getRun({ runId })).run))),
    awaited: await Promise.all(runIds.map(async (runId) => shown((await rig.runs.awaitRun({ runId })).run))),
    listed: (await rig.runs.listRuns({})).runs.map(shown),
    again: shown((await rig.runs.startRun({ ...request, waitTimeout })).run),
  });
  const before = await answers();
  await eventually(async () => (await prune(rig)) === 3, { describe: 'the three runs to be pruned' });
  assert.deepEqual(await answers(), before);
  assert.equal(executor.tasks.length, calls, 'nothing was done again');
});

test('R9 event-log is told that a pruned run has ended and that there is nothing to fetch', async () => {
  await using rig = await schedulerRig();
  await rig.workflows.applyWorkflow({ definition: { case: 'source', value: WORKFLOW } });
  await using executor = new FakeExecutor(rig.tasks, () => succeeded('done'));
  const { run } = await rig.runs.startRun({ target, waitTimeout });
  assert.ok(run && executor.tasks.length > 0);
  const before = await rig.tasks.getRunEvents({ runId: run.runId });
  await prune(rig);
  const after = await rig.tasks.getRunEvents({ runId: run.runId });
  assert.deepEqual([after.lastSeq, after.ended, after.transitions.length], [before.lastSeq, true, 0]);
});

test('R9 what comes late for a pruned run is acknowledged and dropped', async () => {
  await using rig = await schedulerRig();
  await rig.workflows.applyWorkflow({ definition: { case: 'source', value: WORKFLOW } });
  await using executor = new FakeExecutor(rig.tasks, () => undefined);
  const { run } = await rig.runs.startRun({ target });
  const runId = run?.runId ?? '';
  await eventually(() => executor.tasks.length === 1, { describe: 'the task to be with the executor' });
  await rig.runs.cancelRun({ runId, reason: 'enough' });
  assert.equal(await prune(rig), 1);
  const before = shown((await rig.runs.getRun({ runId })).run);
  const [task] = executor.tasks;
  assert.ok(task);
  executor.report(task, succeeded('too late'));
  await eventually(() => executor.acknowledged.length === 1, { describe: 'the late report to be acknowledged' });
  const cancelledAgain = await rig.runs.cancelRun({ runId, reason: 'again' });
  assert.deepEqual(shown(cancelledAgain.run), before);
  assert.deepEqual(shown((await rig.runs.getRun({ runId })).run), before);
});
