/**
 * Serves bindings over grpc-js, with standard health and reflection beside them.
 *
 * Owns the listening socket and the calls on it. Closing refuses new calls,
 * lets running ones finish for the grace period, then cuts them.
 */
import { Code, ConnectError, type MethodImplSpec } from '@connectrpc/connect';
import { context } from '@opentelemetry/api';
import {
  Server,
  ServerCredentials,
  type Metadata,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { CallContext } from './call-context.ts';
import { CALL_OVER } from './call-over.ts';
import { grpcService } from './grpc-definition.ts';
import { toGrpcStatus } from './grpc-status.ts';
import { MAX_MESSAGE_BYTES } from './grpc-transport.ts';
import { createHealth, type Health } from './health.ts';
import { complete, invokeStreaming } from './invoke.ts';
import { reflectionBinding } from './reflection.ts';
import type { ServiceBinding } from './service-binding.ts';
import { extractTrace } from './trace-headers.ts';

/** What to serve and where. */
export interface GrpcServerOptions {
  /** Address to listen on. Default: `127.0.0.1`. */
  readonly host?: string;
  /** Port to listen on; 0 takes a free one. */
  readonly port: number;
  readonly bindings: readonly ServiceBinding[];
  /** Certificate and key, in PEM, of a server that speaks TLS. Default: plain text. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Told of every finished call. */
  readonly onCall?: (call: FinishedCall) => void;
}

/** A call that has ended. */
export interface FinishedCall {
  /** Such as `skein.scheduler.v1.RunService/StartRun`. */
  readonly method: string;
  /** Undefined: OK. */
  readonly error: ConnectError | undefined;
  readonly durationMs: number;
}

/** A running server. */
export interface GrpcServer extends AsyncDisposable {
  readonly port: number;
  /** `host:port`. */
  readonly address: string;
  /** What the health service answers; serving from the start. */
  readonly health: Health;
  /** Stops, giving running calls `graceMs` (default 5,000). */
  close(graceMs?: number): Promise<void>;
}

/** Starts a server; rejects when the port is taken. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const host = options.host ?? '127.0.0.1';
  const health = createHealth(options.bindings.map((binding) => binding.service.typeName));
  const served = [...options.bindings, health.binding];
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc.keepalive_time_ms': 2000,
    'grpc.keepalive_timeout_ms': 2000,
  });
  for (const binding of [...served, reflectionBinding(served)]) {
    server.addService(grpcService(binding.service), handlersOf(binding, options.onCall));
  }
  const { tls } = options;
  const secured =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }]);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${options.port}`, secured, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  let closing: Promise<void> | undefined;
  const close = (graceMs = 5000) => (closing ??= shutDown(server, health, graceMs));
  return { port, address: `${host}:${port}`, health, close, [Symbol.asyncDispose]: () => close() };
}

function shutDown(server: Server, health: Health, graceMs: number): Promise<void> {
  health.setAll('NOT_SERVING');
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, graceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function handlersOf(binding: ServiceBinding, onCall: GrpcServerOptions['onCall']): UntypedServiceImplementation {
  const handlers: UntypedServiceImplementation = {};
  for (const [localName, spec] of Object.entries(binding.methods)) {
    const handler = spec.kind === 'unary' ? unaryHandler(spec, onCall) : streamHandler(spec, onCall);
    // One function serves the streaming kinds; grpc-js types each apart.
    handlers[localName] = handler as unknown as UntypedHandleCall;
  }
  return handlers;
}

type Callback = (error: ReturnType<typeof toGrpcStatus> | null, value?: unknown) => void;

function unaryHandler(spec: MethodImplSpec & { kind: 'unary' }, onCall: GrpcServerOptions['onCall']) {
  return async (call: ServerUnaryCall<never, unknown>, callback: Callback) => {
    const running = beginCall(spec, call.metadata, call.getDeadline(), onCall);
    call.on('cancelled', () => running.context.abort(CANCELLED));
    try {
      const output = await running.run(() => spec.impl(call.request, running.context));
      callback(null, complete(spec.method.output, output));
      running.end();
    } catch (error) {
      callback(toGrpcStatus(running.fail(error)));
    }
  };
}

function streamHandler(spec: MethodImplSpec, onCall: GrpcServerOptions['onCall']) {
  // grpc-js gives server-streaming handlers their request apart, and the other kinds a readable stream.
  return async (call: ServerDuplexStream<never, unknown> & { readonly request?: never }, callback?: Callback) => {
    const running = beginCall(spec, call.metadata, call.getDeadline(), onCall);
    call.on('cancelled', () => running.context.abort(CANCELLED));
    call.on('error', () => running.context.abort(CANCELLED));
    const requests = spec.kind === 'server_streaming' ? only(call.request as never) : call;
    const answer = async (): Promise<void> => {
      const responses = invokeStreaming(spec, requests, running.context);
      for await (const response of untilAborted(responses, running.context.signal)) {
        const message = complete(spec.method.output, response);
        if (spec.kind === 'client_streaming') return callback?.(null, message);
        if (!call.write(message)) await drained(call, running.context.signal);
      }
      call.end();
    };
    try {
      // The whole loop, not only its start: a generator runs in the context of whoever asks for the next item.
      await running.run(answer);
      running.end();
    } catch (error) {
      const status = toGrpcStatus(running.fail(error));
      if (callback !== undefined) callback(status);
      else call.emit('error', status);
    }
  };
}

function beginCall(
  spec: MethodImplSpec,
  metadata: Metadata,
  deadline: Date | number,
  onCall: GrpcServerOptions['onCall'],
) {
  const startedAt = performance.now();
  const requestHeader = headersOf(metadata);
  const timeoutMs = Number(deadline) - Date.now();
  const handlerContext = new CallContext({
    method: spec.method,
    protocolName: 'grpc',
    requestHeader,
    timeoutMs: Number.isFinite(timeoutMs) ? timeoutMs : undefined,
  });
  const traceContext = extractTrace(requestHeader);
  const over = (error: ConnectError | undefined): void => {
    handlerContext.abort(CALL_OVER);
    onCall?.({ method: nameOf(spec), error, durationMs: performance.now() - startedAt });
  };
  return {
    context: handlerContext,
    run: <T>(body: () => T): T => context.with(traceContext, body),
    end(): void {
      over(undefined);
    },
    fail(thrown: unknown): ConnectError {
      const error = ConnectError.from(thrown, Code.Internal);
      over(error);
      return error;
    },
  };
}

function headersOf(metadata: Metadata): Headers {
  const headers = new Headers();
  for (const [key, value] of Object.entries(metadata.getMap())) {
    if (typeof value === 'string') headers.set(key, value);
  }
  return headers;
}

/** One for all, like CALL_OVER. */
const CANCELLED: unknown = Object.freeze(new ConnectError('the caller cancelled', Code.Canceled));

/** Such as `skein.scheduler.v1.RunService/StartRun`. */
function nameOf({ method }: MethodImplSpec): string {
  return `${method.parent.typeName}/${method.name}`;
}

async function* only<T>(value: T): AsyncIterable<T> {
  yield value;
}

/** Ends the loop when the call does, even while the handler waits for something else. */
async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncIterable<T> {
  const iterator = items[Symbol.asyncIterator]();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  aborted.catch(() => {});
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    iterator.return?.().then(undefined, () => {});
  }
}

/** Waits for room in the stream's buffer, or for the end of the call. */
function drained(call: ServerDuplexStream<never, unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      call.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    call.on('drain', done);
    signal.addEventListener('abort', done);
  });
}
