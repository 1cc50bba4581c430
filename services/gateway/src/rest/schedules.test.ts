import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OverlapPolicy } from '@skein/contracts/scheduler';
import { gatewayRig } from '../testing/gateway-rig.ts';

const NIGHTLY = {
  schedule_id: 'nightly',
  spec: {
    crons: ['30 2 * * *'],
    time_zone: 'Europe/Berlin',
    overlap: 'buffer_one',
    catch_up_window: '1h',
    action: { workflow: { workflow_id: 'echo' }, input: { a: [1, null] } },
  },
};

test('a schedule is made, shown, changed and forgotten', async () => {
  await using rig = await gatewayRig();
  const made = await rig.json('POST', '/api/v1/schedules', NIGHTLY);
  assert.deepEqual([made.status, made.headers.get('location')], [201, '/api/v1/schedules/nightly']);
  assert.equal((await rig.json('POST', '/api/v1/schedules', NIGHTLY)).status, 200);
  const { body } = await rig.json('GET', '/api/v1/schedules/nightly');
  const spec = body['spec'] as Record<string, unknown>;
  assert.deepEqual(
    [body['revision'], spec['overlap'], spec['catch_up_window'], spec['crons']],
    [1, 'BUFFER_ONE', '3600s', ['30 2 * * *']],
  );
  assert.deepEqual((spec['action'] as { input: unknown }).input, { a: [1, null] });
  const path = '/api/v1/schedules/nightly';
  // What is shown may be sent back.
  assert.equal((await rig.json('PUT', path, { spec, revision: 1 })).body['revision'], 2);
  const late = await rig.json('PUT', path, { spec, revision: 1 });
  assert.deepEqual([late.status, late.body.error.reason], [409, 'SCHEDULE_CHANGED']);
  assert.equal(((await rig.json('GET', '/api/v1/schedules')).body['schedules'] as object[]).length, 1);
  assert.equal((await rig.json('DELETE', path)).status, 204);
  const gone = await rig.json('GET', path);
  assert.deepEqual([gone.status, gone.body.error.reason], [404, 'SCHEDULE_NOT_FOUND']);
});

test('it is paused, resumed, triggered and backfilled', async () => {
  await using rig = await gatewayRig();
  await rig.json('POST', '/api/v1/schedules', NIGHTLY);
  const act = (action: string, body?: object) => rig.json('POST', `/api/v1/schedules/nightly/${action}`, body);
  const paused = await act('pause', { reason: 'moving' });
  assert.deepEqual([paused.body['paused'], paused.body['pause_reason']], [true, 'moving']);
  assert.equal((await act('resume')).body['paused'], false);
  const fire = await act('trigger', { overlap: 'allow_all', request_id: 'r' });
  assert.deepEqual([fire.status, fire.body['outcome'], fire.body['kind']], [200, 'STARTED', 'TRIGGER']);
  const [trigger] = rig.schedules.triggers;
  assert.deepEqual([trigger?.overlap, trigger?.requestId], [OverlapPolicy.ALLOW_ALL, 'r']);
  const range = { start_time: '2026-05-01T00:00:00Z', end_time: '2026-05-02T00:00:00+02:00' };
  assert.equal((await act('backfill', range)).body['fire_count'], 3);
});

test('times are asked of a schedule, or of a spec', async () => {
  await using rig = await gatewayRig();
  await rig.json('POST', '/api/v1/schedules', NIGHTLY);
  const of = await rig.json('GET', '/api/v1/schedules/nightly/times?count=2&after=2026-05-01T00:00:00Z');
  const time = { fire_time: '2026-05-01T00:00:00.000Z', due_time: '2026-05-01T00:00:00.000Z' };
  assert.deepEqual(of.body['times'], [time, time]);
  const preview = await rig.json('POST', '/api/v1/schedules/times', { spec: { crons: ['@daily'] }, count: 1 });
  assert.equal((preview.body['times'] as object[]).length, 1);
});

test('bad input names its field', async () => {
  await using rig = await gatewayRig();
  const place = async (method: string, path: string, body?: object) => {
    const answer = await rig.json(method, path, body);
    return [answer.status, answer.body.error.place];
  };
  const create = (spec: object) => place('POST', '/api/v1/schedules', { ...NIGHTLY, spec });
  assert.deepEqual(await create({ cron: '* * * * *' }), [400, 'spec.cron']);
  assert.deepEqual(await create({ ...NIGHTLY.spec, overlap: 'perhaps' }), [400, 'spec.overlap']);
  assert.deepEqual(await create({ ...NIGHTLY.spec, jitter: 'much' }), [400, 'spec.jitter']);
  assert.deepEqual(await place('POST', '/api/v1/schedules', { spec: {} }), [400, 'schedule_id']);
  assert.deepEqual(await place('GET', '/api/v1/schedules/x/times?after=now'), [400, 'after']);
});
