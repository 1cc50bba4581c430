/**
 * The ids that every log line of a unit of work carries. They follow asynchronous calls by themselves.
 * Owns the fields of the current work; the trace id comes from the active OpenTelemetry span.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { trace } from '@opentelemetry/api';

/** Ids added to log lines. All optional: a line carries what is known. */
export interface LogFields {
  readonly namespace?: string;
  readonly run_id?: string;
  readonly node_id?: string;
  /** The task: one attempt of one node. */
  readonly execution_id?: string;
}

const storage = new AsyncLocalStorage<LogFields>();

/** Runs `work`; every log line written inside it, however deep, carries `fields` besides those already set. */
export function withLogFields<T>(fields: LogFields, work: () => T): T {
  const outer = storage.getStore();
  return storage.run(outer === undefined ? fields : { ...outer, ...fields }, work);
}

/** What the current line should carry: the work's ids and the ids of the active span. */
export function currentLogFields(): Record<string, string | undefined> {
  const fields = { ...storage.getStore() };
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { ...fields, trace_id: span.traceId, span_id: span.spanId } : fields;
}
