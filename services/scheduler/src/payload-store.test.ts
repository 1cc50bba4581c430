import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectError } from '@connectrpc/connect';
import { RunState } from '@skein/contracts/scheduler';
import { jsonOfValue, valueOfJson } from '@skein/events';
import { createPool, type Pool } from '@skein/postgres';
import { reasonOf } from '@skein/rpc';
import { eventually, FakeS3 } from '@skein/testkit';
import { v7 as uuidv7 } from 'uuid';
import { schedulerAudit } from './adapters/postgres/audit/scheduler-audit.ts';
import { postgresRunRetention } from './adapters/postgres/retention/run-retention.ts';
import { postgresRunStore } from './adapters/postgres/run-store.ts';
import { Outbox } from './app/outbox.ts';
import { deleteOrphanObjects } from './app/payloads/object-sweep.ts';
import { PayloadObjects } from './app/payloads/payload-objects.ts';
import type { PayloadSettings } from './payload-settings.ts';
import { bucketAt, payloadSettings } from './testing/s3-bucket.ts';
import { schedulerRig, type SchedulerRig } from './testing/scheduler-rig.ts';

const WORKFLOW = `
id: hold
nodes:
  - { id: go, type: signal, signal_name: go }
  - { id: end, type: transform, expression: "input + output.go" }
edges: [{ from: go, to: end }]
`;
const target = { case: 'workflow', value: { workflowId: 'hold' } } as const;
const LARGE = 'x'.repeat(300_000);
const DAY_MS = 86_400_000;

interface Rig extends AsyncDisposable {
  readonly rig: SchedulerRig;
  readonly s3: FakeS3;
  readonly pool: Pool;
  /** Where payloads go from the next start on. */
  settings: PayloadSettings;
}

async function rigWithBucket(): Promise<Rig> {
  await using cleanup = new AsyncDisposableStack();
  const s3 = cleanup.use(await FakeS3.start());
  const held = { settings: payloadSettings(s3) };
  const rig = cleanup.use(await schedulerRig(() => ({ payloads: held.settings })));
  const pool = createPool(rig.database.url, { max: 1, applicationName: 'payload-test', schema: 'scheduler' });
  cleanup.defer(() => pool.end());
  await rig.workflows.applyWorkflow({ definition: { case: 'source', value: WORKFLOW } });
  const running = cleanup.move();
  return Object.assign(held, { rig, s3, pool, [Symbol.asyncDispose]: () => running.disposeAsync() });
}

const start = async ({ rig }: Rig, input = LARGE): Promise<string> => {
  const { run } = await rig.runs.startRun({ target, input: valueOfJson(input) });
  return run?.runId ?? '';
};

const signal = ({ rig }: Rig, runId: string, payload = 'y') =>
  rig.runs.signalRun({ target: { case: 'runId', value: runId }, signalName: 'go', payload: valueOfJson(payload) });

const outputOf = async ({ rig }: Rig, runId: string) => {
  const { run } = await rig.runs.awaitRun({ runId, timeout: { seconds: 15n } });
  assert.equal(run?.state, RunState.DONE);
  return jsonOfValue(run.output);
};

/** Texts in rows, and rows without one. */
async function rowsOf({ pool }: Rig): Promise<{ here: number; elsewhere: number }> {
  const { rows } = await pool.query<{ here: number; elsewhere: number }>(
    'select count(json)::int as here, (count(*) - count(json))::int as elsewhere from payload',
  );
  return rows[0] ?? { here: 0, elsewhere: 0 };
}

const waitingFor = async ({ rig }: Rig, runId: string) => (await rig.runs.getRun({ runId })).run?.waitingFor ?? '';

test('large payloads go into the bucket; runs go on with them after a restart', async () => {
  await using it = await rigWithBucket();
  const runId = await start(it);
  assert.deepEqual(await rowsOf(it), { here: 0, elsewhere: 1 });
  assert.match([...it.s3.objects.keys()].join(), new RegExp(`^payloads/default/${runId}/[0-9a-f]{64}$`));
  await it.rig.restart();
  await signal(it, runId);
  assert.equal(await outputOf(it, runId), `${LARGE}y`);
});

test('who changes stores reads what is in the other one', async () => {
  await using it = await rigWithBucket();
  const inBucket = await start(it);
  it.settings = payloadSettings(it.s3, 'postgres');
  await it.rig.restart();
  const inPostgres = await start(it);
  assert.deepEqual(await rowsOf(it), { here: 1, elsewhere: 1 });
  it.settings = payloadSettings(it.s3);
  await it.rig.restart();
  for (const runId of [inBucket, inPostgres]) {
    await signal(it, runId);
    assert.equal(await outputOf(it, runId), `${LARGE}y`);
  }
});

