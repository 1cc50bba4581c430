/**
 * Puts the large payloads of a transition into the object store before the transition is committed.
 *
 * Owns: the transitions whose payloads are on their way. Does not own: their commit (CommitLanes), their keys
 * (PayloadObjects).
 *
 * F1. A transition goes to its lane when all its payloads are stored, and not before. One without goes at once.
 * F2. While the store does not take them the run waits, and says what for; other runs go on. It is tried for ever.
 * F3. What is stored for a transition that loses, or is never committed, belongs to no row: it goes with its run, or,
 *     where there is none, with the sweep (ObjectSweep).
 */
import type { PendingTransition } from '../commit-lane.ts';
import type { PayloadObjects } from './payload-objects.ts';

/** What the shelf needs. */
export interface PayloadShelfOptions {
  /** Undefined: payloads are stored with their transitions. */
  readonly objects: Pick<PayloadObjects, 'put'> | undefined;
  readonly commit: (pending: PendingTransition) => void;
  /** Told of every failed try. */
  readonly onRetry: (error: unknown) => void;
  /** Waits between tries. */
  readonly pause: (tries: number) => Promise<void>;
}

export class PayloadShelf {
  readonly #options: PayloadShelfOptions;
  readonly #underWay = new Set<Promise<void>>();
  #isStopped = false;

  constructor(options: PayloadShelfOptions) {
    this.#options = options;
  }

  add(pending: PendingTransition): void {
    const { objects, commit } = this.#options;
    const { payloads = [] } = pending.transition;
    if (objects === undefined || payloads.length === 0) return commit(pending);
    const work = this.#store(objects, pending).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  /** Tries no more; resolves when nothing is under way. What is not stored by then is not committed. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#underWay);
  }

  async #store(objects: NonNullable<PayloadShelfOptions['objects']>, pending: PendingTransition): Promise<void> {
    const { commit, onRetry, pause } = this.#options;
    const { transition, held } = pending;
    const payloads = transition.payloads ?? [];
    const texts = payloads.flatMap(({ digest, json }) => (json === undefined ? [] : [{ digest, json }]));
    for (let tries = 0; !this.#isStopped; tries += 1) {
      try {
        await objects.put(transition, texts);
        held?.(undefined);
        const stored = payloads.map(({ digest }) => ({ digest, json: undefined }));
        return commit({ ...pending, transition: { ...transition, payloads: stored } });
      } catch (error) {
        onRetry(error);
        held?.(`the object store to take a large payload: ${error instanceof Error ? error.message : String(error)}`);
        await pause(tries);
      }
    }
  }
}
