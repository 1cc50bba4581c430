import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayRig } from '../testing/gateway-rig.ts';

test('a namespace is shown, changed field by field, and listed', async () => {
  await using rig = await gatewayRig();
  const path = '/api/v1/namespaces/acme';
  const changed = await rig.json('PATCH', path, { run_retention: '168h', description: 'the first customer' });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.deepEqual([changed.body['name'], changed.body['run_retention']], ['acme', '604800s']);
  assert.deepEqual(rig.namespaceMasks, [['run_retention', 'description']]);
  assert.equal((await rig.json('GET', path)).body['description'], 'the first customer');
  assert.equal(((await rig.json('GET', '/api/v1/namespaces')).body['namespaces'] as object[]).length, 1);
  const wrong = await rig.json('PATCH', path, { retention: '1h' });
  assert.equal(wrong.status, 400);
});

test('an ended run is deleted, and is not found the second time', async () => {
  await using rig = await gatewayRig();
  const started = await rig.json('POST', '/api/v1/workflows/echo/run', { input: {} });
  const path = `/api/v1/runs/${started.body.run_id}/delete`;
  assert.equal((await rig.json('POST', path)).status, 204);
  const again = await rig.json('POST', path);
  assert.deepEqual([again.status, again.body.error.reason], [404, 'RUN_NOT_FOUND']);
});
