import type { CalledRun, CalledRunStore, KnownCall } from '../../app/called-runs.ts';
import type { RunStore } from '../../app/run-store.ts';
import { shardOf } from '../../domain/shards.ts';

/** Runs that agents have started, in memory: the twin of the Postgres adapter for tests and simulations. */
export class MemoryCalledRunStore implements CalledRunStore {
  readonly #runs: Pick<RunStore, 'runRow'>;
  readonly #calls = new Map<string, CalledRun>();

  constructor(runs: Pick<RunStore, 'runRow'>) {
    this.#runs = runs;
  }

  async add(call: CalledRun): Promise<void> {
    this.#calls.set(call.runId, call);
  }

  async remove(runIds: readonly string[]): Promise<void> {
    for (const runId of runIds) this.#calls.delete(runId);
  }

  async ofShards(shards: readonly number[]): Promise<readonly KnownCall[]> {
    const wanted = new Set(shards);
    const calls = [...this.#calls.values()].filter(({ runId }) => wanted.has(shardOf(runId)));
    return Promise.all(
      calls.map(async (call) => {
        const [run, parent] = await Promise.all([this.#runs.runRow(call.runId), this.#runs.runRow(call.parentRunId)]);
        const isParentOpen = parent !== undefined && parent.endedAtMs === undefined;
        const parentEnd = parent?.status === 'TERMINATED' ? 'terminated' : 'otherwise';
        return {
          ...call,
          hasBegun: run !== undefined,
          isOver: run?.endedAtMs !== undefined,
          parentEnd: isParentOpen ? undefined : parentEnd,
        };
      }),
    );
  }
}
