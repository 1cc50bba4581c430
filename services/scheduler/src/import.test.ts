import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { EventBatchConfirmationSchema, EventBatchSchema, RunEventSchema, type RunEvent } from '@skein/contracts/event';
import { RunState } from '@skein/contracts/scheduler';
import {
  compileWorkflow,
  decide,
  definitionJson,
  Payload,
  type RunCommand,
  type WorkflowDefinition,
} from '@skein/domain';
import { eventToMessage, jsonOfValue, timestampOfMs } from '@skein/events';
import { createPool } from '@skein/postgres';
import { describeError } from '@skein/rpc';
import { eventually, FakeS3 } from '@skein/testkit';
import { v7 as uuidv7 } from 'uuid';
import { payloadSettings } from './testing/s3-bucket.ts';
import { schedulerRig, type SchedulerRig } from './testing/scheduler-rig.ts';

const ADD: WorkflowDefinition = {
  id: 'add',
  nodes: [
    { id: 'one', type: 'transform', expression: 'input + 1' },
    { id: 'two', type: 'transform', expression: 'output.one + 1' },
  ],
  edges: [{ from: 'one', to: 'two' }],
};

/** The events of a run that ended in November. */
function historyOf(runId: string, input: unknown = 1, workflowVersion = 7, workflow = ADD): RunEvent[] {
  const start: RunCommand = {
    kind: 'start_run',
    workflowVersion,
    input: Payload.fromValue(input as never),
    labels: { from: 'afar' },
    sessionId: 's-1',
    traceparent: '',
  };
  const nowMs = Date.UTC(2026, 10, 5);
  const identity = { runId, namespace: 'elsewhere' };
  const { events } = decide(compileWorkflow(workflow), identity, undefined, [start], { nowMs, random: 0 });
  return events.map((event, index) =>
    create(RunEventSchema, {
      ...eventToMessage(event),
      ...identity,
      seq: BigInt(index + 1),
      occurredAt: timestampOfMs(nowMs),
    }),
  );
}

const definition = definitionJson(ADD) as never;
const reason = (expected: string) => (error: unknown) => describeError(error).reason === expected;
const importInto = (rig: SchedulerRig, events: readonly RunEvent[], more: object = {}) =>
  rig.runs.importRun({ namespace: 'here', definition, events: [...events], ...more });

test('an imported run is shown, listed, awaited and read as if it had run here, after a restart too', async () => {
  await using rig = await schedulerRig();
  const runId = uuidv7();
  const { run } = await importInto(rig, historyOf(runId));
  assert.partialDeepStrictEqual(run, { runId, namespace: 'here', state: RunState.DONE, workflowVersion: 0 });
  assert.equal(jsonOfValue(run?.output), 3);
  await rig.restart();
  const { run: awaited } = await rig.runs.awaitRun({ namespace: 'here', runId });
  assert.deepEqual(
    awaited?.nodes.map(({ nodeId }) => nodeId),
    ['one', 'two'],
  );
  const { runs } = await rig.runs.listRuns({ namespace: 'here', labels: { from: 'afar' } });
  assert.deepEqual(
    runs.map((it) => [it.runId, it.sessionId]),
    [[runId, 's-1']],
  );
  const { lastSeq, ended } = await rig.tasks.getRunEvents({ namespace: 'here', runId });
  assert.deepEqual([lastSeq, ended], [awaited?.lastSeq, true]);
  await assert.rejects(rig.runs.getRun({ namespace: 'elsewhere', runId }), reason('RUN_NOT_FOUND'));
  await assert.rejects(rig.runs.cancelRun({ namespace: 'here', runId }), reason('RUN_ENDED'));
});

const DOUBLE: WorkflowDefinition = {
  id: 'double',
  nodes: [{ id: 'twice', type: 'transform', expression: 'input + input' }],
  edges: [],
};

for (const store of ['postgres', 's3'] as const) {
  test(`large payloads of an imported run are kept once, beside its events: ${store}`, async () => {
    await using s3 = await FakeS3.start();
    await using rig = await schedulerRig(() => ({ payloads: payloadSettings(s3, store) }));
    const [runId, text] = [uuidv7(), 'x'.repeat(300_000)];
    await importInto(rig, historyOf(runId, text, 0, DOUBLE), { definition: definitionJson(DOUBLE) as never });
    const pool = createPool(rig.database.url, { max: 1, applicationName: 'test', schema: 'scheduler' });
    const { rows } = await pool.query(
      `select (select sum(octet_length(body)) < 2000 from run_event) as small, count(*)::int as payloads,
        count(json)::int as here from payload`,
    );
    await pool.end();
    assert.deepEqual(rows, [{ small: true, payloads: 2, here: store === 's3' ? 0 : 2 }]);
    assert.equal(s3.objects.size, store === 's3' ? 2 : 0);
    await rig.restart();
    const { run } = await rig.runs.getRun({ namespace: 'here', runId });
    assert.equal(jsonOfValue(run?.output), text + text);
    s3.trouble = { status: 503, code: 'SlowDown' };
    const again = importInto(rig, historyOf(uuidv7(), text, 0, DOUBLE), {
      definition: definitionJson(DOUBLE) as never,
    });
    if (store === 's3') await assert.rejects(again, reason('SERVICE_UNAVAILABLE'));
    else await again;
  });
}

