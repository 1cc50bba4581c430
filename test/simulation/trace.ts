import { createHash } from 'node:crypto';

/** What happened in a world, in order: the digest is equal where everything was, the tail helps to understand a failure. */
export class Trace {
  readonly #digest = createHash('sha256');
  readonly #nowMs: () => number;
  readonly #print: ((line: string) => void) | undefined;
  #lines = 0;

  /** `print` sees every line as it is noted. */
  constructor(nowMs: () => number, print?: (line: string) => void) {
    this.#nowMs = nowMs;
    this.#print = print;
  }

  /** Lines noted so far. */
  get lines(): number {
    return this.#lines;
  }

  note(who: string, what: string): void {
    const line = `${this.#nowMs()} ${who}: ${what}`;
    this.#digest.update(`${line}\n`);
    this.#lines += 1;
    this.#print?.(line);
  }

  /** Ends the trace. */
  digest(): string {
    return this.#digest.digest('hex');
  }
}
