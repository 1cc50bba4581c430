/**
 * One request and its answer, as operators see it: a server span `{METHOD} {route}`, one measurement of
 * `http.server.request.duration`, one line in the access log. Also: whether the client is still there.
 */
import { context, metrics, SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api';
import { extractTraceparent } from '@skein/telemetry';
import { METHODS } from 'node:http';
import type { Logger } from 'pino';
import type { EdgeRequest } from './listener.ts';

/** Makes exchanges; takes its instruments when it is made, after the telemetry has started. */
export type BeginExchange = (request: EdgeRequest) => Exchange;

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);
const tracer = trace.getTracer('skein.gateway');
const exchanges = new WeakMap<EdgeRequest, Exchange>();

/** The exchange that a request belongs to. */
export function exchangeOf(request: EdgeRequest): Exchange {
  const exchange = exchanges.get(request);
  if (exchange === undefined) throw new Error('the request did not come in at the edge');
  return exchange;
}

/** A request that is being answered. */
export class Exchange {
  /** Holds the span of the exchange; active around everything done for the request. */
  readonly context: Context;
  readonly #span: Span;
  readonly #finish: (exchange: Exchange, status: number) => void;
  #route = '';
  #gone: AbortController | undefined;
  #ended = false;

  constructor(request: EdgeRequest, finish: (exchange: Exchange, status: number) => void) {
    const { traceparent } = request.headers;
    const parent = typeof traceparent === 'string' ? extractTraceparent(traceparent) : context.active();
    this.#span = tracer.startSpan(request.method ?? 'GET', { kind: SpanKind.SERVER }, parent);
    this.context = trace.setSpan(parent, this.#span);
    this.#finish = finish;
    exchanges.set(request, this);
  }

  /** The pattern that the path matched, such as `/api/v1/runs/:run_id`; empty: none did. */
  get route(): string {
    return this.#route;
  }

  /** For people who look for this request in logs and traces; undefined when nothing is traced. */
  get traceId(): string | undefined {
    const { traceId } = this.#span.spanContext();
    return /^0*$/.test(traceId) ? undefined : traceId;
  }

  /** Fires when the client goes away before it has its answer. */
  get signal(): AbortSignal {
    this.#gone ??= new AbortController();
    return this.#gone.signal;
  }

  /** Names the route once it is known. */
  matched(method: string, route: string): void {
    this.#route = route;
    this.#span.updateName(`${method} ${route}`);
    this.#span.setAttributes({ 'http.request.method': method, 'http.route': route });
  }

  /** Ends the exchange; `answered` is false when the client left first. Only the first call counts. */
  end(status: number, answered: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!answered) this.#gone?.abort();
    this.#span.setAttribute('http.response.status_code', status);
    if (status >= 500) this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.#span.end();
    this.#finish(this, status);
  }
}

/** @param logger gets a line for each exchange, at level debug. */
export function exchangeFactory(logger: Logger): BeginExchange {
  const durations = metrics.getMeter('skein.gateway').createHistogram('http.server.request.duration', {
    unit: 's',
    description: 'Time from the head of a request to the end of its answer',
  });
  return (request) => {
    const startedAtMs = performance.now();
    const { method: given = 'GET' } = request;
    // Any word can stand here over HTTP/2; a metric has few.
    const method = KNOWN_METHODS.has(given) ? given : '_OTHER';
    return new Exchange(request, ({ route, context: spanContext }, status) => {
      const tookMs = performance.now() - startedAtMs;
      const attributes = { 'http.request.method': method, 'http.route': route, 'http.response.status_code': status };
      durations.record(tookMs / 1000, attributes);
      if (!logger.isLevelEnabled('debug')) return;
      context.with(spanContext, () => logger.debug({ method, route, status, execution_time: tookMs }, 'request'));
    });
  };
}
