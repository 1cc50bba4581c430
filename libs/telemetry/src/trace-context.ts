/** W3C trace context as plain strings, for carriers without headers: bus messages, task envelopes, stored rows. */
import { context, defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT, SpanStatusCode } from '@opentelemetry/api';
import type { Context, Span, SpanOptions, Tracer } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

const propagator = new W3CTraceContextPropagator();

/** The `traceparent` of a context, by default the active one; undefined when there is no span in it. */
export function injectTraceparent(from: Context = context.active()): string | undefined {
  const carrier: Record<string, string> = {};
  propagator.inject(from, carrier, defaultTextMapSetter);
  return carrier['traceparent'];
}

/** A context whose parent span is the one named by `traceparent`; malformed or missing input gives `base` unchanged. */
export function extractTraceparent(traceparent: string | undefined, base: Context = ROOT_CONTEXT): Context {
  return traceparent ? propagator.extract(base, { traceparent }, defaultTextMapGetter) : base;
}

/**
 * Whether nothing below this `traceparent` is recorded: its flags say that the trace is not sampled. Whoever knows that
 * need not make spans.
 */
export function isUnsampled(traceparent: string): boolean {
  return UNSAMPLED.test(traceparent);
}

/** The last bit of the flags says whether a trace is recorded (W3C Trace Context, trace-flags). */
const UNSAMPLED = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f][02468ace]$/;

/** Runs `work` inside a new active span, which ends with it; an error marks the span and is thrown on. */
export async function withSpan<T>(
  tracer: Tracer,
  name: string,
  options: SpanOptions & { readonly parent?: Context },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const { parent = context.active(), ...spanOptions } = options;
  return tracer.startActiveSpan(name, spanOptions, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      span.recordException(cause);
      span.setStatus({ code: SpanStatusCode.ERROR, message: cause.message });
      throw error;
    } finally {
      span.end();
    }
  });
}
