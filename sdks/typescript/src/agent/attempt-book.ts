/**
 * The attempts that an agent is at, and those it has answered, by their idempotency keys.
 *
 * Owns attempts from their first delivery until they are forgotten.
 *
 * B1. A delivery with the key of an attempt that is known is that attempt: its work is done once.
 * B2. An answered attempt is remembered for `MEMORY_MS`, the latest `MAX_REMEMBERED` of them, and `MAX_REMEMBERED_BYTES`
 *     in all; one at work is never forgotten.
 * B3. An aborted one is forgotten at once: whoever asks again wants it done.
 */
import { Attempt } from './attempt.ts';

const MEMORY_MS = 24 * 60 * 60 * 1000;
const MAX_REMEMBERED = 1000;
const MAX_REMEMBERED_BYTES = 64 * 1024 * 1024;

interface Remembered {
  readonly attempt: Attempt;
  readonly sizeBytes: number;
  readonly untilMs: number;
}

/** Bounds of the memory; for tests. */
export interface AttemptBookOptions {
  readonly maxRemembered?: number;
  readonly maxRememberedBytes?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

export class AttemptBook {
  readonly #working = new Map<string, Attempt>();
  /** The oldest first. */
  readonly #remembered = new Map<string, Remembered>();
  readonly #maxRemembered: number;
  readonly #maxRememberedBytes: number;
  readonly #now: () => number;
  #rememberedBytes = 0;

  constructor(options: AttemptBookOptions = {}) {
    this.#maxRemembered = options.maxRemembered ?? MAX_REMEMBERED;
    this.#maxRememberedBytes = options.maxRememberedBytes ?? MAX_REMEMBERED_BYTES;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Attempts at work. */
  get working(): Iterable<Attempt> {
    return this.#working.values();
  }

  /** The attempt of a key, and whether it is new: then `work` is for the caller to begin. An empty key is never known. */
  take(idempotencyKey: string): { readonly attempt: Attempt; readonly isNew: boolean } {
    this.#forgetOld();
    const known = this.#working.get(idempotencyKey) ?? this.#remembered.get(idempotencyKey)?.attempt;
    if (known !== undefined && idempotencyKey !== '') return { attempt: known, isNew: false };
    const attempt = new Attempt(idempotencyKey);
    // Keys are never empty on the wire of the platform; other callers' works are told apart by what no key can be.
    const key = idempotencyKey === '' ? `\0${crypto.randomUUID()}` : idempotencyKey;
    this.#working.set(key, attempt);
    const listening = attempt.listen(() => {
      if (!attempt.isOver) return;
      listening[Symbol.dispose]();
      this.#working.delete(key);
      if (attempt.hasAnswered && idempotencyKey !== '') this.#remember(attempt);
    });
    return { attempt, isNew: true };
  }

  #remember(attempt: Attempt): void {
    const { idempotencyKey, sizeBytes } = attempt;
    this.#remembered.set(idempotencyKey, { attempt, sizeBytes, untilMs: this.#now() + MEMORY_MS });
    this.#rememberedBytes += sizeBytes;
    this.#forgetOld();
  }

  #forgetOld(): void {
    const now = this.#now();
    for (const [key, { sizeBytes, untilMs }] of this.#remembered) {
      const isTooMuch = this.#remembered.size > this.#maxRemembered || this.#rememberedBytes > this.#maxRememberedBytes;
      if (!isTooMuch && untilMs > now) return;
      this.#remembered.delete(key);
      this.#rememberedBytes -= sizeBytes;
    }
  }
}
