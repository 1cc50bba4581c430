import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { BusMessage } from '@skein/bus';
import { extractTraceparent } from '@skein/telemetry';

/** Handles what gathered on the bus. */
export type BatchHandler = (messages: readonly BusMessage[]) => Promise<void>;

/** Version, trace and span as hexadecimal, then flags of which the last bit says that the trace is recorded. */
const SAMPLED = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f][13579bdf]$/;

/** Adds a span to the trace of every batch that is recorded, and costs next to nothing for the others. */
export function tracedBatches(handle: BatchHandler): BatchHandler {
  const tracer = trace.getTracer('skein.event-log');
  return async (messages) => {
    const sampled = messages.filter(({ headers }) => SAMPLED.test(headers.traceparent ?? ''));
    if (sampled.length === 0) return handle(messages);
    const spans = sampled.map(({ messageId, headers }) => {
      const attributes = { 'messaging.system': 'skein', 'messaging.message.id': messageId };
      const options = { kind: SpanKind.CONSUMER, attributes };
      return tracer.startSpan('event-log store', options, extractTraceparent(headers.traceparent));
    });
    try {
      return await handle(messages);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      for (const span of spans) span.setStatus({ code: SpanStatusCode.ERROR, message });
      throw error;
    } finally {
      for (const span of spans) span.end();
    }
  };
}
