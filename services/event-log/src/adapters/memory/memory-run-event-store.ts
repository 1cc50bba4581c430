import type { ReadLimits, RunEventStore } from '../../app/run-event-store.ts';
import { runKeyText, type RunKey } from '../../domain/run-key.ts';
import { byRunAndSeq, lastSeqOf, type TransitionRecord } from '../../domain/transition-record.ts';
import { withinLimits } from './within-limits.ts';

/** The rows of run events in memory, for tests and simulations. */
export class MemoryRunEventStore implements RunEventStore {
  readonly #runs = new Map<string, TransitionRecord[]>();

  async append(records: readonly TransitionRecord[]): Promise<number> {
    let added = 0;
    for (const record of records) {
      const rows = this.#rowsOf(record);
      if (rows.some((row) => row.firstSeq === record.firstSeq)) continue;
      rows.push({ ...record, body: record.body.slice() });
      rows.sort(byRunAndSeq);
      added += 1;
    }
    return added;
  }

  async readAfter(run: RunKey, afterSeq: number, limits: ReadLimits): Promise<TransitionRecord[]> {
    const rows = this.#rowsOf(run).filter((row) => lastSeqOf(row) > afterSeq);
    return withinLimits(rows, limits);
  }

  async last(run: RunKey): Promise<TransitionRecord | undefined> {
    return this.#rowsOf(run).at(-1);
  }

  #rowsOf(run: RunKey): TransitionRecord[] {
    const key = runKeyText(run);
    const rows = this.#runs.get(key) ?? [];
    this.#runs.set(key, rows);
    return rows;
  }
}
