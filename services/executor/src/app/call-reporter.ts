/**
 * Tells the registry how the calls of this executor go.
 *
 * Owns the timer. Does not own the ledger. A report that fails is not repeated: the next one says what holds then.
 */
import type { InstanceCalls, InstanceLedger } from './instance-ledger.ts';

/** What a reporter needs. */
export interface CallReporterOptions {
  readonly ledger: InstanceLedger;
  readonly intervalMs: number;
  readonly send: (calls: readonly InstanceCalls[]) => Promise<void>;
  readonly onFailed: (error: unknown) => void;
}

/** Most instances in one report, as the contract has it. */
const MAX_INSTANCES = 10_000;

export class CallReporter implements AsyncDisposable {
  readonly #options: CallReporterOptions;
  readonly #timer: NodeJS.Timeout;
  #sending: Promise<void> | undefined;

  constructor(options: CallReporterOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#report(), options.intervalMs);
    this.#timer.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#sending;
  }

  #report(): void {
    if (this.#sending !== undefined) return;
    const { ledger, send, onFailed } = this.#options;
    const calls = ledger.takeReport().slice(0, MAX_INSTANCES);
    if (calls.length === 0) return;
    this.#sending = send(calls)
      .catch(onFailed)
      .finally(() => (this.#sending = undefined));
  }
}
