import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { createLogger, startTelemetry } from '@skein/telemetry';
import { gatewayRig } from '../testing/gateway-rig.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

test('a request is a span of its caller’s trace, a measurement and a line in the log', async () => {
  const exporter = new InMemorySpanExporter();
  await using telemetry = await startTelemetry({
    service: 'test',
    version: '0',
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const lines: { readonly [field: string]: unknown }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as never) };
  const seen: (string | undefined)[] = [];
  await using full = await gatewayRig();
  const runs = {
    ...full.clients.runs,
    startRun: (...call: Parameters<typeof full.clients.runs.startRun>) => {
      seen.push(trace.getActiveSpan()?.spanContext().traceId);
      return full.clients.runs.startRun(...call);
    },
  };
  const logger = createLogger({ service: 'gateway', level: 'debug', destination });
  await using rig = await gatewayRig({ logger, clients: { ...full.clients, runs } });
  const headers = { traceparent: TRACEPARENT };
  await rig.json('POST', '/api/v1/workflows/echo/run?wait=1s', { input: 'x'.repeat(200_000) }, headers);
  await rig.json('POST', '/skein.scheduler.v1.RunService/StartRun', { workflow: { workflowId: 'echo' } }, headers);
  const failed = await rig.json('GET', '/api/v1/runs/absent', undefined, headers);
  await rig.gateway[Symbol.asyncDispose]();

  assert.deepEqual(seen, [TRACE_ID, TRACE_ID]);
  assert.equal(failed.body.error.trace_id, TRACE_ID);
  const spans = exporter.getFinishedSpans();
  assert.deepEqual(
    spans.map(({ name }) => name),
    [
      'POST /api/v1/workflows/:workflow_id/run',
      'POST /skein.scheduler.v1.RunService/StartRun',
      'GET /api/v1/runs/:run_id',
    ],
  );
  for (const span of spans) assert.equal(span.spanContext().traceId, TRACE_ID);
  const metrics = await telemetry.renderMetrics();
  assert.match(metrics, /http_server_request_duration_count\{.*http_route="\/api\/v1\/runs\/:run_id".*\} 1/);
  const access = lines.filter(({ message }) => message === 'request');
  assert.equal(access.length, 3);
  assert.deepEqual(
    [access[2]?.['route'], access[2]?.['status'], access[2]?.['trace_id']],
    ['/api/v1/runs/:run_id', 404, TRACE_ID],
  );
});
