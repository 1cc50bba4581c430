/**
 * What a handler sees of the call it answers. connect's own makes signals, headers and timers for every call; most calls
 * ask for none of them, so that here each is made when somebody asks.
 *
 * C1. The signal aborts once: when the caller has gone, when the time is up, or when the call is over.
 */
import type { DescMethod, DescService } from '@bufbuild/protobuf';
import { Code, ConnectError, createContextValues, type ContextValues, type HandlerContext } from '@connectrpc/connect';

type HeadersInit = ConstructorParameters<typeof Headers>[0];

/** How a call began. */
export interface CallContextOptions {
  readonly method: DescMethod;
  readonly protocolName: string;
  /** Aborts when the caller has gone. */
  readonly requestSignal?: AbortSignal | undefined;
  /** Time for the call. Undefined: any. */
  readonly timeoutMs?: number | undefined;
  readonly requestHeader?: HeadersInit | undefined;
  readonly contextValues?: ContextValues | undefined;
}

/** What a call answers that sets no headers. Shared: never changed. */
const NO_HEADERS = new Headers();

export class CallContext implements HandlerContext {
  readonly method: DescMethod;
  readonly service: DescService;
  readonly protocolName: string;
  readonly requestMethod = 'POST';
  readonly #options: CallContextOptions;
  readonly #deadlineMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #controller: AbortController | undefined;
  #isOver = false;
  #reason: unknown;
  #whenOver: ((reason: unknown) => void) | undefined;
  #requestHeader: Headers | undefined;
  #responseHeader: Headers | undefined;
  #responseTrailer: Headers | undefined;
  #values: ContextValues | undefined;

  constructor(options: CallContextOptions) {
    const { method, protocolName, requestSignal, timeoutMs } = options;
    this.method = method;
    this.service = method.parent;
    this.protocolName = protocolName;
    this.#options = options;
    if (timeoutMs !== undefined) {
      this.#deadlineMs = performance.now() + timeoutMs;
      this.#timer = setTimeout(() => {
        this.abort(new ConnectError('the call took longer than its caller allows', Code.DeadlineExceeded));
      }, timeoutMs);
    }
    requestSignal?.addEventListener('abort', this.#onCallerGone);
    if (requestSignal?.aborted === true) this.#onCallerGone();
  }

  get url(): string {
    return `${this.protocolName}:/${this.service.typeName}/${this.method.name}`;
  }

  /** C1. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isOver) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  get requestHeader(): Headers {
    this.#requestHeader ??= new Headers(this.#options.requestHeader);
    return this.#requestHeader;
  }

  get responseHeader(): Headers {
    this.#responseHeader ??= new Headers();
    return this.#responseHeader;
  }

  get responseTrailer(): Headers {
    this.#responseTrailer ??= new Headers();
    return this.#responseTrailer;
  }

  get values(): ContextValues {
    this.#values ??= this.#options.contextValues ?? createContextValues();
    return this.#values;
  }

  /** What the handler has answered beside its message. */
  get answered(): { readonly header: Headers; readonly trailer: Headers } {
    return { header: this.#responseHeader ?? NO_HEADERS, trailer: this.#responseTrailer ?? NO_HEADERS };
  }

  readonly timeoutMs = (): number | undefined =>
    this.#deadlineMs === undefined ? undefined : Math.max(0, this.#deadlineMs - performance.now());

  /** Ends the call, once. */
  abort(reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reason = reason;
    clearTimeout(this.#timer);
    this.#options.requestSignal?.removeEventListener('abort', this.#onCallerGone);
    this.#controller?.abort(reason);
    this.#whenOver?.(reason);
  }

  /** The value, or the reason why the call ended before there was one. For one value at a time. */
  orOver<T>(value: T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#whenOver = (reason) => reject(ConnectError.from(reason, Code.Canceled));
      if (this.#isOver) this.#whenOver(this.#reason);
      // Listened to in any case: a failure that nobody waits for must not end the process.
      Promise.resolve(value).then(resolve, reject);
    });
  }

  readonly #onCallerGone = (): void => this.abort(this.#options.requestSignal?.reason);
}
