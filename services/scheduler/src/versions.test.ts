import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunState, WorkflowChangeKind, WorkflowPart } from '@skein/contracts/scheduler';
import { jsonOfValue } from '@skein/events';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { FakeExecutor, succeeded } from './testing/fake-executor.ts';
import { schedulerRig, type SchedulerRig } from './testing/scheduler-rig.ts';

const reason = (expected: string) => (error: unknown) => describeError(error).reason === expected;
const source = (condition: string, more = '') => `
id: route
nodes:
  - { id: ask, type: agent, agent_id: asker }
  - { id: yes, type: decision }
  - { id: no, type: decision }
edges:
  - { from: ask, to: yes, condition: "${condition}" }
  - { from: ask, to: no }
${more}`;
const YES = source("output.ask == 'yes'");
const YES_OR_SO = source("output.ask.startsWith('y')", 'name: Route');
const NEVER = source("output.ask == 'never'");

async function apply({ workflows }: SchedulerRig, text: string): Promise<number> {
  const { workflow } = await workflows.applyWorkflow({ definition: { case: 'source', value: text } });
  return workflow?.version ?? 0;
}

const start = ({ runs }: SchedulerRig, version: number, more: object = {}) =>
  runs.startRun({
    target: { case: 'workflow', value: { workflowId: 'route', version, ...more } },
    waitTimeout: { seconds: 10n },
  });

test('two versions are compared, and a version with a definition; open runs say how far they would have come', async () => {
  await using rig = await schedulerRig();
  await apply(rig, YES);
  await using executor = new FakeExecutor(rig.tasks, () => succeeded('yes'));
  await start(rig, 1);
  await executor[Symbol.asyncDispose]();
  const { run: open } = await rig.runs.startRun({ target: { case: 'workflow', value: { workflowId: 'route' } } });
  await apply(rig, YES_OR_SO);
  const between = await rig.workflows.diffWorkflows({ workflowId: 'route' });
  assert.deepEqual([between.from?.version, between.to?.version], [1, 2]);
  assert.deepEqual(
    between.changes.map(({ part, kind, path, before, after }) => [
      part,
      kind,
      path,
      before && jsonOfValue(before),
      after && jsonOfValue(after),
    ]),
    [
      [WorkflowPart.SETTING, WorkflowChangeKind.ADDED, 'name', undefined, 'Route'],
      [
        WorkflowPart.EDGE,
        WorkflowChangeKind.CHANGED,
        'edges[ask -> yes].condition',
        "output.ask == 'yes'",
        "output.ask.startsWith('y')",
      ],
    ],
  );
  assert.deepEqual(
    between.openRuns.map(({ runId, state, divergences }) => [runId, state, divergences.length]),
    [[open?.runId, RunState.RUNNING, 0]],
  );
  const renamed = YES.replaceAll('ask', 'query').replace('agent_id: queryer', 'agent_id: asker');
  const given = await rig.workflows.diffWorkflows({
    workflowId: 'route',
    fromVersion: 1,
    to: { case: 'source', value: renamed },
  });
  assert.equal(given.to, undefined);
  assert.ok(given.changes.some(({ path, kind }) => path === 'nodes.ask' && kind === WorkflowChangeKind.REMOVED));
  const [moved] = given.openRuns;
  assert.ok(moved?.divergences.some(({ nodeId, hint }) => nodeId === 'ask' && hint !== ''));
  await assert.rejects(rig.workflows.diffWorkflows({ workflowId: 'other' }), reason('WORKFLOW_NOT_FOUND'));
  const bad = { case: 'source', value: 'id: x' } as const;
  await assert.rejects(rig.workflows.diffWorkflows({ workflowId: 'route', to: bad }), reason('INVALID_WORKFLOW'));
});

