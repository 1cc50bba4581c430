import type { JsonValue } from '@bufbuild/protobuf';
import type { Validate } from '@skein/domain';

/** A tool that is an HTTP request. */
export interface HttpToolTarget {
  readonly kind: 'http';
  readonly method: string;
  /** With `{name}` in its path for members of the input. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the rest of the input goes. */
  readonly inputPlace: 'body' | 'query';
}

/** A tool that is a method of an rpc service. */
export interface RpcToolTarget {
  readonly kind: 'rpc';
  readonly serviceId: string;
  readonly method: string;
}

/** A tool as it is registered, its schemas compiled. */
export interface RegisteredTool {
  readonly toolId: string;
  readonly validateInput: Validate;
  readonly validateOutput: Validate;
  readonly target: HttpToolTarget | RpcToolTarget;
}

/** The tools that there are. */
export interface ToolDirectory {
  /** @throws CallError TOOL_NOT_FOUND, SERVICE_UNAVAILABLE */
  find(namespace: string, toolId: string, signal: AbortSignal): Promise<RegisteredTool>;
}

/** One request of an HTTP tool. */
export interface HttpToolRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; undefined: none. */
  readonly body: string | undefined;
  /** For failures: the tool and its URL. */
  readonly place: string;
}

/** Sends requests of HTTP tools. */
export interface HttpToolPort extends AsyncDisposable {
  /**
   * Answers the JSON value of a 2xx answer; null where it has no body.
   * @throws CallError for everything that can go wrong, the signal's reason when it aborts.
   */
  send(request: HttpToolRequest, signal: AbortSignal): Promise<JsonValue>;
}
