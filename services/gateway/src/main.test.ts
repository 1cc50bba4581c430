import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startGrpcServer } from '@skein/rpc';
import { eventually, freePort, spawnProcess } from '@skein/testkit';
import { delta } from './testing/deltas.ts';
import { FakeEvents } from './testing/fake-events.ts';
import { fakeLlm } from './testing/fake-llm.ts';
import { fakeRegistry } from './testing/fake-registry.ts';
import { FakeScheduler, SLOW_WORKFLOW } from './testing/fake-scheduler.ts';
import { readSse } from './testing/sse-reader.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

test('the process serves what its services say over gRPC, and stops when asked', async () => {
  const events = new FakeEvents();
  const scheduler = new FakeScheduler(events);
  const bindings = [...scheduler.bindings, events.binding, fakeRegistry(), fakeLlm()];
  await using services = await startGrpcServer({ port: 0, bindings });
  const [port, adminPort] = [await freePort(), await freePort()];
  await using gateway = await spawnProcess(process.execPath, {
    args: [MAIN],
    env: {
      HTTP_PORT: String(port),
      SKEIN_GATEWAY_ADMIN_PORT: String(adminPort),
      SKEIN_SCHEDULER_ADDRESSES: services.address,
      SKEIN_REGISTRY_ADDRESS: services.address,
      SKEIN_EVENT_LOG_ADDRESS: services.address,
      SKEIN_LLM_PROXY_ADDRESS: services.address,
    },
    ready: /gateway started/,
  });
  const url = `http://127.0.0.1:${port}`;
  const post = (path: string, type: string, body: string) =>
    fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': type }, body });

  const applied = await post('/api/v1/workflows', 'application/yaml', `id: ${SLOW_WORKFLOW}\n`);
  assert.equal(applied.status, 201);
  const refused = await post('/api/v1/workflows', 'application/yaml', 'nothing');
  const { error } = (await refused.json()) as { error: { reason: string; violations: object[] } };
  assert.deepEqual([refused.status, error.reason, error.violations.length], [400, 'INVALID_WORKFLOW', 2]);

  const waiting = post(
    `/api/v1/workflows/${SLOW_WORKFLOW}/run?wait=1m`,
    'application/json',
    '{"input":[1,{"a":null}]}',
  );
  await eventually(() => scheduler.starts.length === 1, { describe: 'the start' });
  const runId = scheduler.starts[0]?.request.runId ?? '';
  const following = await fetch(`${url}/api/v1/runs/${runId}/events`, { headers: { accept: 'text/event-stream' } });
  const reading = Array.fromAsync(readSse(following));
  events.append(runId, delta('Hel'));
  scheduler.finish(runId, { text: 'Hello' });
  const run = (await (await waiting).json()) as { state: string; input: unknown; output: unknown };
  assert.deepEqual([run.state, run.input, run.output], ['DONE', [1, { a: null }], { text: 'Hello' }]);
  assert.deepEqual(
    (await reading).map((item) => 'event' in item && item.event),
    ['run_started', 'agent_stream_delta', 'run_done'],
  );

  const ready = await fetch(`http://127.0.0.1:${adminPort}/readyz`);
  assert.equal(ready.status, 200);
  const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
  assert.match(metrics, /http_server_request_duration_bucket\{[^}]*le="0\.001"/);
  assert.match(metrics, /gateway_open_streams\{[^}]*kind="sse"[^}]*\} 0/);
  gateway.kill('SIGTERM');
  assert.equal((await gateway.exited).code, 0, gateway.output);
});

test('the process does not start where other machines can reach it', async () => {
  const env = { SKEIN_HOST: '0.0.0.0', HTTP_PORT: '0', SKEIN_GATEWAY_ADMIN_PORT: '0' };
  await using gateway = await spawnProcess(process.execPath, { args: [MAIN], env });
  assert.equal((await gateway.exited).code, 1, gateway.output);
  assert.match(gateway.stderr, /ExposedAddressError.*set SKEIN_HOST to 127\.0\.0\.1/);
});
