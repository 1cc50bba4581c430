import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayRig } from '../testing/gateway-rig.ts';

test('an rpc service is registered, shown, listed, asked for its methods and forgotten', async () => {
  await using rig = await gatewayRig();
  const body = { service_id: 'stock', protocol: 'connect', addresses: ['127.0.0.1:9100'], descriptor_set: 'q80=' };
  const first = await rig.json('POST', '/api/v1/services?namespace=acme', body);
  assert.deepEqual([first.status, first.headers.get('location')], [201, '/api/v1/services/stock']);
  assert.partialDeepStrictEqual(first.body, {
    namespace: 'acme',
    service_id: 'stock',
    protocol: 'CONNECT',
    addresses: ['127.0.0.1:9100'],
    tls: false,
    descriptor_digest: 'ab',
  });
  assert.equal((await rig.json('POST', '/api/v1/services', body)).status, 200);
  assert.equal((await rig.json('GET', '/api/v1/services/stock')).body['service_id'], 'stock');
  const listed = await rig.json('GET', '/api/v1/services');
  assert.equal((listed.body['services'] as readonly object[]).length, 1);
  const { body: methods } = await rig.json('GET', '/api/v1/services/stock/methods');
  assert.deepEqual(methods, {
    methods: [{ method: 'a.B/C', input_type: 'a.In', output_type: 'a.Out', streaming: false }],
  });
  assert.equal((await rig.json('DELETE', '/api/v1/services/stock')).status, 204);
  const gone = await rig.json('GET', '/api/v1/services/stock');
  assert.deepEqual([gone.status, gone.body.error.reason], [404, 'SERVICE_NOT_FOUND']);
});

test('a descriptor set of 4 MiB goes through, one that is no base64 does not', async () => {
  await using rig = await gatewayRig();
  const body = { service_id: 'stock', addresses: ['127.0.0.1:9100'] };
  const large = Buffer.alloc(4 * 1024 * 1024, 1).toString('base64');
  assert.equal((await rig.json('POST', '/api/v1/services', { ...body, descriptor_set: large })).status, 201);
  const wrong = await rig.json('POST', '/api/v1/services', { ...body, descriptor_set: '!' });
  assert.deepEqual([wrong.status, wrong.body.error.place], [400, 'descriptor_set']);
});
