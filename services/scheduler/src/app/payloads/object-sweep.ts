/**
 * Deletes objects that belong to no run: at once those of runs that were deleted, and once a day whatever else there is.
 *
 * Owns: which objects go. Does not own: when (CleaningRounds, the daily walk of whoever owns shard 0).
 *
 * W1. The order to delete a run's objects is in its deletion, until they are gone.
 * W2. An object of a run that exists stays, and so does a young one: its transition may be on its way to the store.
 */
import type { RunStore } from '../run-store.ts';
import { runOfKey, type PayloadObjects, type PayloadOwner } from './payload-objects.ts';

/** Deletions whose objects are still there. */
export interface ObjectDeletions {
  /** Deleted runs that had payloads in the object store. */
  withObjects(limit: number): Promise<readonly PayloadOwner[]>;
  /** Their objects are gone. */
  objectsGone(runIds: readonly string[]): Promise<void>;
}

/** Everything that objects are swept by. */
export interface ObjectSweepOptions {
  readonly deletions: ObjectDeletions;
  readonly store: Pick<RunStore, 'existingAmong'>;
  readonly objects: PayloadObjects;
  /** Whether this scheduler is the one to walk over all objects. */
  readonly isWalker: () => boolean;
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
}

const BATCH = 100;
/** From the start of a scheduler to its first walk, so that restarts do not list the bucket again and again. */
const FIRST_WALK_MS = 60 * 60 * 1000;
const WALK_MS = 24 * 60 * 60 * 1000;
/** Longer than anybody tries to commit what it has put there; a database that is away for longer costs the payload. */
const YOUNG_MS = 24 * 60 * 60 * 1000;

/** One round over deleted runs; answers how many. @throws ObjectStoreError */
export async function deleteObjectsOfDeleted(deletions: ObjectDeletions, objects: PayloadObjects): Promise<number> {
  const runs = await deletions.withObjects(BATCH);
  for (const run of runs) {
    await objects.deleteRun(run);
    await deletions.objectsGone([run.runId]);
  }
  return runs.length;
}

/** Walks over all objects once; answers how many were nobody's. @throws ObjectStoreError */
export async function deleteOrphanObjects(
  store: Pick<RunStore, 'existingAmong'>,
  objects: PayloadObjects,
  nowMs: number,
): Promise<number> {
  let deleted = 0;
  let after: string | undefined;
  do {
    const page = await objects.list(after);
    const old = page.objects.filter(({ modifiedAtMs }) => modifiedAtMs < nowMs - YOUNG_MS);
    const runIds = new Set(old.flatMap(({ key }) => runOfKey(key) ?? []));
    const existing = new Set(runIds.size === 0 ? [] : await store.existingAmong([...runIds]));
    const orphans = old.filter(({ key }) => {
      const runId = runOfKey(key);
      return runId !== undefined && !existing.has(runId);
    });
    await objects.delete(orphans);
    deleted += orphans.length;
    after = page.next;
  } while (after !== undefined);
  return deleted;
}

/** A round to be made again and again: what is ordered at once, all of it once a day. */
export function objectRound(options: ObjectSweepOptions): () => Promise<number> {
  const { deletions, store, objects, isWalker, nowMs, monotonicMs } = options;
  let nextWalkMs = monotonicMs() + FIRST_WALK_MS;
  return async () => {
    const deleted = await deleteObjectsOfDeleted(deletions, objects);
    if (monotonicMs() >= nextWalkMs && isWalker()) {
      nextWalkMs = monotonicMs() + WALK_MS;
      await deleteOrphanObjects(store, objects, nowMs());
    }
    return deleted;
  };
}
