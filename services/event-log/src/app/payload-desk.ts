/**
 * Puts large payloads back into events that are answered. What is stored here has claims in their place.
 *
 * Owns: the texts that were asked for last, within a bound. Does not own: the texts (PayloadSource).
 *
 * Q1. No event leaves with a claim: it is redeemed, or the answer is an error.
 * Q2. A text belongs to its run: a digest alone, of another run or tenant, is worth nothing.
 */
import type { RunEvent } from '@skein/contracts/event';
import { claimsIn } from '@skein/events';
import { runKeyText, type RunKey } from '../domain/run-key.ts';
import { HistoryUnavailableError, PayloadLostError } from './event-log-errors.ts';
import type { PayloadSource } from './payload-source.ts';
import { SourceUnavailableError } from './run-history-source.ts';

/** Of texts that are kept in memory. */
const CACHE_BYTES = 32 * 1024 * 1024;

export class PayloadDesk {
  readonly #source: PayloadSource;
  /** By run and digest, the one that was not asked for the longest first. */
  readonly #texts = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(source: PayloadSource) {
    this.#source = source;
  }

  /**
   * Redeems the claims of some events of a run, in place.
   * @throws PayloadLostError, HistoryUnavailableError
   */
  async redeem(run: RunKey, events: readonly RunEvent[]): Promise<void> {
    const claims = events.flatMap((event) => claimsIn(event));
    if (claims.length === 0) return;
    const texts = await this.#textsOf(run, [...new Set(claims.map(({ digest }) => digest))]);
    for (const { digest, redeem } of claims) {
      const text = texts.get(digest);
      if (text === undefined) throw new PayloadLostError(`the text of a large payload of run ${run.runId} is gone`);
      redeem(text);
    }
  }

  /** Keeps no text of runs that are deleted. */
  forget(runs: readonly RunKey[]): void {
    const gone = new Set(runs.map(runKeyText));
    for (const [key, { byteLength }] of this.#texts) {
      if (!gone.has(key.slice(0, key.lastIndexOf(' ')))) continue;
      this.#texts.delete(key);
      this.#bytes -= byteLength;
    }
  }

  async #textsOf(run: RunKey, digests: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const texts = new Map<string, Uint8Array>();
    for (const digest of digests) {
      const known = this.#texts.get(cacheKey(run, digest));
      if (known !== undefined) texts.set(digest, known);
    }
    const missing = digests.filter((digest) => !texts.has(digest));
    for (const [digest, text] of missing.length === 0 ? [] : await this.#fetch(run, missing)) texts.set(digest, text);
    for (const [digest, text] of texts) this.#keep(cacheKey(run, digest), text);
    return texts;
  }

  async #fetch(run: RunKey, digests: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    try {
      return await this.#source.fetch(run, digests);
    } catch (error) {
      if (!(error instanceof SourceUnavailableError)) throw error;
      throw new HistoryUnavailableError(error.message, { cause: error });
    }
  }

  #keep(key: string, text: Uint8Array): void {
    if (this.#texts.delete(key)) this.#bytes -= text.byteLength;
    this.#texts.set(key, text);
    this.#bytes += text.byteLength;
    for (const [oldest, { byteLength }] of this.#texts) {
      if (this.#bytes <= CACHE_BYTES) return;
      this.#texts.delete(oldest);
      this.#bytes -= byteLength;
    }
  }
}

/** Q2. */
function cacheKey(run: RunKey, digest: string): string {
  return `${runKeyText(run)} ${digest}`;
}
