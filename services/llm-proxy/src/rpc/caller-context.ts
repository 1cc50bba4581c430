import type { HandlerContext } from '@connectrpc/connect';
import { context as tracing, type Context } from '@opentelemetry/api';
import { extractTraceparent } from '@skein/telemetry';

/** The trace of whoever calls: from the headers where the call came over the wire, else the active one. */
export function callerContext({ requestHeader }: HandlerContext): Context {
  return extractTraceparent(requestHeader.get('traceparent') ?? undefined, tracing.active());
}
