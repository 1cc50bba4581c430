/**
 * Removes containers that nobody keeps any more.
 *
 * Owns which those are. Does not own the containers of this executor that it keeps.
 *
 * W1. Of this executor's own: those of starts that it does not know of any more, such as one whose answer was lost.
 * W2. Of other executors': those of executors that are known to be gone. One that is only unknown may be another platform's.
 */
import { LABEL } from './container-spec.ts';
import type { Engine, ListedContainer } from './engine.ts';

/** What a sweep needs. */
export interface SweepOptions {
  readonly engine: Engine;
  readonly executorId: string;
  /** Whether a start of this executor is under way, or its container kept. */
  readonly isKept: (startId: string) => boolean;
  /** Those of these executors that are gone, as far as is known. */
  readonly goneExecutors: (executorIds: readonly string[]) => Promise<readonly string[]>;
}

/** Answers how many were removed. @throws where the Engine or the registry is away. */
export async function sweepContainers({ engine, executorId, isKept, goneExecutors }: SweepOptions): Promise<number> {
  const all = await engine.list(LABEL.executor);
  const own = all.filter((each) => ownerOf(each) === executorId);
  const others = new Set(all.map(ownerOf).filter((owner) => owner !== executorId));
  const left = own.filter(({ Labels }) => !isKept(Labels[LABEL.start] ?? ''));
  // Needs no registry, which may be away.
  await Promise.all(left.map(({ Id }) => engine.remove(Id)));
  const gone = new Set(others.size === 0 ? [] : await goneExecutors([...others]));
  const orphans = all.filter((each) => gone.has(ownerOf(each)));
  await Promise.all(orphans.map(({ Id }) => engine.remove(Id)));
  return left.length + orphans.length;
}

const ownerOf = ({ Labels }: ListedContainer): string => Labels[LABEL.executor] ?? '';
