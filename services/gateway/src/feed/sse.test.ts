import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { KeepAliveSchema, StreamResetSchema } from '@skein/contracts/eventlog';
import { eventually } from '@skein/testkit';
import { delta } from '../testing/deltas.ts';
import { SLOW_WORKFLOW } from '../testing/fake-scheduler.ts';
import { gatewayRig, type GatewayRig } from '../testing/gateway-rig.ts';
import { readSse, type SseEvent } from '../testing/sse-reader.ts';

async function startSlow(rig: GatewayRig): Promise<string> {
  const { body } = await rig.json('POST', `/api/v1/workflows/${SLOW_WORKFLOW}/run`);
  return body.run_id;
}

function follow(rig: GatewayRig, runId: string, headers: Record<string, string> = {}, query = ''): Promise<Response> {
  return fetch(`${rig.url}/api/v1/runs/${runId}/events${query}`, {
    headers: { accept: 'text/event-stream', ...headers },
  });
}

async function all(response: Response): Promise<(SseEvent | { readonly comment: string })[]> {
  return Array.fromAsync(readSse(response));
}

test('a run is followed from its first event to its last', async () => {
  await using rig = await gatewayRig();
  const runId = await startSlow(rig);
  const response = await follow(rig, runId);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  rig.events.append(runId, delta('Hel'));
  rig.events.appendItem(runId, { case: 'keepAlive', value: create(KeepAliveSchema) });
  const value = create(StreamResetSchema, { nodeId: 'reply', attempt: 1, dispatch: 2 });
  rig.events.appendItem(runId, { case: 'streamReset', value });
  rig.scheduler.finish(runId, {});
  const events = await all(response);
  assert.deepEqual(
    events.map((item) => ('event' in item ? item.event : item.comment)),
    ['run_started', 'agent_stream_delta', 'alive', 'stream_reset', 'run_done'],
  );
  assert.deepEqual(events[1], {
    id: 'p2',
    event: 'agent_stream_delta',
    data: {
      type: 'agent_stream_delta',
      namespace: 'default',
      run_id: runId,
      node_id: 'reply',
      attempt: 1,
      dispatch: 1,
      task_seq: 1,
      occurred_at: '2026-11-05T09:30:01.000Z',
      payload: { text: 'Hel', offset_bytes: 0 },
      cursor: 'p2',
    },
  });
  assert.equal(rig.events.open, 0);
});

test('a stream that breaks goes on after the last event received', async () => {
  await using rig = await gatewayRig();
  const runId = await startSlow(rig);
  rig.events.append(runId, delta('one'));
  rig.events.append(runId, delta('two'));
  const texts: unknown[] = [];
  let lastId = '';
  for await (const item of readSse(await follow(rig, runId))) {
    if (!('id' in item)) continue;
    lastId = item.id;
    texts.push(item.event);
    if (texts.length === 2) break;
  }
  await eventually(() => rig.events.open === 0, { describe: 'the subscription to end' });
  rig.scheduler.finish(runId, {});
  for (const resumed of [
    await follow(rig, runId, { 'last-event-id': lastId }),
    await follow(rig, runId, {}, `?cursor=${lastId}`),
  ]) {
    const rest = (await all(resumed)).map((item) => ('event' in item ? item.data['payload'] : item));
    assert.deepEqual(rest, [{ text: 'two', offset_bytes: 0 }, { output_seq: 0 }]);
  }
});

test('whoever comes back after the end is told to stop', async () => {
  await using rig = await gatewayRig();
  const runId = await startSlow(rig);
  rig.scheduler.finish(runId, {});
  const response = await follow(rig, runId, { 'last-event-id': 'p2' });
  assert.equal(response.status, 204);
});

test('streamed text can be left out', async () => {
  await using rig = await gatewayRig();
  const runId = await startSlow(rig);
  rig.events.append(runId, delta('one'));
  rig.scheduler.finish(runId, {});
  const events = await all(await follow(rig, runId, {}, '?include_task_events=false'));
  assert.deepEqual(
    events.map((item) => 'event' in item && item.event),
    ['run_started', 'run_done'],
  );
});

test('a wrong run or cursor is an ordinary error', async () => {
  await using rig = await gatewayRig();
  const absent = await rig.json('GET', '/api/v1/runs/absent/events', undefined, { accept: 'text/event-stream' });
  assert.deepEqual([absent.status, absent.body.error.reason], [404, 'RUN_NOT_FOUND']);
  const runId = await startSlow(rig);
  const path = `/api/v1/runs/${runId}/events?cursor=nonsense`;
  const wrong = await rig.json('GET', path, undefined, { accept: 'text/event-stream' });
  assert.deepEqual([wrong.status, wrong.body.error.reason], [400, 'INVALID_CURSOR']);
});

test('a client that goes away ends the subscription', async () => {
  await using rig = await gatewayRig();
  const runId = await startSlow(rig);
  const leaving = new AbortController();
  const response = await fetch(`${rig.url}/api/v1/runs/${runId}/events`, {
    headers: { accept: 'text/event-stream' },
    signal: leaving.signal,
  });
  assert.equal(rig.events.open, 1);
  leaving.abort();
  await assert.rejects(response.text());
  await eventually(() => rig.events.open === 0, { describe: 'the subscription to end' });
});

test('a stop says goodbye', async () => {
  await using rig = await gatewayRig();
  const runId = await startSlow(rig);
  const reading = all(await follow(rig, runId));
  await rig.gateway[Symbol.asyncDispose]();
  const events = await reading;
  assert.match(String((events.at(-1) as { comment?: string }).comment), /stopping.*Last-Event-ID/);
  assert.equal(rig.events.open, 0);
});

test('a reader that does not read holds the feed, not memory', async () => {
  await using rig = await gatewayRig();
  const runId = await startSlow(rig);
  const text = 'x'.repeat(100_000);
  for (let index = 0; index < 400; index += 1) rig.events.append(runId, delta(text));
  rig.scheduler.finish(runId, {});
  const response = await follow(rig, runId);
  const reader = response.body?.getReader();
  await reader?.read();
  let before = -1;
  const isStill = () => {
    const same = before === rig.events.handedOut;
    before = rig.events.handedOut;
    return same;
  };
  await eventually(isStill, { describe: 'the feed to stand still' });
  assert.ok(before < 200, `${before} of 402 items were taken though nobody read them`);
  let received = 0;
  for (let chunk = await reader?.read(); chunk?.done === false; chunk = await reader?.read())
    received += chunk.value.length;
  assert.ok(received > 39_000_000);
  assert.equal(rig.events.handedOut, 402);
});

test('a run is followed over HTTP/2, and left', async () => {
  await using rig = await gatewayRig();
  const runId = await startSlow(rig);
  const session = connect(rig.url);
  const path = `/api/v1/runs/${runId}/events`;
  const left = session.request({ ':path': path, accept: 'text/event-stream' });
  await once(left, 'data');
  left.close();
  await eventually(() => rig.events.open === 0, { describe: 'the subscription to end' });
  rig.scheduler.finish(runId, {});
  const read = session.request({ ':path': path, accept: 'text/event-stream' });
  const text = Buffer.concat(await read.toArray()).toString();
  assert.deepEqual(text.match(/^event: .*$/gm), ['event: run_started', 'event: run_done']);
  session.close();
});
