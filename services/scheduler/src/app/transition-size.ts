import type { StoredTransition } from './run-store.ts';

/** What a transition adds to a commit, in bytes: its events, and the payloads that have left them. */
export function transitionBytes({ body, payloads = [] }: Pick<StoredTransition, 'body' | 'payloads'>): number {
  return payloads.reduce((bytes, { json }) => bytes + (json?.byteLength ?? 0), body.byteLength);
}
