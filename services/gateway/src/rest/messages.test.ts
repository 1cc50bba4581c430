import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSse } from '../testing/sse-reader.ts';
import { gatewayRig } from '../testing/gateway-rig.ts';

const MESSAGE_ID = '01a1fcd3-853f-7648-a691-43958cca9465';

test('a message is sent, received, acknowledged, listed and read', async () => {
  await using rig = await gatewayRig();
  const message = { message_id: MESSAGE_ID, from_agent: 'editor', payload: { draft: [3, null] }, metadata: { a: 'b' } };
  const sent = await rig.json('POST', '/api/v1/messages', { ...message, to_agent: 'writer', reply_timeout: '1s' });
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  assert.deepEqual([sent.body['created'], 'reply' in sent.body], [true, true]);
  const received = await rig.json('POST', '/api/v1/messages/receive', { agent_id: 'writer', timeout: '0s' });
  const [got] = received.body['messages'] as Record<string, unknown>[];
  assert.partialDeepStrictEqual(got, { ...message, to_agent: 'writer', state: 'WAITING' });
  assert.equal(received.body['cursor'], 'c');
  const acknowledged = await rig.json('POST', '/api/v1/messages/acknowledge', { message_ids: [MESSAGE_ID] });
  assert.deepEqual(acknowledged.body, { acknowledged_count: 1 });
  const listed = await rig.json('GET', '/api/v1/messages?agent_id=writer');
  assert.equal((listed.body['messages'] as object[]).length, 1);
  assert.equal((await rig.json('GET', `/api/v1/messages/${MESSAGE_ID}`)).body['from_agent'], 'editor');
  const missing = await rig.json('GET', '/api/v1/messages/x');
  assert.deepEqual([missing.status, missing.body.error.reason], [404, 'MESSAGE_NOT_FOUND']);
  const copies = await rig.json('POST', '/api/v1/messages/broadcast', { to_agents: ['a', 'b'], payload: 1 });
  assert.deepEqual(
    (copies.body['results'] as { to_agent: string; sent: boolean }[]).map((it) => [it.to_agent, it.sent]),
    [
      ['a', true],
      ['b', true],
    ],
  );
});

test('what a body has too much or of the wrong kind is named', async () => {
  await using rig = await gatewayRig();
  for (const [path, body, field] of [
    ['', { to_agent: 'b', metadata: { a: 1 } }, 'metadata'],
    ['', { to: 'b' }, 'to'],
    ['', { to_agent: 'b', time_to_live: 'soon' }, 'time_to_live'],
    ['/receive', { agent_id: 'b', max_messages: 0 }, 'max_messages'],
    ['/acknowledge', {}, 'message_ids'],
  ] as const) {
    const { status, body: answer } = await rig.json('POST', `/api/v1/messages${path}`, body);
    assert.deepEqual([status, answer.error.reason], [400, 'INVALID_FIELD'], JSON.stringify(answer));
    assert.match(JSON.stringify(answer.error), new RegExp(field));
  }
});

test('a topic is published to, read, and followed from where a reader was', async () => {
  await using rig = await gatewayRig();
  const path = `/api/v1/topics/${encodeURIComponent('prices/eur')}/messages`;
  for (const payload of [1, 2, 3]) {
    assert.equal((await rig.json('POST', path, { from_agent: 'feed', payload })).status, 200);
  }
  assert.equal(((await rig.json('GET', path)).body['messages'] as object[]).length, 3);
  const response = await fetch(`${rig.url}${path}`, { headers: { accept: 'text/event-stream', 'last-event-id': '1' } });
  const seen: unknown[] = [];
  for await (const item of readSse(response)) {
    if ('event' in item) seen.push([item.id, item.event, item.data['payload']]);
  }
  assert.deepEqual(seen, [
    ['2', 'message', 2],
    ['3', 'message', 3],
  ]);
});
