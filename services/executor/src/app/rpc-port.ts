import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { RemoteServer } from '@skein/rpc';

/** An rpc service as it is registered. */
export interface RegisteredService {
  readonly namespace: string;
  readonly serviceId: string;
  readonly protocol: RemoteServer['protocol'];
  /** At least one. */
  readonly addresses: readonly string[];
  readonly tls: boolean;
  /** Hexadecimal SHA-256 of the uploaded descriptor set. Empty: none; reflection is asked. */
  readonly descriptorDigest: string;
}

/** The rpc services that there are. */
export interface ServiceDirectory {
  /** @throws CallError SERVICE_NOT_FOUND, SERVICE_UNAVAILABLE */
  find(namespace: string, serviceId: string, signal: AbortSignal): Promise<RegisteredService>;
  /** The uploaded descriptor set. @throws CallError as `find` */
  descriptorSet(service: RegisteredService, signal: AbortSignal): Promise<Uint8Array>;
}

/** One call of a unary method. */
export interface RpcRequest {
  readonly service: RegisteredService;
  /** One of the service's. */
  readonly address: string;
  /** `package.Service/Method`. */
  readonly method: string;
  /** The JSON form of the request message. */
  readonly message: JsonValue;
  /** Texts by lower-case key. */
  readonly metadata: JsonObject;
  /** Time left for the call. */
  readonly timeoutMs: number;
  readonly idempotencyKey: string;
  readonly runId: string;
  /** Empty: none. */
  readonly traceparent: string;
  /** For failures: where the message is from. */
  readonly place: string;
}

/** Calls methods of servers that are not ours. */
export interface RpcPort extends AsyncDisposable {
  /**
   * Makes the call; answers the JSON form of the response. `onSend` is called when the request is about to go out: what
   * fails before it has not reached the server.
   * @throws CallError for everything that can go wrong, the signal's reason when it aborts.
   */
  call(request: RpcRequest, onSend: () => void, signal: AbortSignal): Promise<JsonValue>;
}
