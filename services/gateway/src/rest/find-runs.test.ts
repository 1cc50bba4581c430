import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BulkOperation } from '@skein/contracts/scheduler';
import { searchAttributesFromMessages } from '@skein/events';
import { gatewayRig } from '../testing/gateway-rig.ts';

test('what a run is found by goes in and comes out as JSON', async () => {
  await using rig = await gatewayRig();
  const search_attributes = {
    customer: 'acme',
    n: 5,
    score: 0.5,
    tags: ['a'],
    due: { timestamp: '2026-11-01T00:00:00.000Z' },
  };
  const memo = { note: 'by phone' };
  const { status, body } = await rig.json('POST', '/api/v1/workflows/echo/run?wait=30s', { search_attributes, memo });
  assert.equal(status, 200);
  assert.deepEqual([body['search_attributes'], body['memo']], [search_attributes, memo]);
  const [start] = rig.scheduler.starts;
  const due = { timestampMs: Date.parse('2026-11-01T00:00:00Z') };
  const given = searchAttributesFromMessages(start?.request.searchAttributes ?? {});
  assert.deepEqual(given, { ...search_attributes, due });
  const wrong = await rig.json('POST', '/api/v1/workflows/echo/run', { search_attributes: { a: { b: 1 } } });
  assert.equal(wrong.status, 400);
  assert.match(JSON.stringify(wrong.body), /search_attributes\.a/);
});

test('filters go on to the scheduler', async () => {
  await using rig = await gatewayRig();
  const filter = `state = FAILED and attr.customer = 'acme'`;
  const query = `filter=${encodeURIComponent(filter)}`;
  await rig.json('GET', `/api/v1/runs?${query}&namespace=acme`);
  assert.deepEqual([rig.scheduler.lists[0]?.filter, rig.scheduler.lists[0]?.namespace], [filter, 'acme']);
  const { status, body } = await rig.json('GET', `/api/v1/runs/count?${query}&group_by=state&include_children=true`);
  assert.equal(status, 200);
  assert.deepEqual(body, { count: 0, groups: [{ value: 'DONE', count: 0 }] });
  const [count] = rig.scheduler.counts;
  assert.deepEqual([count?.filter, count?.groupBy, count?.includeChildren], [filter, 'state', true]);
});

test('a bulk operation answers a line for each report', async () => {
  await using rig = await gatewayRig();
  const post = (body: object) =>
    fetch(`${rig.url}/api/v1/runs/bulk?namespace=acme`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const order = { filter: 'state = FAILED', operation: 'retry', bulk_id: 'b-1', reason: 'again' };
  const response = await post(order);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^application\/x-ndjson/);
  const lines = (await response.text()).trimEnd().split('\n');
  const reports = lines.map((line) => JSON.parse(line) as { done: number; finished: boolean });
  assert.deepEqual(
    reports.map(({ done, finished }) => [done, finished]),
    [
      [0, false],
      [2, true],
    ],
  );
  const [bulk] = rig.scheduler.bulks;
  assert.deepEqual([bulk?.operation, bulk?.namespace, bulk?.bulkId], [BulkOperation.RETRY, 'acme', 'b-1']);
  const counted = await post({ ...order, dry_run: true });
  assert.equal((await counted.text()).trimEnd().split('\n').length, 1);
  assert.equal((await post({ ...order, operation: 'rename' })).status, 400);
  assert.equal((await post({ operation: 'cancel' })).status, 400);
});

test('the time line of a run is read', async () => {
  await using rig = await gatewayRig();
  const { body: started } = await rig.json('POST', '/api/v1/workflows/echo/run?wait=30s');
  const { status, body } = await rig.json('GET', `/api/v1/runs/${started.run_id}/timeline`);
  assert.equal(status, 200);
  assert.equal(body['outcome'], 'run_done');
  const unknown = '01a1fcd3-853f-7648-a691-43958cca9465';
  assert.equal((await rig.json('GET', `/api/v1/runs/${unknown}/timeline`)).status, 404);
});
