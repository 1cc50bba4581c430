import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { Code, createClient } from '@connectrpc/connect';
import { RunService } from '@skein/contracts/scheduler';
import { describeError, grpcTransport } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { WebSocket } from 'ws';
import { createGatewayService } from '../service.ts';
import { SLOW_WORKFLOW } from '../testing/fake-scheduler.ts';
import { gatewayRig, type GatewayRig } from '../testing/gateway-rig.ts';
import { ExposedAddressError, foreignHeader, isLoopback } from './loopback.ts';

async function open(rig: GatewayRig): Promise<Socket> {
  const socket = connect(rig.gateway.port, '127.0.0.1');
  await once(socket, 'connect');
  return socket.setEncoding('utf8');
}

test('requests in crumbs and in a row are answered', async () => {
  await using rig = await gatewayRig();
  const socket = await open(rig);
  let text = '';
  socket.on('data', (chunk: string) => (text += chunk));
  for (const crumb of ['P', 'O', 'S', 'T /api/v1/workflows/echo/run?wait=1s HTTP/1.1\r\nHost: localhost\r\n']) {
    socket.write(crumb);
    await new Promise(setImmediate);
  }
  const body = JSON.stringify({ input: 'y'.repeat(300_000) });
  socket.write(`content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await once(socket, 'close');
  assert.equal(text.match(/HTTP\/1\.1 200 OK/g)?.length, 2);
  assert.equal(rig.scheduler.starts.length, 1);
});

test('a preface in crumbs is HTTP/2', async () => {
  await using rig = await gatewayRig();
  const socket = connect(rig.gateway.port, '127.0.0.1');
  await once(socket, 'connect');
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  for (const crumb of ['PRI * HT', 'TP/2.0\r\n\r\nSM\r', '\n\r\n']) {
    socket.write(crumb);
    await new Promise(setImmediate);
  }
  socket.write(settings);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.equal(answer[3], 4, 'the server did not answer with its settings');
  socket.destroy();
});

test('an upgrade to HTTP/2 is asked politely and answered over HTTP/1.1', async () => {
  await using rig = await gatewayRig();
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': '' };
  const request = httpRequest(`${rig.url}/health`, { headers }).end();
  const [response] = (await once(request, 'response')) as [{ statusCode: number; resume(): void }];
  assert.equal(response.statusCode, 200);
  response.resume();
});

test('only this machine is listened to', async () => {
  for (const host of ['0.0.0.0', '::', '192.168.1.7', 'example.com']) {
    const refused = createGatewayService({ host, port: 0, clients: {} as never, logger: {} as never });
    await assert.rejects(refused, (error) => {
      assert.ok(error instanceof ExposedAddressError);
      assert.equal(error.reason, 'ADDRESS_NOT_LOOPBACK');
      assert.match(error.message, /SKEIN_HOST to 127\.0\.0\.1/);
      return true;
    });
  }
  assert.ok(['127.0.0.1', '127.8.8.8', '::1', '[::1]', 'localhost'].every(isLoopback));
});

test('a port that is taken is said, and nothing stays behind', async () => {
  await using rig = await gatewayRig();
  await assert.rejects(gatewayRig({ port: rig.gateway.port }), /EADDRINUSE/);
  assert.equal((await rig.json('GET', '/health')).status, 200);
});

test('pages of other sites are refused', async () => {
  await using rig = await gatewayRig();
  assert.equal(foreignHeader({ host: 'localhost:8080', origin: 'http://127.0.0.1:5173' }), undefined);
  assert.equal(foreignHeader({ host: '127.0.0.1:8080' }), undefined);
  assert.equal(foreignHeader({ ':authority': '[::1]:8080' }), undefined);
  assert.equal(foreignHeader({ host: 'rebound.example:8080' }), 'Host');
  const { status, body } = await rig.json('POST', '/api/v1/workflows/echo/run', undefined, {
    origin: 'https://example.com',
  });
  assert.deepEqual([status, body.error.code, body.error.place], [403, 'PERMISSION_DENIED', 'Origin']);
  const socket = new WebSocket(`${rig.url.replace('http', 'ws')}/api/v1/llm/stream`, { origin: 'https://example.com' });
  const [error] = (await once(socket, 'error')) as [Error];
  assert.match(error.message, /403/);
  assert.equal(rig.scheduler.starts.length, 0);
});

test('a stop finishes requests, then refuses', async () => {
  await using rig = await gatewayRig();
  const waiting = rig.json('POST', `/api/v1/workflows/${SLOW_WORKFLOW}/run?wait=1m`);
  await eventually(() => rig.scheduler.starts.length === 1, { describe: 'the start' });
  const kept = await open(rig);
  kept.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(kept, 'data');
  const stopped = rig.gateway[Symbol.asyncDispose]();
  assert.deepEqual(await rig.gateway.ready(), { ready: false, reason: 'the gateway is stopping' });
  rig.scheduler.finish(rig.scheduler.starts[0]?.request.runId ?? '', { done: true });
  assert.equal((await waiting).status, 200);
  await stopped;
  await assert.rejects(rig.json('GET', '/health'));
});

test('a stop cuts what does not end in time', async () => {
  await using rig = await gatewayRig({ graceMs: 100 });
  using transport = grpcTransport({ address: `127.0.0.1:${rig.gateway.port}` });
  const target = { case: 'workflow', value: { workflowId: SLOW_WORKFLOW } } as const;
  const overRpc = createClient(RunService, transport).startRun({ target, waitTimeout: { seconds: 60n } });
  const overRest = rig.json('POST', `/api/v1/workflows/${SLOW_WORKFLOW}/run?wait=1m`);
  await eventually(() => rig.scheduler.starts.length === 2, { describe: 'both starts' });
  await Promise.all([
    assert.rejects(overRest),
    assert.rejects(overRpc, (error) => describeError(error).code === Code.Unavailable),
    rig.gateway[Symbol.asyncDispose](),
  ]);
});

test('while stopping, what is new on an open connection is refused', async () => {
  await using rig = await gatewayRig();
  const socket = await open(rig);
  let text = '';
  socket.on('data', (chunk: string) => (text += chunk));
  socket.write(`POST /api/v1/workflows/${SLOW_WORKFLOW}/run?wait=1m HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await eventually(() => rig.scheduler.starts.length === 1, { describe: 'the start' });
  const stopped = rig.gateway[Symbol.asyncDispose]();
  socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
  // The refusal is made at once, and sent after the answer before it.
  await eventually(() => rig.gateway.inFlight === 2, { describe: 'the second request' });
  rig.scheduler.finish(rig.scheduler.starts[0]?.request.runId ?? '', {});
  await once(socket, 'close');
  await stopped;
  assert.deepEqual(text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 503']);
  assert.match(text, /NOT_READY/);
});