test('the stored version is kept where it is the same definition, and only there', async () => {
  await using rig = await schedulerRig();
  await rig.workflows.applyWorkflow({ namespace: 'here', definition: { case: 'object', value: definition } });
  const same = await importInto(rig, historyOf(uuidv7(), 1, 1));
  assert.equal(same.run?.workflowVersion, 1);
  const changed = definitionJson({ ...ADD, name: 'another' }) as never;
  const other = await importInto(rig, historyOf(uuidv7(), 1, 1), { definition: changed });
  assert.equal(other.run?.workflowVersion, 0);
});

test('its events go to event-log the usual way, and the outbox row goes when they are confirmed', async () => {
  await using rig = await schedulerRig();
  const runId = uuidv7();
  const batches: { batchId: string; runIds: string[] }[] = [];
  await using _tail = await rig.bus.tailEventBatches(({ body }) => {
    const { batchId, transitions } = fromBinary(EventBatchSchema, body);
    batches.push({ batchId, runIds: transitions.map((transition) => transition.runId) });
  });
  await importInto(rig, historyOf(runId));
  await eventually(() => batches.length > 0, { describe: 'the batch is published' });
  assert.deepEqual(batches[0]?.runIds, [runId]);
  const part = { batchId: batches[0]?.batchId ?? '', partIndex: 0, partCount: 1 };
  const confirmation = create(EventBatchConfirmationSchema, { parts: [part] });
  rig.bus.publishConfirmation(toBinary(EventBatchConfirmationSchema, confirmation));
  const pool = createPool(rig.database.url, { max: 1, applicationName: 'test', schema: 'scheduler' });
  await eventually(async () => (await pool.query('select from outbox')).rowCount === 0, {
    describe: 'the outbox is empty',
  });
  await pool.end();
});

test('of many imports of one run one is stored, and the id of a run that is here stays its own', async () => {
  await using rig = await schedulerRig();
  const runId = uuidv7();
  const all = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) => importInto(rig, historyOf(runId, index))),
  );
  const refused = all.filter((one) => one.status === 'rejected');
  assert.equal(refused.length, 7);
  assert.ok(refused.every((one) => reason('RUN_ID_TAKEN')(one.reason)));
});

test('a history that no run can have is refused with the event at fault, and nothing is stored', async () => {
  await using rig = await schedulerRig();
  const runId = uuidv7();
  const whole = historyOf(runId);
  const [first, ...rest] = whole;
  assert.ok(first);
  const value = { workflowId: 'add', input: { json: new TextEncoder().encode('{') } };
  const { $typeName: _, ...fields } = first;
  const badJson = create(RunEventSchema, { ...fields, event: { case: 'runStarted', value } });
  const cases: [events: readonly object[], expected: string][] = [
    [whole.filter(({ seq }) => seq !== 2n), 'INVALID_HISTORY'],
    [rest, 'INVALID_HISTORY'],
    [whole.slice(0, -1), 'INVALID_HISTORY'],
    [[...whole, { ...first, seq: BigInt(whole.length + 1) }], 'INVALID_HISTORY'],
    [whole.map((event) => ({ ...event, runId: event.seq === 2n ? uuidv7() : runId })), 'INVALID_HISTORY'],
    [whole.map((event) => ({ ...event, occurredAt: undefined })), 'INVALID_HISTORY'],
    [whole.map((event) => (event.seq === 2n ? { ...event, event: { case: undefined } } : event)), 'INVALID_HISTORY'],
    [[badJson, ...rest], 'INVALID_HISTORY'],
    [[], 'INVALID_FIELD'],
    [whole.map((event) => ({ ...event, runId: '0b0e7b39-4df2-4a1e-8d5c-1f6f4ff5c001' })), 'INVALID_FIELD'],
  ];
  for (const [index, [events, expected]] of cases.entries()) {
    await assert.rejects(importInto(rig, events as RunEvent[]), reason(expected), `case ${index}`);
  }
  const other = definitionJson({ ...ADD, id: 'other' }) as never;
  await assert.rejects(importInto(rig, whole, { definition: other }), reason('INVALID_HISTORY'));
  await assert.rejects(importInto(rig, whole, { definition: { id: 'add' } }), reason('INVALID_WORKFLOW'));
  const { runs } = await rig.runs.listRuns({ namespace: 'here' });
  assert.deepEqual(runs, []);
});
