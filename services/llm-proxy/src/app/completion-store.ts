import type { Answer } from '../domain/question.ts';

/** Names a stored completion. */
export interface CompletionKey {
  readonly namespace: string;
  readonly idempotencyKey: string;
}

/** What came of a claim. */
export type Claim =
  /** Nobody has the answer or is about to buy it: the claimer may. */
  | { readonly kind: 'won' }
  /** Somebody else is about to buy it. */
  | { readonly kind: 'taken' }
  /** It is there. */
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** The key belongs to another question. */
  | { readonly kind: 'reused' };

/**
 * Completions that are never bought again.
 *
 * C1. Of all answers to one key exactly one is kept, and it is the one that everybody gets.
 * C2. A claim ends with its answer, when it is given up, or when its owner has not renewed it in time.
 */
export interface CompletionStore {
  /** Claims the right to buy, for `leaseMs`. */
  claim(key: CompletionKey, digest: Buffer, owner: string, leaseMs: number): Promise<Claim>;
  /** Prolongs the claims of an owner that have no answer yet. */
  renew(keys: readonly CompletionKey[], owner: string, leaseMs: number): Promise<void>;
  /** Gives a claim up; does nothing when it is no longer the owner's. */
  release(key: CompletionKey, owner: string): Promise<void>;
  /** Keeps an answer, and returns the one that is kept (C1); undefined: the key belongs to another question. */
  keep(key: CompletionKey, digest: Buffer, answer: Answer): Promise<Answer | undefined>;
  /** Forgets completions older than `ageMs`, at most `limit`; returns how many. */
  forget(ageMs: number, limit: number): Promise<number>;
}
