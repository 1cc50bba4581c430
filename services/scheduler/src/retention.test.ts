import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code, ConnectError } from '@connectrpc/connect';
import { BulkOperation, RunState } from '@skein/contracts/scheduler';
import { valueOfJson } from '@skein/events';
import { createPool } from '@skein/postgres';
import { reasonOf } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { v7 as uuidv7 } from 'uuid';
import { schedulerRig, type SchedulerRig } from './testing/scheduler-rig.ts';

const DAY_S = 86_400n;
const target = { case: 'workflow', value: { workflowId: 'echo' } } as const;
const HELD = { case: 'workflow', value: { workflowId: 'held' } } as const;
const waitTimeout = { seconds: 10n };

/** A scheduler with a workflow that ends at once, and one that waits for somebody. */
async function rigWithWorkflows(): Promise<SchedulerRig> {
  const rig = await schedulerRig();
  const nodes = {
    echo: "{ id: a, type: transform, expression: 'input' }",
    held: '{ id: a, type: signal, signal_name: go }',
  };
  for (const [id, node] of Object.entries(nodes)) {
    await rig.workflows.applyWorkflow({ definition: { case: 'source', value: `id: ${id}\nnodes: [${node}]\n` } });
  }
  return rig;
}

/** What event-log does with the outbox. */
async function confirmAll({ database }: SchedulerRig): Promise<void> {
  const pool = createPool(database.url, { max: 1, applicationName: 'test', schema: 'scheduler' });
  await pool.query('delete from outbox');
  await pool.end();
}

const refusal = (reason: string, code: Code) => (error: unknown) =>
  error instanceof ConnectError && error.code === code && reasonOf(error) === reason;
const NOT_FOUND = refusal('RUN_NOT_FOUND', Code.NotFound);

test('an ended run is deleted for good; one that is open says how to end it', async () => {
  await using rig = await rigWithWorkflows();
  const ended = await rig.runs.startRun({ target, requestId: 'r-1', input: valueOfJson(1), waitTimeout });
  const open = await rig.runs.startRun({ target: HELD });
  assert.equal(ended.run?.state, RunState.DONE);
  const runId = ended.run?.runId ?? '';
  await assert.rejects(
    rig.runs.deleteRun({ runId: open.run?.runId ?? '' }),
    refusal('RUN_NOT_DELETABLE', Code.FailedPrecondition),
  );
  await confirmAll(rig);
  await assert.rejects(rig.runs.deleteRun({ namespace: 'other', runId }), NOT_FOUND);
  await rig.runs.deleteRun({ runId });
  const ask = [
    () => rig.runs.getRun({ runId }),
    () => rig.runs.awaitRun({ runId }),
    () => rig.runs.cancelRun({ runId }),
    () => rig.runs.retryRun({ runId }),
    () => rig.runs.forkRun({ runId, atSeq: 1n }),
    () => rig.runs.deleteRun({ runId }),
    () => rig.tasks.getRunEvents({ runId }),
    () => rig.tasks.getPayloads({ runId, digests: [new Uint8Array(32)] }),
  ];
  const messageFor = async (id: string) => {
    const error: unknown = await rig.runs.getRun({ runId: id }).catch((it: unknown) => it);
    return error instanceof ConnectError ? error.message.replace(id, 'ID') : '';
  };
  for (const call of ask) await assert.rejects(async () => void (await call()), NOT_FOUND);
  assert.equal(await messageFor(runId), await messageFor(uuidv7()), 'like a run that never was');
  assert.deepEqual(
    (await rig.runs.listRuns({ pageSize: 10 })).runs.map((run) => run.runId),
    [open.run?.runId],
  );
  const again = await rig.runs.startRun({ target, requestId: 'r-1', input: valueOfJson(1), waitTimeout });
  assert.deepEqual([again.created, again.run?.runId === runId], [true, false]);
  await assert.rejects(rig.runs.startRun({ target, runId }), refusal('RUN_ID_TAKEN', Code.AlreadyExists));
});

