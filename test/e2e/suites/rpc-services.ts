import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { Run } from '@skein/contracts/scheduler';
import { eventually } from '@skein/testkit';
import { startStockServer } from '../../../examples/rpc/server.ts';
import { StockService } from '../../../examples/rpc/stock/v1/stock_pb.ts';
import type { TestPlatform } from '../harness/platform.ts';
import { ROOT } from '../harness/skein.ts';
import type { UsePlatform } from './every-mode.ts';

const FILE = join(ROOT, 'examples/rpc/workflow.yaml');
const CHECK = 'stock.v1.StockService/Check';
const RESERVE = 'stock.v1.StockService/Reserve';
const DESCRIPTORS = toBinary(
  FileDescriptorSetSchema,
  create(FileDescriptorSetSchema, { file: [StockService.file.proto] }),
);

/** Applies a workflow of one rpc node and runs it to its end. */
async function callOnce({ clients }: TestPlatform, namespace: string, settings: object): Promise<Run> {
  const node = {
    id: 'reserve',
    type: 'rpc',
    service_id: 'stock',
    method: RESERVE,
    input: { sku: 'lamp-17', quantity: 1 },
    retry: { max_attempts: 2, initial: '10ms' },
    ...settings,
  };
  const source = JSON.stringify({ id: 'one-call', nodes: [node] });
  await clients.workflows.applyWorkflow({ namespace, definition: { case: 'source', value: source } });
  const target = { case: 'workflow', value: { workflowId: 'one-call' } } as const;
  const { run } = await clients.runs.startRun({ namespace, target, waitTimeout: { seconds: 30n } });
  assert.ok(run);
  return run;
}

/** Takes connections and breaks each as soon as something is said. */
async function breakingServer(): Promise<AsyncDisposable & { readonly address: string; readonly calls: () => number }> {
  let calls = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      calls += 1;
      socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** Nodes that call methods of gRPC servers that the platform learns of by their own telling. */
export function rpcServiceSuite(use: UsePlatform): void {
  suite('rpc services', { concurrency: true }, () => {
    test('the example runs: methods by reflection, a condition on the answer, an error edge by status', async () => {
      const platform = use();
      const namespace = 'rpc-example';
      await using server = await startStockServer();
      const registered = await platform.skein('services', 'register', 'stock', '-a', server.address, '-n', namespace);
      assert.equal(registered.code, 0, registered.stderr);
      const input = '{"sku":"lamp-17","quantity":2}';
      const { code, stdout, stderr } = await platform.skein('run', FILE, '-n', namespace, '--input', input);
      assert.equal(code, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), { available: 5, reservation: 'r-1', message: null });
      const rest = async (path: string, body?: object) => {
        const url = `${platform.apiUrl}/api/v1/${path}namespace=${namespace}`;
        const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
        return (await (await fetch(url, body === undefined ? {} : init)).json()) as Readonly<Record<string, unknown>>;
      };
      const { methods } = await rest('services/stock/methods?');
      assert.partialDeepStrictEqual(methods, [{ method: CHECK }, { method: RESERVE, streaming: false }]);
      const order = (sku: string, quantity: number) =>
        rest('workflows/order-from-stock/run?wait=30s&', { input: { sku, quantity } });
      assert.deepEqual((await order('lamp-17', 4))['output'], { available: 3, reservation: null, message: null });
      const { output, run_id: runId } = await order('boat', 1);
      assert.deepEqual(output, { available: 0, reservation: null, message: 'boat is not sold here' });
      const { events } = await rest(`runs/${String(runId)}/events?type=rpc_call_done&`);
      assert.partialDeepStrictEqual(events, [{ payload: { node_id: 'check', failure: { code: 'NOT_FOUND' } } }]);
      await platform.clients.services.deleteService({ namespace, serviceId: 'stock' });
      const isForgotten = async () => {
        const { failure } = await callOnce(platform, namespace, { method: CHECK, input: { sku: 'lamp-17' } });
        return failure?.code === 'SERVICE_NOT_FOUND';
      };
      await eventually(isForgotten, { describe: 'the executor to notice' });
    });

    test('a server without an answer: tried again, or its outcome unknown', async () => {
      const platform = use();
      const namespace = 'rpc-broken';
      await using server = await breakingServer();
      const service = { namespace, serviceId: 'stock', addresses: [server.address], descriptorSet: DESCRIPTORS };
      await platform.clients.services.registerService(service);
      const twice = await callOnce(platform, namespace, {});
      assert.deepEqual([twice.failure?.code, server.calls()], ['RPC_UNREACHABLE', 2]);
      const unknown = await callOnce(platform, namespace, { delivery: 'at_most_once' });
      assert.deepEqual([unknown.failure?.code, server.calls()], ['OUTCOME_UNKNOWN', 3]);
    });

    test('an input that does not fit the message names its field, and nothing is called', async () => {
      const platform = use();
      const namespace = 'rpc-misfit';
      await using server = await startStockServer();
      await platform.clients.services.registerService({ namespace, serviceId: 'stock', addresses: [server.address] });
      const run = await callOnce(platform, namespace, { input: { sku: 'lamp-17', quantity: 'many' } });
      assert.deepEqual([run.failure?.code, server.reserveCalls], ['INVALID_FIELD', 0]);
      assert.equal(run.failure?.place, 'nodes.reserve.input.quantity');
    });
  });
}
