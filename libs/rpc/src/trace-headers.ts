import { context, propagation, type Context } from '@opentelemetry/api';

/** Adds the active trace context to the headers of an outgoing call. */
export function injectTrace(headers: Headers): Headers {
  propagation.inject(context.active(), headers, {
    set: (carrier, key, value) => carrier.set(key, value),
  });
  return headers;
}

/** The caller's trace context, or the active one where the headers hold none. */
export function extractTrace(headers: Headers): Context {
  return propagation.extract(context.active(), headers, {
    get: (carrier, key) => carrier.get(key) ?? undefined,
    keys: (carrier) => [...carrier.keys()],
  });
}
