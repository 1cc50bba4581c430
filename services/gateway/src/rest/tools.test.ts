import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayRig } from '../testing/gateway-rig.ts';

test('a tool is registered, shown, listed and forgotten', async () => {
  await using rig = await gatewayRig();
  const http = { method: 'GET', url: 'http://127.0.0.1:1/{city}', headers: { 'x-key': 'k' }, input_place: 'query' };
  const body = { tool_id: 'weather', description: 'd', input_schema: { type: 'object' }, http };
  const first = await rig.json('POST', '/api/v1/tools?namespace=acme', body);
  assert.deepEqual([first.status, first.headers.get('location')], [201, '/api/v1/tools/weather']);
  assert.partialDeepStrictEqual(first.body, { ...body, namespace: 'acme', http: { ...http, input_place: 'QUERY' } });
  assert.equal((await rig.json('POST', '/api/v1/tools', body)).status, 200);
  assert.equal((await rig.json('GET', '/api/v1/tools/weather')).body['tool_id'], 'weather');
  const rpc = { service_id: 'stock', method: 'a.B/C' };
  const second = await rig.json('POST', '/api/v1/tools', { tool_id: 'stock', rpc });
  assert.deepEqual(second.body['rpc'], rpc);
  const { body: listed } = await rig.json('GET', '/api/v1/tools');
  assert.equal((listed['tools'] as readonly object[]).length, 2);
  assert.equal((await rig.json('DELETE', '/api/v1/tools/weather')).status, 204);
  const gone = await rig.json('GET', '/api/v1/tools/weather');
  assert.deepEqual([gone.status, gone.body.error.reason], [404, 'TOOL_NOT_FOUND']);
});

test('a tool is of exactly one kind', async () => {
  await using rig = await gatewayRig();
  const http = { method: 'GET', url: 'http://127.0.0.1:1/' };
  for (const kinds of [{}, { http, rpc: { service_id: 's', method: 'a.B/C' } }]) {
    const { status, body } = await rig.json('POST', '/api/v1/tools', { tool_id: 't', ...kinds });
    assert.deepEqual([status, body.error.reason], [400, 'INVALID_FIELD']);
  }
});
