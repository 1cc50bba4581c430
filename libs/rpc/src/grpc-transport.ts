/**
 * Calls to a service of another process, over grpc-js: three to five times less
 * CPU a call than an HTTP/2 stack in JavaScript that is not made for gRPC.
 *
 * Owns one channel, which reconnects by itself for as long as it lives.
 */
import type { DescMessage, DescMethod, MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError, type Transport } from '@connectrpc/connect';
import {
  Client,
  connectivityState,
  credentials,
  Metadata,
  type CallOptions,
  type ChannelOptions,
  type ClientDuplexStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { grpcMethod } from './grpc-definition.ts';
import { fromGrpcStatus } from './grpc-status.ts';
import { complete } from './invoke.ts';
import { injectTrace } from './trace-headers.ts';
import type { TrustedRoots } from './trusted-roots.ts';

/** Largest message that internal calls accept, in bytes: a batch of tasks or events with room to spare. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** What may be on its way to a caller unread: with HTTP/2's 64 KiB a large answer holds up everything behind it for round trips. */
const FLOW_CONTROL_WINDOW_BYTES = 4 * 1024 * 1024;

/** How to reach a server. */
export interface GrpcTransportOptions {
  /** `host:port`. */
  readonly address: string;
  /** Speaks TLS, to whoever has a certificate of one of these. Default: plain text. */
  readonly tls?: TrustedRoots;
  /** Overrides of the channel's options. */
  readonly channel?: ChannelOptions;
}

/** A transport that can be closed. */
export type ClosableTransport = Transport & Disposable;

/** A transport over one channel. */
export interface GrpcTransport extends ClosableTransport {
  /** Whether the last attempt to connect failed, and the next one is not due yet. */
  readonly isAway: boolean;
}

const CHANNEL_OPTIONS: ChannelOptions = {
  // A peer that vanished without closing its connection is noticed within four seconds.
  'grpc.keepalive_time_ms': 2000,
  'grpc.keepalive_timeout_ms': 2000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.min_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc-node.flow_control_window': FLOW_CONTROL_WINDOW_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  // Services find each other by plain addresses; a proxy or a service config must not get between.
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
};

/** Opens a channel to `address`; the connection itself is made at the first call. */
export function grpcTransport(options: GrpcTransportOptions): GrpcTransport {
  const { tls } = options;
  const secured = tls === undefined ? credentials.createInsecure() : credentials.createSsl(Buffer.from(tls.pem));
  const client = new Client(options.address, secured, {
    ...CHANNEL_OPTIONS,
    ...options.channel,
  });

  return {
    get isAway() {
      return client.getChannel().getConnectivityState(false) === connectivityState.TRANSIENT_FAILURE;
    },

    unary(method, signal, timeoutMs, header, input) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(ConnectError.from(signal.reason, Code.Canceled));
        const { path, requestSerialize, responseDeserialize } = grpcMethod(method);
        const onAbort = () => call.cancel();
        const call = client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          complete(method.input, input) as never,
          metadataOf(header),
          callOptions(timeoutMs),
          (error: ServiceError | null, message?: never) => {
            signal?.removeEventListener('abort', onAbort);
            if (error !== null) return reject(fromGrpcStatus(error));
            const noHeaders = new Headers();
            const common = { service: method.parent, header: noHeaders, trailer: noHeaders };
            resolve({ stream: false, method, ...common, message: message as never });
          },
        );
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },

    async stream(method, signal, timeoutMs, header, input) {
      const { path, requestSerialize, responseDeserialize } = grpcMethod(method);
      const call = client.makeBidiStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        metadataOf(header),
        callOptions(timeoutMs),
      );
      return {
        stream: true,
        service: method.parent,
        method,
        header: new Headers(),
        trailer: new Headers(),
        message: exchange(call, method, signal, input) as never,
      };
    },

    [Symbol.dispose]() {
      client.close();
    },
  };
}

function metadataOf(header: ConstructorParameters<typeof Headers>[0]): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of injectTrace(new Headers(header))) metadata.set(key, value);
  return metadata;
}

function callOptions(timeoutMs: number | undefined): CallOptions {
  return timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
}

/** Every streaming kind is sent as a bidirectional stream: on the wire they are the same. */
async function* exchange(
  call: ClientDuplexStream<never, never>,
  method: DescMethod,
  signal: AbortSignal | undefined,
  input: AsyncIterable<MessageInitShape<DescMessage>>,
) {
  const onAbort = () => call.cancel();
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  // grpc-js may report a failure while nobody is reading; without a listener that would end the process.
  call.on('error', () => {});
  void sendAll(call, method, input);
  try {
    for await (const message of call) yield message;
  } catch (error) {
    throw isServiceError(error) ? fromGrpcStatus(error) : ConnectError.from(error, Code.Internal);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    call.cancel();
  }
}

async function sendAll(
  call: ClientDuplexStream<never, never>,
  method: DescMethod,
  input: AsyncIterable<MessageInitShape<DescMessage>>,
): Promise<void> {
  try {
    for await (const init of input) {
      if (call.destroyed || call.writableEnded) return;
      if (!call.write(complete(method.input, init) as never)) await drained(call);
    }
    call.end();
  } catch {
    call.cancel();
  }
}

/** Waits for room in a stream's buffer, or for its end. */
function drained(stream: ClientDuplexStream<never, never>): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ['drain', 'close', 'error']) stream.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) stream.on(event, done);
  });
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error;
}