test('a definition is held against the newest runs, open and ended', async () => {
  await using rig = await schedulerRig();
  await apply(rig, YES);
  await using _executor = new FakeExecutor(rig.tasks, () => succeeded('yes'));
  const { run: first } = await start(rig, 0);
  const { run: second } = await start(rig, 0);
  const validate = (text: string, againstRuns: number) =>
    rig.workflows.validateWorkflow({ definition: { case: 'source', value: text }, againstRuns });
  const same = await validate(YES_OR_SO, 10);
  assert.deepEqual(
    same.replays.map(({ runId, state, divergences, pruned }) => [runId, state, divergences.length, pruned]),
    [second, first].map((run) => [run?.runId, RunState.DONE, 0, false]),
  );
  const { valid, replays } = await validate(NEVER, 1);
  assert.ok(valid);
  assert.equal(replays.length, 1);
  const [divergence] = replays[0]?.divergences ?? [];
  assert.partialDeepStrictEqual(divergence, { code: 'OTHER_FIELDS', nodeId: 'ask', recorded: 'node_succeeded' });
  assert.deepEqual(
    divergence?.differences.map(({ field, recorded, decided }) => [field, recorded, decided]),
    [['next_node_ids', '["yes"]', '["no"]']],
  );
  assert.deepEqual((await validate(YES, 0)).replays, []);
  assert.deepEqual((await validate('id: x', 5)).replays, []);
  await assert.rejects(validate(YES, 101), reason('INVALID_FIELD'));
  const pool = rig.database.pool();
  await pool.query('delete from scheduler.run_event where run_id = $1 and first_seq = 1', [second?.runId]);
  const broken = await validate(YES, 10);
  assert.deepEqual(
    broken.replays.map(({ divergences }) => divergences.map(({ hint }) => hint.slice(0, 21))),
    [['the history is broken'], []],
  );
});

test('a deprecated version goes on, starts only when it is forced to, and is not the latest', async () => {
  await using rig = await schedulerRig();
  for (const text of [YES, YES_OR_SO]) await apply(rig, text);
  const { run: open } = await rig.runs.startRun({
    target: { case: 'workflow', value: { workflowId: 'route', version: 2 } },
    requestId: 'once',
  });
  assert.equal(open?.workflowVersion, 2);
  const mark = (version: number, undo = false) =>
    rig.workflows.deprecateWorkflowVersion({ workflowId: 'route', version, reason: 'use 1', undo });
  const { workflow } = await mark(2);
  assert.ok(workflow?.deprecatedAt);
  assert.equal(workflow.deprecationReason, 'use 1');
  await using _executor = new FakeExecutor(rig.tasks, () => succeeded('yes'));
  const ended = await rig.runs.awaitRun({ runId: open.runId });
  assert.equal(ended.run?.state, RunState.DONE, 'an open run goes on');
  assert.equal((await start(rig, 0)).run?.workflowVersion, 1, 'the latest that is not deprecated');
  await assert.rejects(start(rig, 2), (error) => {
    const { reason: given, message } = describeError(error);
    return given === 'WORKFLOW_VERSION_DEPRECATED' && message.includes('use 1');
  });
  assert.equal((await start(rig, 2, { force: true })).run?.workflowVersion, 2);
  const again = await rig.runs.startRun({
    target: { case: 'workflow', value: { workflowId: 'route', version: 2 } },
    requestId: 'once',
  });
  assert.deepEqual([again.created, again.run?.runId], [false, open.runId], 'a start that was made stays made');
  const { versions } = await rig.workflows.listWorkflowVersions({ workflowId: 'route' });
  assert.deepEqual(
    versions.map(({ version, deprecationReason }) => [version, deprecationReason]),
    [
      [2, 'use 1'],
      [1, ''],
    ],
  );
  await mark(1);
  await assert.rejects(start(rig, 0), reason('WORKFLOW_VERSION_DEPRECATED'));
  await mark(2, true);
  assert.equal((await start(rig, 0)).run?.workflowVersion, 2);
  await assert.rejects(mark(9), reason('WORKFLOW_NOT_FOUND'));
  await assert.rejects(mark(0), reason('INVALID_FIELD'));
  // Told by the store, as another scheduler would be.
  await eventually(async () => (await start(rig, 0)).run?.workflowVersion === 2, {
    describe: 'version 2 is the latest',
  });
});
