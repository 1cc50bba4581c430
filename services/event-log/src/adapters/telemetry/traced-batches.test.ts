import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger, startTelemetry } from '@skein/telemetry';
import { newRun } from '../../testing/sample-events.ts';
import { telemetryObserver } from './telemetry-observer.ts';
import { tracedBatches } from './traced-batches.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const message = (messageId: string, traceparent?: string) => ({
  namespace: 'default',
  messageId,
  body: new Uint8Array(),
  headers: traceparent === undefined ? {} : { traceparent },
  deliveryCount: 1,
});

test('recorded traces get a span for each batch, the others cost none', async () => {
  const spans: Array<{ readonly traceId: string; readonly parent: string | undefined }> = [];
  await using _telemetry = await startTelemetry({
    service: 'test',
    version: '0',
    sampleRatio: 1,
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => spans.push({ traceId: span.spanContext().traceId, parent: span.parentSpanContext?.spanId }),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  const handled: string[] = [];
  const handle = tracedBatches(async (messages) => {
    for (const { messageId } of messages) handled.push(messageId);
    if (handled.length > 4) throw new Error('no');
  });
  await handle([
    message('none'),
    message('not recorded', `00-${TRACE}-b7ad6b7169203331-00`),
    message('recorded', `00-${TRACE}-b7ad6b7169203331-01`),
    message('garbage', 'garbage'),
  ]);
  assert.equal(handled.length, 4);
  assert.deepEqual(spans, [{ traceId: TRACE, parent: 'b7ad6b7169203331' }]);
  await assert.rejects(handle([message('failing', `00-${TRACE}-b7ad6b7169203331-01`)]), /no/);
  assert.equal(spans.length, 2);
});

test('what happens is counted under names with their units, and logged with its run', async () => {
  await using telemetry = await startTelemetry({ service: 'test', version: '0' });
  const lines: string[] = [];
  const observer = telemetryObserver(
    createLogger({ service: 'event-log', level: 'trace', destination: { write: (line) => void lines.push(line) } }),
  );
  const run = newRun('tenant-a');
  observer.stored({ batches: 2, records: 5, added: 3, durationMs: 12 });
  observer.repaired(run, { afterSeq: 4, records: 2 });
  observer.taskEventsMissing(run, { nodeId: 'a', missingBytes: 9 });
  observer.subscriberStarted(run);
  const text = await telemetry.renderMetrics();
  for (const expected of [
    /^event_log_stored_batches_total\{?.* 2$/m,
    /^event_log_stored_transitions_total\{state="new".* 3$/m,
    /^event_log_stored_transitions_total\{state="stored_already".* 2$/m,
    /^event_log_repaired_transitions_total\{?.* 2$/m,
    /^event_log_subscribers\{?.* 1$/m,
    /^event_log_ingest_duration_seconds_count\{?.* 1$/m,
  ]) {
    assert.match(text, expected);
  }
  const repaired = JSON.parse(lines.find((line) => line.includes('fetched missing')) ?? '{}') as Record<
    string,
    unknown
  >;
  assert.deepEqual(
    [repaired['logger'], repaired['run_id'], repaired['namespace'], repaired['after_seq']],
    ['event-log', run.runId, 'tenant-a', 4],
  );
});
