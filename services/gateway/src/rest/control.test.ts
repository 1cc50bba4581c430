import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayRig, type GatewayRig } from '../testing/gateway-rig.ts';
import { SLOW_WORKFLOW } from '../testing/fake-scheduler.ts';

async function openRun(rig: GatewayRig): Promise<string> {
  const { body } = await rig.json('POST', `/api/v1/workflows/${SLOW_WORKFLOW}/run`, { labels: { team: 'a' } });
  return body.run_id;
}

test('a run is held back, goes on, and is ended at once', async () => {
  await using rig = await gatewayRig();
  const path = `/api/v1/runs/${await openRun(rig)}`;
  const paused = await rig.json('POST', `${path}/pause`, { reason: 'lunch' });
  assert.deepEqual([paused.status, paused.body.state, paused.body['pause_reason']], [200, 'PAUSED', 'lunch']);
  const resumed = await rig.json('POST', `${path}/resume`);
  assert.deepEqual([resumed.status, resumed.body.state], [200, 'RUNNING']);
  const ended = await rig.json('POST', `${path}/terminate`, { reason: 'gone' });
  assert.deepEqual([ended.status, ended.body.state], [200, 'TERMINATED']);
  const wrong = await rig.json('POST', `${path}/terminate`, { node_id: 'reply' });
  assert.deepEqual([wrong.status, wrong.body.error.violations[0]?.field], [400, 'node_id']);
  const { body: done } = await rig.json('POST', '/api/v1/workflows/echo/run?wait=5s');
  const refused = await rig.json('POST', `/api/v1/runs/${done.run_id}/pause`);
  assert.deepEqual([refused.status, refused.body.error.reason], [409, 'RUN_ENDED']);
});

test('a signal reaches its run, or starts it', async () => {
  await using rig = await gatewayRig();
  const runId = await openRun(rig);
  const signal = { name: 'paid', payload: { amount: 5 }, signal_id: 'p-1' };
  const sent = await rig.json('POST', `/api/v1/runs/${runId}/signal`, signal);
  assert.deepEqual([sent.status, sent.body.run_id], [200, runId]);
  assert.partialDeepStrictEqual(rig.scheduler.signals, [{ runId, signalName: 'paid', signalId: 'p-1' }]);
  const nameless = await rig.json('POST', `/api/v1/runs/${runId}/signal`, { payload: 1 });
  assert.deepEqual([nameless.status, nameless.body.error.violations[0]?.field], [400, 'name']);

  const start = { ...signal, input: { order: 1 }, session_id: 's', labels: { team: 'b' } };
  const path = `/api/v1/workflows/${SLOW_WORKFLOW}/signal-with-start`;
  const started = await rig.json('POST', path, start, { 'idempotency-key': 'order-1' });
  assert.equal(started.status, 202);
  assert.equal(started.headers.get('location'), `/api/v1/runs/${started.body.run_id}`);
  assert.equal(rig.scheduler.signals.at(-1)?.runId, started.body.run_id);
  assert.deepEqual(started.body['labels'], { team: 'b' });
  assert.deepEqual(started.body['input'], { order: 1 });
});

test('a fork and a retry are new runs, with what they come from', async () => {
  await using rig = await gatewayRig();
  const runId = await openRun(rig);
  const changes = {
    at_seq: 3,
    workflow_version: 2,
    redo_node_ids: ['reply'],
    input: { x: 1 },
    labels: { why: 'test' },
  };
  const forked = await rig.json('POST', `/api/v1/runs/${runId}/fork`, changes, { 'idempotency-key': 'f-1' });
  assert.equal(forked.status, 202);
  assert.equal(forked.headers.get('location'), `/api/v1/runs/${forked.body.run_id}`);
  assert.deepEqual(forked.body['forked_from'], { run_id: runId, seq: 1, redo_node_ids: [] });
  const [asked] = rig.scheduler.forks;
  assert.partialDeepStrictEqual(asked, { runId, atSeq: 3n, workflowVersion: 2, redoNodeIds: ['reply'] });
  assert.deepEqual([asked?.requestId, asked?.labels, asked?.input?.kind.case], ['f-1', { why: 'test' }, 'structValue']);
  const plain = await rig.json('POST', `/api/v1/runs/${runId}/fork`);
  assert.equal(plain.status, 202);
  assert.equal(rig.scheduler.forks.at(-1)?.input, undefined);
  const retried = await rig.json('POST', `/api/v1/runs/${runId}/retry`);
  assert.deepEqual([retried.status, retried.body['forked_from']], [202, { run_id: runId, seq: 1, redo_node_ids: [] }]);
});
