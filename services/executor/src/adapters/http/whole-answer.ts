/**
 * One POST whose answer is read whole, without a stream in between: a stream of its own for every answer costs more than
 * all else of a small call.
 *
 * A1. Settles once; whatever the connection does afterwards is nobody's business.
 * A2. What need not be read to its end (an error's page, what is too large, of the wrong type) is broken off.
 */
import type { Dispatcher } from 'undici';

/** An answer with its body. */
export interface WholeAnswer {
  readonly statusCode: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  /** Not complete where the answer was broken off: `isWhole`. */
  readonly body: Buffer;
  readonly isWhole: boolean;
}

/** How much of an answer is wanted, by its head. */
export type WantedBytes = (statusCode: number, headers: WholeAnswer['headers']) => number;

/** Sends a request and reads the answer as far as it is wanted. @throws the connection's error, or the signal's reason. */
export function wholeAnswer(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
  wantedBytes: WantedBytes,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader(signal, wantedBytes, resolve, reject);
    dispatcher.dispatch(options, reader);
  });
}

class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #signal: AbortSignal;
  readonly #wantedBytes: WantedBytes;
  readonly #resolve: (answer: WholeAnswer) => void;
  readonly #reject: (error: unknown) => void;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #statusCode = 0;
  #headers: WholeAnswer['headers'] = {};
  #wanted = 0;
  #sizeBytes = 0;
  #settled = false;

  constructor(
    signal: AbortSignal,
    wantedBytes: WantedBytes,
    resolve: (answer: WholeAnswer) => void,
    reject: (error: unknown) => void,
  ) {
    this.#signal = signal;
    this.#wantedBytes = wantedBytes;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener('abort', this.#onAbort);
    if (signal.aborted) this.#onAbort();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(BROKEN_OFF);
  }

  onResponseStart(_: Dispatcher.DispatchController, statusCode: number, headers: WholeAnswer['headers']): void {
    if (statusCode < 200) return;
    this.#statusCode = statusCode;
    this.#headers = headers;
    this.#wanted = this.#wantedBytes(statusCode, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#sizeBytes += chunk.byteLength;
    if (this.#sizeBytes <= this.#wanted) return;
    this.#answer(false);
    controller.abort(BROKEN_OFF);
  }

  onResponseEnd(): void {
    this.#answer(true);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    // The head of an error says enough.
    if (this.#statusCode >= 300) this.#answer(false);
    else this.#settle(() => this.#reject(error));
  }

  #answer(isWhole: boolean): void {
    const [first, ...more] = this.#chunks;
    const body = first !== undefined && more.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#settle(() => this.#resolve({ statusCode: this.#statusCode, headers: this.#headers, body, isWhole }));
  }

  #settle(settle: () => void): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    settle();
  }

  readonly #onAbort = (): void => {
    this.#settle(() => this.#reject(this.#signal.reason));
    this.#controller?.abort(BROKEN_OFF);
  };
}

const BROKEN_OFF = new Error('the answer is not wanted any more');
