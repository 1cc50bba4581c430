import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createClient } from '@connectrpc/connect';
import { parseWorkflow } from '@skein/domain';
import { remoteTransport } from '@skein/rpc';
import { startStockServer } from './server.ts';
import { StockService } from './stock/v1/stock_pb.ts';

test('workflow.yaml is without fault and calls methods that the service has', () => {
  const { plan, problems } = parseWorkflow(readFileSync(new URL('workflow.yaml', import.meta.url), 'utf8'));
  assert.deepEqual(problems, []);
  const names = StockService.methods.map(({ name }) => `${StockService.typeName}/${name}`);
  const called = [...(plan?.nodes.values() ?? [])].flatMap(({ work }) => (work.kind === 'rpc' ? [work.method] : []));
  assert.deepEqual(called, names);
});

test('a reservation under the same key is the same reservation', async () => {
  await using server = await startStockServer();
  using transport = remoteTransport({ protocol: 'grpc', address: server.address, tls: false });
  const stock = createClient(StockService, transport);
  const reserve = () =>
    stock.reserve({ sku: 'lamp-17', quantity: 2 }, { headers: { 'idempotency-key': 'run/reserve/1' } });
  const first = await reserve();
  assert.equal((await reserve()).reservationId, first.reservationId);
  assert.equal((await stock.check({ sku: 'lamp-17' })).available, 3);
});
