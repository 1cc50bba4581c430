/**
 * The last lines of what one instance wrote, over its restarts.
 *
 * Owns a ring of them. Readers read from the ring, each at its own pace.
 *
 * L1. At most `MAX_LINES` lines and `MAX_LENGTH` characters are kept, however many read and however slowly.
 * L2. A reader gets lines in order and none twice; what had left the ring before it came to it is counted.
 */

/** A line, for readers. */
export interface LoggedLine {
  readonly timeMs: number;
  readonly text: string;
  /** How often the instance had been started again. */
  readonly restarts: number;
  /** Lines right before this one that the reader has missed. */
  readonly skippedLines: number;
  /** Counts the lines of the instance, from 1. */
  readonly number: number;
}

/** How to read. */
export interface LogReading {
  /** How many of the last lines to begin with. */
  readonly tailLines: number;
  /** Goes on until the instance has stopped for good. */
  readonly follow: boolean;
  /** Goes on after the line of this number instead; 0: it does not. */
  readonly afterNumber: number;
}

const MAX_LINES = 1000;
const MAX_LENGTH = 256 * 1024;
/** A reader hears something at least so often. */
const ALIVE_MS = 10_000;

type KeptLine = Omit<LoggedLine, 'skippedLines' | 'number'>;

export class InstanceLog {
  #lines: KeptLine[] = [];
  #length = 0;
  /** The number of the first line in the ring, counted from 0 over the life of the instance. */
  #first = 0;
  #isOver = false;
  readonly #waiting = new Set<() => void>();
  /** How often the instance has been started again. */
  restarts = 0;

  write(text: string, timeMs: number): void {
    this.#lines.push({ timeMs, text, restarts: this.restarts });
    this.#length += text.length;
    // L1.
    while (this.#lines.length > MAX_LINES || (this.#length > MAX_LENGTH && this.#lines.length > 1)) {
      this.#length -= this.#lines.shift()?.text.length ?? 0;
      this.#first += 1;
    }
    this.#wake();
  }

  /** The instance has stopped for good. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** Undefined is a sign of life. Ends with `signal` too. */
  async *read(reading: LogReading, signal: AbortSignal): AsyncGenerator<LoggedLine | undefined, void> {
    const { tailLines, follow, afterNumber } = reading;
    let next = afterNumber > 0 ? afterNumber : this.#first + Math.max(0, this.#lines.length - tailLines);
    while (!signal.aborted) {
      // L2.
      const skippedLines = Math.max(0, this.#first - next);
      next += skippedLines;
      const line = this.#lines[next - this.#first];
      if (line !== undefined) {
        next += 1;
        yield { ...line, skippedLines, number: next };
      } else if (!follow || this.#isOver) {
        return;
      } else if (!(await this.#news(signal))) {
        yield undefined;
      }
    }
  }

  /** False: there was none for a while. */
  async #news(signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const wake = () => resolve(true);
    const timer = setTimeout(resolve, ALIVE_MS, false);
    this.#waiting.add(wake);
    signal.addEventListener('abort', wake);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(wake);
      signal.removeEventListener('abort', wake);
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