test('while the bucket is away a run waits by name, others go on, and nothing is lost', async () => {
  await using it = await rigWithBucket();
  const runId = await start(it, 'small');
  it.s3.trouble = { status: 503, code: 'SlowDown' };
  const signalled = signal(it, runId, LARGE);
  await eventually(async () => (await waitingFor(it, runId)).includes('503 SlowDown'), {
    describe: 'the run says that it waits for the object store',
  });
  assert.match(await waitingFor(it, runId), /^the object store to take a large payload: .*; it is tried again$/);
  const other = await start(it, 'small');
  await signal(it, other);
  assert.equal(await outputOf(it, other), 'smally');
  assert.equal((await it.rig.runs.getRun({ runId })).run?.state, RunState.WAITING);
  it.s3.trouble = undefined;
  await signalled;
  assert.equal(await outputOf(it, runId), `small${LARGE}`);
  assert.equal(await waitingFor(it, runId), '');
});

test('with credentials that are refused a run waits; a scheduler with the right ones goes on', async () => {
  await using it = await rigWithBucket();
  const runId = await start(it, 'small');
  it.s3.secretAccessKey = 'rotated';
  const lost = signal(it, runId, LARGE).catch(() => 'not acknowledged');
  await eventually(async () => (await waitingFor(it, runId)).includes('SignatureDoesNotMatch'), {
    describe: 'the run says that the object store refuses',
  });
  it.settings = payloadSettings(it.s3);
  await it.rig.restart();
  await Promise.race([lost, signal(it, runId, LARGE)]);
  assert.equal(await outputOf(it, runId), `small${LARGE}`);
});

test('a text that is gone, damaged or out of reach is an error with a reason, never another value', async () => {
  await using it = await rigWithBucket();
  const runId = await start(it);
  await signal(it, runId);
  await outputOf(it, runId);
  const [key = ''] = it.s3.objects.keys();
  const object = it.s3.objects.get(key);
  assert.ok(object);
  const reasonOfGet = async () => {
    try {
      await it.rig.runs.getRun({ runId });
      return 'OK';
    } catch (error) {
      return error instanceof ConnectError ? reasonOf(error) : String(error);
    }
  };
  assert.equal(await reasonOfGet(), 'OK');
  it.s3.objects.set(key, { ...object, bytes: Buffer.from('"damaged"') });
  assert.equal(await reasonOfGet(), 'PAYLOAD_UNAVAILABLE');
  it.s3.objects.delete(key);
  assert.equal(await reasonOfGet(), 'PAYLOAD_UNAVAILABLE');
  it.s3.trouble = { status: 403, code: 'AccessDenied' };
  assert.equal(await reasonOfGet(), 'SERVICE_UNAVAILABLE');
});

test('a deleted run takes its objects along; orphans of other runs go with the sweep, young ones stay', async () => {
  await using it = await rigWithBucket();
  const [kept, runId] = [await start(it), await start(it)];
  await it.rig.runs.terminateRun({ runId });
  await it.pool.query('delete from outbox');
  await it.rig.runs.deleteRun({ runId });
  const keys = () => [...it.s3.objects.keys()].filter((key) => key.includes(runId));
  await eventually(() => keys().length === 0, { describe: 'the objects are gone', timeoutMs: 30_000 });
  const objects = new PayloadObjects(bucketAt(it.s3));
  const orphan = { namespace: 'default', runId: uuidv7() };
  const digest = 'ab'.repeat(32);
  it.s3.objects.set(`skein/default/${orphan.runId}/${digest}`, { bytes: Buffer.from('1'), modifiedAtMs: Date.now() });
  it.s3.objects.set(`skein/default/${kept}/${digest}`, { bytes: Buffer.from('1'), modifiedAtMs: 0 });
  it.s3.objects.set('skein/readme', { bytes: Buffer.from('1'), modifiedAtMs: 0 });
  const store = postgresRunStore(it.pool);
  assert.equal(await deleteOrphanObjects(store, objects, Date.now()), 0);
  assert.equal(await deleteOrphanObjects(store, objects, Date.now() + 2 * DAY_MS), 1);
  assert.equal(it.s3.objects.size, 3, 'a text, and what is of a run that exists or of nobody');
});

test('the doctor finds a bucket that refuses, and objects that are missing', async () => {
  await using it = await rigWithBucket();
  const runId = await start(it);
  const objects = new PayloadObjects(bucketAt(it.s3));
  const store = postgresRunStore(it.pool, objects);
  const carrier = { maxPayloadBytes: 1_000_000, publishEventBatch: () => Promise.resolve() };
  const outbox = new Outbox({ carrier, store, onPublishFailed: (error) => assert.fail(String(error)) });
  const retention = postgresRunRetention(it.pool);
  const checks = schedulerAudit(it.pool, outbox, store, { retention, runRetentionMs: 30 * DAY_MS }, objects);
  const samplesOf = async (code: string) => (await checks.find((check) => check.code === code)?.find())?.samples;
  assert.deepEqual(await samplesOf('PAYLOAD_OBJECT_MISSING'), [runId], 'this one looks under another prefix');
  assert.deepEqual(await samplesOf('PAYLOAD_STORE_AWAY'), []);
  it.s3.trouble = { status: 403, code: 'AccessDenied' };
  assert.match((await samplesOf('PAYLOAD_STORE_AWAY'))?.join() ?? '', /AccessDenied/);
  assert.deepEqual(await samplesOf('PAYLOAD_OBJECT_MISSING'), []);
});
