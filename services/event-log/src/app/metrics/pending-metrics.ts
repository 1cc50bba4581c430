/**
 * Counts what could not be counted when it was stored, because what it ends was not stored yet.
 *
 * Owns: when to look again, and when to give up. Does not own: which transitions wait, and that each counts once (the
 * store); what they add (RunMetrics).
 */
import type { RunKey } from '../../domain/run-key.ts';
import type { TransitionRecord } from '../../domain/transition-record.ts';
import { RunMetrics, type Reading } from './run-metrics.ts';

/** A transition that waits. */
export interface PendingTransition {
  readonly record: TransitionRecord;
  readonly ageMs: number;
}

/** Port: transitions that wait to be counted. */
export interface PendingMetricStore {
  /** Those that are to be looked at, the first due first. */
  due(limit: number): Promise<readonly PendingTransition[]>;
  /** What is stored of a run before a transition, newest first. */
  readBefore(run: RunKey, beforeSeq: number, limit: number): Promise<readonly TransitionRecord[]>;
  /** Counts it, once, whoever else does: it waits no more. */
  settle(reading: Reading): Promise<void>;
  /** It is looked at again as much later as it has waited by now, at most an hour. */
  postpone(record: TransitionRecord): Promise<void>;
}

const PAGE = 100;
const MAX_PAGES_A_ROUND = 10;
const ROWS = 500;
/** Rows of one run that are looked through. */
const MAX_ROWS = 20_000;
/** What has not come by then will not: the rest of the transition is counted. */
const GIVE_UP_AFTER_MS = 24 * 60 * 60 * 1000;

/** One round. */
export async function countPending(store: PendingMetricStore): Promise<void> {
  for (let pages = 0; pages < MAX_PAGES_A_ROUND; pages += 1) {
    const due = await store.due(PAGE);
    for (const { record, ageMs } of due) {
      const [reading] = await new RunMetrics((run, beforeSeq) => historyBefore(store, run, beforeSeq)).readingsOf([
        record,
      ]);
      if (reading === undefined) continue;
      if (reading.isComplete || ageMs > GIVE_UP_AFTER_MS) await store.settle(reading);
      else await store.postpone(record);
    }
    if (due.length < PAGE) return;
  }
}

/** Oldest first. */
async function historyBefore(store: PendingMetricStore, run: RunKey, beforeSeq: number): Promise<TransitionRecord[]> {
  const rows: TransitionRecord[] = [];
  let before = beforeSeq;
  while (before > 1 && rows.length < MAX_ROWS) {
    const page = await store.readBefore(run, before, ROWS);
    rows.push(...page);
    before = page.at(-1)?.firstSeq ?? 1;
  }
  return rows.toReversed();
}
