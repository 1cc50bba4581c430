import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayRig } from '../testing/gateway-rig.ts';

const LONG_KEY = `workflow/${'w'.repeat(128)}/${'v'.repeat(200)}`;

test('a limit is set, shown, listed and taken away, whatever its key', async () => {
  await using rig = await gatewayRig();
  for (const key of ['namespace', 'workflow/orders/ümlaut & co', LONG_KEY]) {
    const path = `/api/v1/limits/${encodeURIComponent(key)}`;
    const set = await rig.json('PUT', path, { max_concurrency: 2, rate_limit: 10, rate_per: '1m' });
    assert.equal(set.status, 200, JSON.stringify(set.body));
    assert.deepEqual([set.body['key'], set.body['max_concurrency'], set.body['rate_per']], [key, 2, '60s']);
    assert.equal((await rig.json('GET', path)).body['rate_limit'], 10);
    assert.equal(((await rig.json('GET', '/api/v1/limits')).body['limits'] as object[]).length, 1);
    assert.equal((await rig.json('DELETE', path)).status, 204);
    const gone = await rig.json('GET', path);
    assert.deepEqual([gone.status, gone.body.error.reason], [404, 'LIMIT_NOT_FOUND']);
  }
});
