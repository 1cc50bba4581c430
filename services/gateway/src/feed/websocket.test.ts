import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@skein/testkit';
import type { ErrorBody } from '../errors/error-body.ts';
import { delta } from '../testing/deltas.ts';
import { SLOW_WORKFLOW } from '../testing/fake-scheduler.ts';
import { gatewayRig, type GatewayRig } from '../testing/gateway-rig.ts';
import { WsClient } from '../testing/ws-client.ts';

async function startSlow(rig: GatewayRig): Promise<string> {
  const { body } = await rig.json('POST', `/api/v1/workflows/${SLOW_WORKFLOW}/run`);
  return body.run_id;
}

test('a run is followed over a WebSocket, and resumed by cursor', async () => {
  await using rig = await gatewayRig();
  const runId = await startSlow(rig);
  using first = await WsClient.open(rig.url, `/api/v1/runs/${runId}/events`);
  rig.events.append(runId, delta('Hel'));
  await eventually(() => first.messages.length === 2, { describe: 'two events' });
  first.socket.close();
  await eventually(() => rig.events.open === 0, { describe: 'the subscription to end' });
  const cursor = String(first.messages.at(-1)?.['cursor']);
  using second = await WsClient.open(rig.url, `/api/v1/runs/${runId}/events?cursor=${cursor}`);
  rig.events.append(runId, delta('lo'));
  rig.scheduler.finish(runId, {});
  assert.deepEqual(await second.closed, { code: 1000, reason: 'the run has ended' });
  assert.deepEqual(
    [...first.messages, ...second.messages].map(({ type }) => type),
    ['run_started', 'agent_stream_delta', 'agent_stream_delta', 'run_done'],
  );
  assert.deepEqual(second.messages[0]?.['payload'], { text: 'lo', offset_bytes: 0 });
});

test('a wrong run is told in a message and a close code', async () => {
  await using rig = await gatewayRig();
  using client = await WsClient.open(rig.url, '/api/v1/runs/absent/events');
  assert.deepEqual(await client.closed, { code: 4404, reason: 'RUN_NOT_FOUND' });
  assert.equal((client.messages[0] as unknown as ErrorBody).error.reason, 'RUN_NOT_FOUND');
});

test('a wrong query is refused before the socket opens', async () => {
  await using rig = await gatewayRig();
  await assert.rejects(WsClient.open(rig.url, '/api/v1/runs/x/events?nonsense=1'), /400/);
  await assert.rejects(WsClient.open(rig.url, '/api/v1/nothing'), /404/);
});

test('a stop closes with 1001', async () => {
  await using rig = await gatewayRig();
  const runId = await startSlow(rig);
  using events = await WsClient.open(rig.url, `/api/v1/runs/${runId}/events`);
  using llm = await WsClient.open(rig.url, '/api/v1/llm/stream');
  await eventually(() => events.messages.length === 1, { describe: 'the first event' });
  await rig.gateway[Symbol.asyncDispose]();
  assert.equal((await events.closed).code, 1001);
  assert.equal((await llm.closed).code, 1001);
});

test('a reader that does not read holds the feed, not memory', async () => {
  await using rig = await gatewayRig();
  const runId = await startSlow(rig);
  const text = 'x'.repeat(100_000);
  for (let index = 0; index < 400; index += 1) rig.events.append(runId, delta(text));
  rig.scheduler.finish(runId, {});
  using client = await WsClient.open(rig.url, `/api/v1/runs/${runId}/events`);
  client.socket.pause();
  let before = -1;
  const isStill = () => {
    const same = before === rig.events.handedOut;
    before = rig.events.handedOut;
    return same;
  };
  await eventually(isStill, { describe: 'the feed to stand still' });
  assert.ok(before < 200, `${before} of 402 items were taken though nobody read them`);
  client.socket.resume();
  assert.equal((await client.closed).code, 1000);
  assert.equal(client.messages.length, 402);
});

test('questions to a model are answered in order, word by word, and errors end no conversation', async () => {
  await using rig = await gatewayRig();
  using client = await WsClient.open(rig.url, '/api/v1/llm/stream');
  const messages = [{ role: 'user', content: 'one two' }];
  client.send({ request_id: 'a', messages });
  client.send({ request_id: 'b', messages, model: 'absent' });
  client.send('no JSON');
  client.send({ request_id: 'c', messages: [{ role: 'narrator', content: '' }] });
  client.send({ request_id: 'd', messages: [{ role: 'USER', content: 'three' }] });
  await eventually(() => client.messages.at(-1)?.['request_id'] === 'd' && client.messages.length === 8, {
    describe: 'all answers',
  });
  const completion = {
    model: 'builtin/echo',
    finish_reason: 'stop',
    input_tokens: 3,
    output_tokens: 4,
    replayed: false,
  };
  assert.deepEqual(
    client.messages.map(({ error, ...rest }) => (error === undefined ? rest : (error as { reason: string }).reason)),
    [
      { request_id: 'a', type: 'delta', text: 'one ' },
      { request_id: 'a', type: 'delta', text: 'two' },
      { request_id: 'a', type: 'completion', completion: { text: 'one two', ...completion } },
      'MODEL_NOT_FOUND',
      'INVALID_FIELD',
      'INVALID_FIELD',
      { request_id: 'd', type: 'delta', text: 'three' },
      { request_id: 'd', type: 'completion', completion: { text: 'three', ...completion } },
    ],
  );
});

test('the stream of models is a WebSocket alone', async () => {
  await using rig = await gatewayRig();
  const { status, body } = await rig.json('GET', '/api/v1/llm/stream');
  assert.equal(status, 409);
  assert.match(body.error.remedy ?? '', /ws:\/\//);
});
