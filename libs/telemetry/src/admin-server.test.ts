import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startAdminServer } from './admin-server.ts';
import type { AdminServerOptions } from './admin-server.ts';

const quiet: AdminServerOptions = {
  port: 0,
  metrics: () => Promise.resolve('up 1\n'),
  readyz: () => Promise.resolve({ postgres: { ready: true } }),
};

test('answers health, readiness and metrics', async () => {
  await using server = await startAdminServer(quiet);
  assert.deepEqual(await (await fetch(`${server.url}/healthz`)).json(), { status: 'healthy' });
  assert.deepEqual(await (await fetch(`${server.url}/readyz`)).json(), {
    ready: true,
    parts: { postgres: { ready: true } },
  });
  const metrics = await fetch(`${server.url}/metrics`);
  assert.equal(await metrics.text(), 'up 1\n');
  assert.match(metrics.headers.get('content-type') ?? '', /version=0\.0\.4/);
  assert.equal((await fetch(`${server.url}/nothing`)).status, 404);
});

test('says what is not ready and why', async () => {
  const readyz = () => Promise.resolve({ bus: { ready: false, reason: 'connecting' } as const });
  await using server = await startAdminServer({ ...quiet, readyz, livez: () => false });
  const answer = await fetch(`${server.url}/readyz`);
  assert.equal(answer.status, 503);
  assert.deepEqual(await answer.json(), { ready: false, parts: { bus: { ready: false, reason: 'connecting' } } });
  assert.equal((await fetch(`${server.url}/healthz`)).status, 503);
});

test('a failing source is an answer, not a crash; a taken port is an error', async () => {
  await using server = await startAdminServer({ ...quiet, metrics: () => Promise.reject(new Error('no metrics')) });
  const answer = await fetch(`${server.url}/metrics`);
  assert.equal(answer.status, 500);
  assert.deepEqual(await answer.json(), { error: 'no metrics' });
  await assert.rejects(startAdminServer({ ...quiet, port: server.port }), /EADDRINUSE/);
});
