import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayRig } from '../testing/gateway-rig.ts';

test('a run is exported line by line and imported as it was', async () => {
  await using rig = await gatewayRig();
  const { body: started } = await rig.json('POST', '/api/v1/workflows/echo/run?wait=1s', { input: 'x' });
  const response = await fetch(`${rig.url}/api/v1/runs/${started.run_id}/export`);
  assert.match(response.headers.get('content-type') ?? '', /^application\/x-ndjson/);
  const text = await response.text();
  const [header = '', definition = ''] = text.split('\n');
  assert.partialDeepStrictEqual(JSON.parse(header), { skein_history: 1, run_id: started.run_id, workflow_id: 'echo' });
  assert.deepEqual(JSON.parse(definition), { id: 'echo' });
  const imported = await rig.json('POST', '/api/v1/runs/import?namespace=team', text, {
    'content-type': 'application/x-ndjson',
  });
  assert.deepEqual([imported.status, imported.headers.get('location')], [201, `/api/v1/runs/${started.run_id}`]);
  const [request] = rig.scheduler.imports;
  assert.deepEqual([request?.namespace, request?.definition], ['team', { id: 'echo' }]);
  assert.equal(request?.events.length, text.trimEnd().split('\n').length - 2);
});

test('what cannot be exported or imported is an error of the usual shape', async () => {
  await using rig = await gatewayRig();
  const unknown = await rig.json('GET', '/api/v1/runs/01890000-0000-7000-8000-000000000000/export');
  assert.deepEqual([unknown.status, unknown.body.error.reason], [404, 'RUN_NOT_FOUND']);
  const type = { 'content-type': 'application/x-ndjson' };
  const nonsense = await rig.json('POST', '/api/v1/runs/import', 'nonsense', type);
  assert.deepEqual([nonsense.status, nonsense.body.error.reason], [400, 'INVALID_HISTORY']);
  assert.equal(nonsense.body.error.place, 'line 1');
  const json = await rig.json('POST', '/api/v1/runs/import', {});
  assert.deepEqual([json.status, json.body.error.reason], [415, 'UNSUPPORTED_MEDIA_TYPE']);
});
