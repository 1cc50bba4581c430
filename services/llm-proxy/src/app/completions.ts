/**
 * Answers questions; those with a key are answered once and for all.
 *
 * Owns the purchases under way in this process.
 *
 * A1. Of one key, at most one purchase is under way in this process; everybody who asks joins it.
 * A2. Between processes a claim says who buys; the others wait and read.
 * A3. An answer under a key is kept before it is given to anybody. Text that streams before is no answer yet.
 * A4. A purchase that fails leaves nothing behind: the next one who asks buys.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Backoff } from '@skein/lifecycle';
import { AnswerTimeoutError, KeyReusedError, StoppingError } from '../domain/llm-errors.ts';
import { questionDigest } from '../domain/question-digest.ts';
import type { Answer, Question } from '../domain/question.ts';
import { askModel, checkedAnswer, type AskParts } from './ask-model.ts';
import { LEASE_MS, type ClaimKeeper } from './claim-keeper.ts';
import type { CompletionKey, CompletionStore } from './completion-store.ts';
import { Flight, type Purchase } from './flight.ts';

/** What answering needs. */
export interface CompletionsOptions extends AskParts {
  readonly store: CompletionStore;
  readonly claims: ClaimKeeper;
  /** Unique among the proxies of one database. */
  readonly owner: string;
  /** Longest wait where a question does not say. */
  readonly timeoutMs: number;
}

/** A question as it is asked. */
export interface Asking {
  readonly namespace: string;
  /** Empty: nothing is stored. */
  readonly idempotencyKey: string;
  readonly question: Question;
  /** Longest time to wait; undefined: the proxy's. */
  readonly timeoutMs: number | undefined;
}

/** An answer, and whether it had been there before. */
export interface Completed {
  readonly answer: Answer;
  readonly replayed: boolean;
}

/** Longest time to try to keep an answer that is paid for. */
const KEEP_TRIES_MS = 60_000;

interface KeyedFlight {
  readonly digest: Buffer;
  readonly flight: Flight<Completed>;
}

export class Completions implements AsyncDisposable {
  readonly #options: CompletionsOptions;
  readonly #keyed = new Map<string, KeyedFlight>();
  readonly #flights = new Set<Flight<Completed>>();
  #stopping = false;

  constructor(options: CompletionsOptions) {
    this.#options = options;
  }

  /**
   * Answers; `onDelta` is given the text piece by piece.
   * @throws AnswerTimeoutError, KeyReusedError, ModelNotFoundError, ProviderError, OutputSchemaError, StoppingError,
   * the signal's reason when it aborts.
   */
  async complete(asking: Asking, onDelta: (text: string) => void, signal: AbortSignal): Promise<Completed> {
    const timeoutMs = asking.timeoutMs ?? this.#options.timeoutMs;
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(new AnswerTimeoutError(timeoutMs)), timeoutMs);
    const onAbort = () => over.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      const { answer, replayed } = await this.#flightFor(asking).join(onDelta, over.signal);
      // What was kept for somebody who checks by himself is checked for whoever does not.
      return { answer: replayed ? checkedAnswer(answer, asking.question) : answer, replayed };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends what is under way; what is paid for is kept first. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    for (const flight of this.#flights) flight.abort(new StoppingError());
    await Promise.all([...this.#flights].map((flight) => flight.whenOver));
  }

  /** A1. */
  #flightFor({ namespace, idempotencyKey, question }: Asking): Flight<Completed> {
    if (this.#stopping) throw new StoppingError();
    if (idempotencyKey === '') return this.#begin((steps, signal) => this.#buy(question, steps, signal));
    // Who enforces the schema and who does not cannot share what comes of a purchase, only what is kept of it (A2).
    const name = `${namespace}/${question.enforcesSchema ? 'enforced' : 'unchecked'}/${idempotencyKey}`;
    const digest = questionDigest(question);
    const known = this.#keyed.get(name);
    if (known !== undefined && !known.flight.isAborted) {
      if (known.digest.equals(digest)) return known.flight;
      throw new KeyReusedError();
    }
    const key = { namespace, idempotencyKey };
    const flight = this.#begin(async (steps, signal) => {
      // The one before was given up by its waiters; its claim ends before ours begins.
      await known?.flight.whenOver;
      return this.#buyOnce(key, digest, question, steps, signal);
    });
    const entry = { digest, flight };
    this.#keyed.set(name, entry);
    void this.#forgetAfter(name, entry);
    return flight;
  }

  async #forgetAfter(name: string, entry: KeyedFlight): Promise<void> {
    await entry.flight.whenOver;
    if (this.#keyed.get(name) === entry) this.#keyed.delete(name);
  }

  #begin(purchase: Purchase<Completed>): Flight<Completed> {
    const flight = new Flight(purchase);
    this.#flights.add(flight);
    void flight.whenOver.then(() => this.#flights.delete(flight));
    return flight;
  }

  async #buy(
    question: Question,
    { emit }: Parameters<Purchase<Completed>>[0],
    signal: AbortSignal,
  ): Promise<Completed> {
    return { answer: await askModel(this.#options, question, emit, signal), replayed: false };
  }

  async #buyOnce(
    key: CompletionKey,
    digest: Buffer,
    question: Question,
    steps: Parameters<Purchase<Completed>>[0],
    signal: AbortSignal,
  ): Promise<Completed> {
    const { store, owner, claims, observer } = this.#options;
    const stored = await this.#claim(key, digest, signal);
    if (stored !== undefined) {
      observer.replayed(stored);
      steps.emit(stored.text);
      return { answer: stored, replayed: true };
    }
    using _held = claims.hold(key);
    let answer: Answer;
    try {
      signal.throwIfAborted();
      answer = await askModel(this.#options, question, steps.emit, signal);
      signal.throwIfAborted();
      steps.commit();
    } catch (error) {
      await store.release(key, owner).catch((failure: unknown) => observer.databaseFailed('ending a claim', failure));
      throw error;
    }
    return { answer: await this.#keep(key, digest, answer), replayed: false };
  }

  /** The stored answer; undefined: it is for this process to buy (A2). */
  async #claim(key: CompletionKey, digest: Buffer, signal: AbortSignal): Promise<Answer | undefined> {
    const { store, owner } = this.#options;
    const backoff = new Backoff({ initialMs: 20, maxMs: 500 });
    for (;;) {
      signal.throwIfAborted();
      const claim = await store.claim(key, digest, owner, LEASE_MS);
      switch (claim.kind) {
        case 'won':
          return undefined;
        case 'answered':
          return claim.answer;
        case 'reused':
          throw new KeyReusedError();
        case 'taken':
          await delay(backoff.nextMs(), undefined, { signal }).catch(() => {});
      }
    }
  }

  /** A3: tries until the database has it, for as long as makes sense. */
  async #keep(key: CompletionKey, digest: Buffer, answer: Answer): Promise<Answer> {
    const { store, observer } = this.#options;
    const backoff = new Backoff({ initialMs: 20, maxMs: 1000 });
    const givingUpAtMs = performance.now() + KEEP_TRIES_MS;
    for (;;) {
      try {
        const kept = await store.keep(key, digest, answer);
        if (kept === undefined) throw new KeyReusedError();
        return kept;
      } catch (error) {
        if (error instanceof KeyReusedError || this.#stopping || performance.now() > givingUpAtMs) throw error;
        observer.databaseFailed('keeping an answer', error);
        await delay(backoff.nextMs());
      }
    }
  }
}
