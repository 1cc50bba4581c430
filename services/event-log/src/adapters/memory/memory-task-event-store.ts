import type { ReadLimits } from '../../app/run-event-store.ts';
import type { StoredDispatch, TaskEventStore } from '../../app/task-event-store.ts';
import { compareAge, dispatchKey, isSameDispatch, type DispatchRef } from '../../domain/dispatch.ts';
import { runKeyText, type RunKey } from '../../domain/run-key.ts';
import { lastTaskSeqOf, type TaskChunk } from '../../domain/task-chunk.ts';
import { withinLimits } from './within-limits.ts';

/** The chunks of task events in memory, for tests and simulations. */
export class MemoryTaskEventStore implements TaskEventStore {
  readonly #runs = new Map<string, Map<string, TaskChunk>>();

  async append(chunks: readonly TaskChunk[]): Promise<void> {
    for (const chunk of chunks) {
      const run = this.#runs.get(runKeyText(chunk)) ?? new Map<string, TaskChunk>();
      this.#runs.set(runKeyText(chunk), run);
      const key = `${chunk.firstTaskSeq} ${dispatchKey(chunk)}`;
      if ((run.get(key)?.eventCount ?? 0) < chunk.eventCount) run.set(key, { ...chunk, body: chunk.body.slice() });
    }
  }

  async readAfter(run: RunKey, ref: DispatchRef, afterTaskSeq: number, limits: ReadLimits): Promise<TaskChunk[]> {
    const chunks = this.#chunksOf(run)
      .filter((chunk) => isSameDispatch(chunk, ref) && lastTaskSeqOf(chunk) > afterTaskSeq)
      .toSorted((a, b) => a.firstTaskSeq - b.firstTaskSeq);
    return withinLimits(chunks, limits);
  }

  async dispatches(run: RunKey): Promise<StoredDispatch[]> {
    const found = new Map<string, StoredDispatch>();
    for (const chunk of this.#chunksOf(run)) {
      const { nodeId, attempt, dispatch } = chunk;
      const lastTaskSeq = Math.max(found.get(dispatchKey(chunk))?.lastTaskSeq ?? 0, lastTaskSeqOf(chunk));
      found.set(dispatchKey(chunk), { nodeId, attempt, dispatch, lastTaskSeq });
    }
    return [...found.values()].toSorted((a, b) =>
      a.nodeId === b.nodeId ? compareAge(a, b) : a.nodeId < b.nodeId ? -1 : 1,
    );
  }

  #chunksOf(run: RunKey): TaskChunk[] {
    return [...(this.#runs.get(runKeyText(run))?.values() ?? [])];
  }
}
