import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@skein/testkit';
import { gatewayRig } from '../testing/gateway-rig.ts';
import { SLOW_WORKFLOW } from '../testing/fake-scheduler.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('a start that waits answers the result', async () => {
  await using rig = await gatewayRig();
  const input = { ticket: 'I was charged twice', tags: ['a', null, 1.5], deep: { yes: true } };
  const { status, headers, body } = await rig.json('POST', '/api/v1/workflows/echo/run?wait=30s', { input });
  assert.equal(status, 200);
  assert.match(body.run_id, UUID_V7);
  assert.equal(headers.get('location'), `/api/v1/runs/${body.run_id}`);
  const { run_id: _id, ...rest } = body;
  assert.deepEqual(rest, {
    namespace: 'default',
    workflow_id: 'echo',
    workflow_version: 1,
    state: 'DONE',
    input,
    output: input,
    created_at: '2026-11-05T09:30:00.000Z',
    last_seq: 1,
    labels: {},
    nodes: [
      {
        node_id: 'reply',
        node_type: 'agent',
        state: 'SUCCEEDED',
        attempt: 1,
        dispatch: 1,
        attempts_left: 0,
        lost_dispatches: 0,
        question_seq: 0,
        paused: false,
      },
    ],
    search_attributes: {},
  });
});

test('a start without a wait, or whose wait is over, answers 202', async () => {
  await using rig = await gatewayRig();
  const atOnce = await rig.json('POST', `/api/v1/workflows/${SLOW_WORKFLOW}/run`);
  assert.equal(atOnce.status, 202);
  assert.equal(atOnce.body.state, 'RUNNING');
  assert.equal(rig.scheduler.starts[0]?.request.waitTimeout, undefined);
  const late = await rig.json('POST', `/api/v1/workflows/${SLOW_WORKFLOW}/run`, { wait: '5ms' });
  assert.equal(late.status, 202);
  assert.equal(rig.scheduler.starts[1]?.request.waitTimeout?.nanos, 5_000_000);
});

test('a run is read at once, or when it has ended', async () => {
  await using rig = await gatewayRig();
  const { body: started } = await rig.json('POST', `/api/v1/workflows/${SLOW_WORKFLOW}/run`, { input: 'x' });
  const path = `/api/v1/runs/${started.run_id}`;
  const open = await rig.json('GET', path);
  assert.equal(open.body.state, 'RUNNING');
  assert.match(open.body.waiting_for, /answer of an agent/);
  const waiting = rig.json('GET', `${path}?wait=1m`);
  rig.scheduler.finish(started.run_id, { answer: 42 });
  const { status, body } = await waiting;
  assert.equal(status, 200);
  assert.equal(body.state, 'DONE');
  assert.deepEqual(body['output'], { answer: 42 });
  assert.equal(body['ended_at'], '2026-11-05T09:30:05.000Z');
});

test('what a node was given is shown with its digests', async () => {
  await using rig = await gatewayRig();
  const { body: started } = await rig.json('POST', '/api/v1/workflows/echo/run', { input: { q: 1 } });
  const path = `/api/v1/runs/${started.run_id}/nodes/reply/input`;
  const { status, body } = await rig.json('GET', path);
  assert.equal(status, 200);
  assert.deepEqual(body, {
    node_id: 'reply',
    attempt: 2,
    input: { q: 1 },
    input_digest: 'ab',
    input_seqs: [1],
    prompt_digest: 'cd',
    prompt_size_bytes: 3,
  });
  assert.equal((await rig.json('GET', `${path}?attempt=1`)).body['attempt'], 1);
  assert.equal((await rig.json('GET', `${path}?attempt=0`)).status, 400);
});

test('the same request id answers with the first run', async () => {
  await using rig = await gatewayRig();
  const first = await rig.json('POST', '/api/v1/workflows/echo/run', { request_id: 'r-1' });
  const second = await rig.json('POST', '/api/v1/workflows/echo/run', {}, { 'idempotency-key': 'r-1' });
  assert.equal(second.body.run_id, first.body.run_id);
  assert.equal(first.headers.get('idempotency-replayed'), null);
  assert.equal(second.headers.get('idempotency-replayed'), 'true');
  const both = await rig.json(
    'POST',
    '/api/v1/workflows/echo/run',
    { request_id: 'r-1' },
    { 'idempotency-key': 'r-2' },
  );
  assert.equal(both.status, 400);
});

test('labels, session, version and tenant go on to the scheduler', async () => {
  await using rig = await gatewayRig();
  await rig.json('POST', '/api/v1/workflows/echo/run?namespace=acme', {
    labels: { team: 'support' },
    session_id: 's-1',
    version: 1,
  });
  const [{ request } = assert.fail('nothing was started')] = rig.scheduler.starts;
  assert.equal(request.namespace, 'acme');
  assert.equal(request.sessionId, 's-1');
  assert.deepEqual(request.labels, { team: 'support' });
  assert.deepEqual(request.target.case === 'workflow' && request.target.value.version, 1);
});