test('event-log is told of deletions by any scheduler, until it confirms them, whoever restarts', async () => {
  await using rig = await rigWithWorkflows();
  const { run } = await rig.runs.startRun({ target, waitTimeout });
  await confirmAll(rig);
  await rig.runs.deleteRun({ runId: run?.runId ?? '' });
  const listed = async () => (await rig.tasks.listRunDeletions({})).deletions.map(({ runId }) => runId);
  assert.deepEqual(await listed(), [run?.runId]);
  await rig.restart();
  assert.deepEqual(await listed(), [run?.runId]);
  await rig.tasks.confirmRunDeletions({ runIds: await listed() });
  assert.deepEqual(await listed(), []);
});

test('runs are deleted by a filter, and first only counted', async () => {
  await using rig = await rigWithWorkflows();
  for (let index = 0; index < 5; index += 1) await rig.runs.startRun({ target, waitTimeout });
  await rig.runs.startRun({ target: HELD });
  await confirmAll(rig);
  const request = { operation: BulkOperation.DELETE, filter: "workflow_id in ('echo', 'held')" };
  const last = async (dryRun: boolean) => {
    let report;
    for await (const it of rig.runs.bulkRuns({ ...request, dryRun })) report = it;
    return [report?.matched, report?.done, report?.failed];
  };
  assert.deepEqual(await last(true), [6n, 0n, 0n]);
  assert.deepEqual(await last(false), [6n, 5n, 1n]);
  assert.equal((await rig.runs.listRuns({})).runs.length, 1);
});

test('a namespace says how long its ended runs are kept, or that it is for ever', async () => {
  await using rig = await rigWithWorkflows();
  const { namespaces } = rig;
  const shown = async (name: string) => (await namespaces.getNamespace({ name })).namespace;
  assert.equal((await shown(''))?.effectiveRunRetention?.seconds, 30n * DAY_S);
  const update = (namespace: object, ...paths: string[]) =>
    namespaces.updateNamespace({ namespace: { name: 'acme', ...namespace }, updateMask: { paths } });
  await update({ runRetention: { seconds: DAY_S }, description: 'a customer' }, 'run_retention', 'description');
  assert.equal((await shown('acme'))?.effectiveRunRetention?.seconds, DAY_S);
  await update({ keepRunsForever: true, description: 'not named' }, 'keepRunsForever');
  const ever = await shown('acme');
  assert.deepEqual(
    [ever?.keepRunsForever, ever?.runRetention, ever?.effectiveRunRetention, ever?.description],
    [true, undefined, undefined, 'a customer'],
  );
  await update({}, 'run_retention');
  assert.equal((await shown('acme'))?.effectiveRunRetention?.seconds, 30n * DAY_S);
  const wrong = [
    update({ runRetention: { seconds: 60n } }, 'run_retention'),
    update({ runRetention: { seconds: 3651n * DAY_S } }, 'run_retention'),
    update({ runRetention: { seconds: DAY_S }, keepRunsForever: true }, 'run_retention', 'keep_runs_forever'),
    update({}, 'name'),
    update({}),
    update({ name: 'No Such Name' }, 'description'),
    namespaces.updateNamespace({}),
  ];
  for (const call of wrong) await assert.rejects(call, refusal('INVALID_FIELD', Code.InvalidArgument));
  const first = await namespaces.listNamespaces({ pageSize: 1 });
  const second = await namespaces.listNamespaces({ pageSize: 1, pageToken: first.nextPageToken });
  assert.deepEqual(
    [...first.namespaces, ...second.namespaces].map(({ name }) => name),
    ['acme', 'default'],
  );
  assert.equal(second.nextPageToken, '');
});

test('a run that is past its time goes by itself, once it is pruned', async () => {
  await using rig = await rigWithWorkflows();
  const { run } = await rig.runs.startRun({ target, waitTimeout });
  const pool = createPool(rig.database.url, { max: 1, applicationName: 'test', schema: 'scheduler' });
  await pool.query('delete from outbox');
  await pool.query("update run set ended_at = now() - interval '31 days'");
  await pool.end();
  const isGone = async () => (await rig.runs.listRuns({})).runs.length === 0;
  await eventually(isGone, { describe: 'the run is pruned, then deleted', timeoutMs: 45_000 });
  await assert.rejects(rig.runs.getRun({ runId: run?.runId ?? '' }), NOT_FOUND);
});
