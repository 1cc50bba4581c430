import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { context, metrics, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { startTelemetry, TelemetryStartedError } from './telemetry.ts';
import type { TelemetryOptions } from './telemetry.ts';
import { extractTraceparent, injectTraceparent, withSpan } from './trace-context.ts';

// One SDK per process: the tests of this file run one after the other and each frees the globals.
const base: TelemetryOptions = { service: 'test', version: '1.0.0' };

function memory(): { exporter: InMemorySpanExporter; options: TelemetryOptions } {
  const exporter = new InMemorySpanExporter();
  return { exporter, options: { ...base, sampleRatio: 1, spanProcessors: [new SimpleSpanProcessor({ exporter })] } };
}

test('spans arrive, nested, with the resource of the process', async () => {
  const { exporter, options } = memory();
  await using telemetry = await startTelemetry(options);
  await withSpan(trace.getTracer('scheduler'), 'outer', {}, async () => {
    await withSpan(trace.getTracer('executor'), 'inner', {}, () => Promise.resolve());
  });
  await telemetry.flush();
  const [inner, outer] = exporter.getFinishedSpans();
  assert.equal(inner?.name, 'inner');
  assert.equal(inner?.parentSpanContext?.spanId, outer?.spanContext().spanId);
  assert.equal(outer?.resource.attributes['service.name'], 'test');
  assert.equal(outer?.instrumentationScope.name, 'scheduler');
});

test('an error marks its span and is thrown on', async () => {
  const { exporter, options } = memory();
  await using telemetry = await startTelemetry(options);
  await assert.rejects(
    withSpan(trace.getTracer('t'), 'bad', {}, () => Promise.reject(new Error('boom'))),
    /boom/,
  );
  await telemetry.flush();
  assert.equal(exporter.getFinishedSpans()[0]?.status.message, 'boom');
});

test('a trace continues through a traceparent string', async () => {
  const { exporter, options } = memory();
  await using telemetry = await startTelemetry(options);
  let carried: string | undefined;
  await withSpan(trace.getTracer('a'), 'sender', {}, () => Promise.resolve(void (carried = injectTraceparent())));
  assert.match(carried ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  await withSpan(trace.getTracer('b'), 'receiver', { parent: extractTraceparent(carried) }, () => Promise.resolve());
  await telemetry.flush();
  const [sender, receiver] = exporter.getFinishedSpans();
  assert.equal(receiver?.spanContext().traceId, sender?.spanContext().traceId);
  assert.equal(extractTraceparent('nonsense', context.active()), context.active());
});

test('a caller that did not sample is respected, and its trace id goes on', async () => {
  const { exporter, options } = memory();
  await using telemetry = await startTelemetry(options);
  const parent = extractTraceparent(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`);
  await withSpan(trace.getTracer('t'), 'unsampled', { parent }, (span) => {
    assert.equal(span.spanContext().traceId, 'a'.repeat(32));
    return Promise.resolve();
  });
  await telemetry.flush();
  assert.equal(exporter.getFinishedSpans().length, 0);
});

test('without an exporter nothing is recorded but trace ids exist', async () => {
  await using _telemetry = await startTelemetry(base);
  await withSpan(trace.getTracer('t'), 'work', {}, (span) => {
    assert.equal(span.isRecording(), false);
    assert.match(injectTraceparent() ?? '', /-00$/);
    return Promise.resolve();
  });
});

test('spans reach an OTLP collector', async () => {
  const received = Promise.withResolvers<string>();
  const collector = createServer((request, response) => {
    received.resolve(`${request.method} ${request.url}`);
    request.resume();
    response.writeHead(200).end();
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  await using telemetry = await startTelemetry({ ...base, sampleRatio: 1, otlpEndpoint: `http://127.0.0.1:${port}` });
  trace.getTracer('t').startSpan('exported').end();
  await telemetry.flush();
  assert.equal(await received.promise, 'POST /v1/traces');
  collector.close();
  collector.closeAllConnections();
});

test('metrics of several services show in one Prometheus text', async () => {
  await using telemetry = await startTelemetry(base);
  metrics.getMeter('scheduler').createCounter('runs_started').add(2, { namespace: 'default' });
  metrics.getMeter('executor').createHistogram('task_duration_seconds', { unit: 's' }).record(0.2);
  const text = await telemetry.renderMetrics();
  assert.match(text, /runs_started_total\{.*namespace="default".*\} 2/);
  assert.match(text, /task_duration_seconds_count\{.*\} 1/);
  assert.match(text, /task_duration_seconds_bucket\{.*le="0.25"\} 1/);
  assert.match(text, /process_cpu_seconds_total/);
  assert.match(text, /process_resident_memory_bytes/);
});

test('a second start in one process is refused; after disposal it works again', async () => {
  {
    await using _first = await startTelemetry(base);
    await assert.rejects(startTelemetry(base), TelemetryStartedError);
  }
  await using _second = await startTelemetry(base);
});
