import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { RunState } from '@skein/contracts/scheduler';
import { jsonOfValue, valueOfJson } from '@skein/events';
import { createPool } from '@skein/postgres';
import { describeError } from '@skein/rpc';
import { schedulerRig } from './testing/scheduler-rig.ts';

const WORKFLOW = `
id: hold
nodes:
  - { id: twice, type: transform, expression: "input + input" }
  - { id: go, type: signal, signal_name: go }
  - { id: end, type: transform, expression: "output.twice" }
edges: [{ from: twice, to: go }, { from: go, to: end }]
`;

test('a large payload is stored once, beside its event, and a restarted scheduler goes on with it', async () => {
  await using rig = await schedulerRig();
  await rig.workflows.applyWorkflow({ definition: { case: 'source', value: WORKFLOW } });
  const input = 'x'.repeat(300_000);
  const target = { case: 'workflow', value: { workflowId: 'hold' } } as const;
  const { run } = await rig.runs.startRun({ target, input: valueOfJson(input) });
  const runId = run?.runId ?? '';
  const pool = createPool(rig.database.url, { max: 1, applicationName: 'large-payloads-test', schema: 'scheduler' });
  try {
    const { rows } = await pool.query<{ events: number; payloads: number; texts: number }>(
      `select (select sum(octet_length(body))::int from run_event) as events,
        (select count(*)::int from payload) as payloads, (select sum(octet_length(json))::int from payload) as texts`,
    );
    assert.equal(rows[0]?.payloads, 2);
    assert.equal(rows[0].texts, 300_002 + 600_002);
    assert.ok(rows[0].events < 2000, `${rows[0].events} bytes of events`);
  } finally {
    await pool.end();
  }
  await rig.restart();
  await rig.runs.signalRun({ target: { case: 'runId', value: runId }, signalName: 'go' });
  const ended = await rig.runs.awaitRun({ runId, timeout: { seconds: 10n } });
  assert.equal(ended.run?.state, RunState.DONE);
  assert.equal(jsonOfValue(ended.run.output), input + input);
});

test('payloads are given by run and digest, to whom the run is', async () => {
  await using rig = await schedulerRig();
  await rig.workflows.applyWorkflow({ definition: { case: 'source', value: WORKFLOW } });
  const input = 'y'.repeat(300_000);
  const target = { case: 'workflow', value: { workflowId: 'hold' } } as const;
  const { run } = await rig.runs.startRun({ target, input: valueOfJson(input) });
  const runId = run?.runId ?? '';
  const json = Buffer.from(JSON.stringify(input));
  const digest = createHash('sha256').update(json).digest();
  const { payloads } = await rig.tasks.getPayloads({ runId, digests: [digest, Buffer.alloc(32)] });
  assert.deepEqual(
    payloads.map((it) => [Buffer.from(it.digest).equals(digest), Buffer.from(it.json).equals(json)]),
    [[true, true]],
  );
  const refused = async (request: Parameters<typeof rig.tasks.getPayloads>[0]) =>
    rig.tasks.getPayloads(request).then(
      () => 'OK',
      (error: unknown) => describeError(error).reason,
    );
  assert.equal(await refused({ namespace: 'other', runId, digests: [digest] }), 'RUN_NOT_FOUND');
  assert.equal(await refused({ runId, digests: [] }), 'INVALID_FIELD');
  assert.equal(await refused({ runId, digests: [Buffer.alloc(5)] }), 'INVALID_FIELD');
});