test('the token of an agent’s call goes on to the scheduler', async () => {
  await using rig = await gatewayRig();
  const headers = { 'content-type': 'application/json', 'x-run-token': 'claims.mac' };
  await fetch(`${rig.url}/api/v1/workflows/echo/run`, { method: 'POST', headers, body: '{}' });
  assert.equal(rig.scheduler.starts[0]?.request.runToken, 'claims.mac');
});

test('a run of a workflow that the body names or holds', async () => {
  await using rig = await gatewayRig();
  const named = await rig.json('POST', '/api/v1/workflows/run', { workflow_id: 'echo', input: 1, wait: '5s' });
  assert.deepEqual([named.status, named.body['output']], [200, 1]);
  const workflow = { id: 'inline', nodes: [] };
  const held = await rig.json('POST', '/api/v1/workflows/run?wait=5s', { workflow, input: 2 });
  assert.deepEqual([held.status, held.body['workflow_id'], held.body['workflow_version']], [200, 'inline', 1]);
  const text = await rig.json('POST', '/api/v1/workflows/run', { workflow: 'id: from-yaml\n', wait: '5s' });
  assert.equal(text.body['workflow_id'], 'from-yaml');
  const neither = await rig.json('POST', '/api/v1/workflows/run', { input: 1 });
  assert.deepEqual([neither.status, neither.body.error.place], [400, 'workflow_id']);
});

test('reads say what they must know of', async () => {
  await using rig = await gatewayRig();
  const { body: run } = await rig.json('POST', '/api/v1/workflows/echo/run', { input: 1 });
  const path = `/api/v1/runs/${run.run_id}`;
  for (const read of [
    `${path}?min_seq=7`,
    `${path}/events?min_seq=7`,
    `/api/v1/runs?known=${run.run_id}:7&known=${run.run_id}:8`,
  ]) {
    assert.equal((await rig.json('GET', read)).status, 200, read);
  }
  assert.equal(rig.scheduler.gets.at(-1)?.minSeq, 7n);
  assert.equal(rig.events.lists.at(-1)?.minSeq, 7n);
  assert.deepEqual(
    rig.scheduler.lists.at(-1)?.known.map(({ runId, seq }) => [runId, seq]),
    [
      [run.run_id, 7n],
      [run.run_id, 8n],
    ],
  );
  for (const bad of [
    `${path}?min_seq=-1`,
    `${path}/events?min_seq=x`,
    '/api/v1/runs?known=7',
    '/api/v1/runs?known=a:b',
  ]) {
    assert.equal((await rig.json('GET', bad)).status, 400, bad);
  }
});

test('runs are listed by page, workflow, state and label', async () => {
  await using rig = await gatewayRig();
  for (const parity of ['even', 'odd', 'even']) {
    await rig.json('POST', '/api/v1/workflows/echo/run', { labels: { parity } });
  }
  await rig.json('POST', `/api/v1/workflows/${SLOW_WORKFLOW}/run`);
  const count = async (query: string) => {
    const { status, body } = await rig.json('GET', `/api/v1/runs?${query}`);
    assert.equal(status, 200);
    return body.runs.length;
  };
  assert.equal(await count(''), 4);
  assert.equal(await count('workflow_id=echo'), 3);
  assert.equal(await count('state=RUNNING'), 1);
  assert.equal(await count('state=RUNNING&state=DONE'), 4);
  assert.equal(await count('label=parity=even'), 2);
  const first = await rig.json('GET', '/api/v1/runs?page_size=3');
  assert.equal(first.body['next_page_token'], '3');
  assert.equal(await count('page_size=3&page_token=3'), 1);
});

test('a cancelled run is CANCELLED when that is answered', async () => {
  await using rig = await gatewayRig();
  const { body: started } = await rig.json('POST', `/api/v1/workflows/${SLOW_WORKFLOW}/run`);
  const { status, body } = await rig.json('DELETE', `/api/v1/runs/${started.run_id}?reason=a+test`);
  assert.deepEqual([status, body.state], [200, 'CANCELLED']);
  const { body: done } = await rig.json('POST', '/api/v1/workflows/echo/run?wait=5s');
  const refused = await rig.json('DELETE', `/api/v1/runs/${done.run_id}`);
  assert.deepEqual([refused.status, refused.body.error.reason], [409, 'RUN_ENDED']);
});

test('a client that goes away ends the call behind', async () => {
  await using rig = await gatewayRig();
  const leaving = new AbortController();
  const asked = fetch(`${rig.url}/api/v1/workflows/${SLOW_WORKFLOW}/run?wait=5m`, {
    method: 'POST',
    signal: leaving.signal,
  });
  await eventually(() => rig.scheduler.starts.length === 1, { describe: 'the start' });
  const [{ context } = assert.fail('nothing was started')] = rig.scheduler.starts;
  const ended = new Promise((resolve) => context.signal.addEventListener('abort', resolve));
  leaving.abort();
  await assert.rejects(asked);
  await ended;
});
