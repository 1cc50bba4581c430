import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from '@skein/postgres';
import type { Interval } from './interval.ts';

const TICK_MS = 100;
/** What takes so much longer than it should means that the machine is too busy to judge others by. */
const STALL_MS = 400;

/**
 * Watches whether the ground under the platform holds: whether this process gets its turns, and Postgres, asked past
 * every link, commits. On a machine that is busy with other things neither is the platform's fault.
 */
export class StallWatch implements AsyncDisposable {
  readonly stalls: Interval[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #over = new AbortController();
  readonly #asking: Promise<void>;
  #lastMs = Date.now();

  constructor(sql: Pool) {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#asking = this.#ask(sql);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#over.abort();
    await this.#asking;
  }

  #tick(): void {
    const nowMs = Date.now();
    this.#note(this.#lastMs, nowMs, TICK_MS);
    this.#lastMs = nowMs;
  }

  async #ask(sql: Pool): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      const askedAtMs = Date.now();
      // The server writes this into its log and flushes it, as a commit of the platform.
      await sql.query(`select pg_logical_emit_message(true, 'chaos', '')`).catch(() => undefined);
      this.#note(askedAtMs, Date.now(), 0);
      await delay(TICK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #note(fromMs: number, toMs: number, expectedMs: number): void {
    if (toMs - fromMs > expectedMs + STALL_MS) this.stalls.push({ fromMs, toMs });
  }
}
