/**
 * The texts of large payloads as objects, by namespace, run and digest.
 *
 * Owns: the keys, and that a text is what its digest says. Does not own: the objects (ObjectStore), and which payloads a
 * run has: the rows of `payload` say that.
 *
 * O1. An object is there before the row that names it: who reads a row finds the text.
 * O2. The key follows from the text. Storing it again, after a crash or a lost race, changes nothing.
 * O3. A text that is not what its digest says is not given to anybody.
 */
import { hash } from 'node:crypto';
import type { ClaimedPayload } from '@skein/events';
import { MAX_DELETED_OBJECTS, ObjectStoreError, type ListedObject, type ObjectStore } from './object-store.ts';

/** Whose payloads. */
export interface PayloadOwner {
  readonly namespace: string;
  readonly runId: string;
}

/** Calls at a time, of one read or write. */
const CONCURRENCY = 8;

export class PayloadObjects {
  readonly #objects: ObjectStore;

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** Stores texts. @throws ObjectStoreError */
  async put(owner: PayloadOwner, payloads: readonly ClaimedPayload[]): Promise<void> {
    await each(payloads, ({ digest, json }) => this.#objects.put(keyOf(owner, digest), json, digest));
  }

  /** Texts by their digests; those that are not there are left out. @throws ObjectStoreError */
  async get(owner: PayloadOwner, digests: readonly string[]): Promise<readonly ClaimedPayload[]> {
    const found: ClaimedPayload[] = [];
    await each(digests, async (digest) => {
      const json = await this.#objects.get(keyOf(owner, digest));
      if (json !== undefined && hash('sha256', json) === digest) found.push({ digest, json });
    });
    return found;
  }

  /** Deletes everything of a run. @throws ObjectStoreError */
  async deleteRun({ namespace, runId }: PayloadOwner): Promise<void> {
    for (;;) {
      // What is deleted is not listed again: the first page is always the next.
      const { objects, next } = await this.#objects.list(`${namespace}/${runId}/`, undefined);
      await this.delete(objects);
      if (next === undefined) return;
    }
  }

  /** A page of all objects. @throws ObjectStoreError */
  list(after: string | undefined): ReturnType<ObjectStore['list']> {
    return this.#objects.list('', after);
  }

  /** @throws ObjectStoreError */
  async delete(objects: readonly ListedObject[]): Promise<void> {
    for (let from = 0; from < objects.length; from += MAX_DELETED_OBJECTS) {
      await this.#objects.delete(objects.slice(from, from + MAX_DELETED_OBJECTS).map(({ key }) => key));
    }
  }
}

/** Of a scheduler that has no object store: what another has put there cannot be read. */
export const NO_OBJECTS: Pick<PayloadObjects, 'get'> = {
  get: () =>
    Promise.reject(
      new ObjectStoreError('large payloads are in an object store, and SKEIN_S3_BUCKET of this scheduler is not set'),
    ),
};

/** The run of an object; undefined: the key is none of a payload. */
export function runOfKey(key: string): string | undefined {
  return /^[a-z0-9-]+\/([0-9a-f-]{36})\/[0-9a-f]{64}$/.exec(key)?.[1];
}

function keyOf({ namespace, runId }: PayloadOwner, digest: string): string {
  return `${namespace}/${runId}/${digest}`;
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const workers = Array.from({ length: Math.min(CONCURRENCY, items.length) }, async () => {
    for (const item of waiting) await work(item);
  });
  await Promise.all(workers);
}
