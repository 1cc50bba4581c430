import type { RunKey } from '../domain/run-key.ts';
import { isTerminal } from '../domain/run-event-facts.ts';
import { lastEventOf } from '../domain/transition-events.ts';
import { contiguousAfter, lastSeqOf, type TransitionRecord } from '../domain/transition-record.ts';
import { HistoryLostError, HistoryUnavailableError } from './event-log-errors.ts';
import type { EventLogObserver } from './event-log-observer.ts';
import type { RunEventStore } from './run-event-store.ts';
import { SourceUnavailableError, type FetchedHistory, type RunHistorySource } from './run-history-source.ts';

/** How much of a history is in memory at a time. */
const PAGE = { maxRows: 200, maxBytes: 4 * 1024 * 1024 };
/** Transitions asked of the source at a time: few, for these may be the large ones. */
const REPAIR_ROWS = 25;

/** What is known of a run's end. */
export interface RunHead {
  /** seq of the last stored event. */
  readonly lastSeq: number;
  /** Whether that is the last there will ever be. */
  readonly ended: boolean;
}

/** What asking the source has brought. */
export type CaughtUp =
  /** Something after the given seq was added to the store. */
  | 'added'
  /** The source has nothing after it. */
  | 'nothing_new'
  /** The source does not know the run. */
  | 'unknown_run'
  /** The source cannot be asked right now. */
  | 'unavailable';

/**
 * A run's history without a gap: the store's rows, and where some are missing the source's, which are stored on the
 * way.
 *
 * Owns nothing but the rule. Invariants:
 * I1. What `read` gives continues the given seq without a gap.
 * I2. What comes from the source is stored before anybody sees it, so that it will be the same the next time.
 */
export class RunHistory {
  readonly #store: RunEventStore;
  readonly #source: RunHistorySource;
  readonly #observer: EventLogObserver;

  constructor(parts: { store: RunEventStore; source: RunHistorySource; observer: EventLogObserver }) {
    this.#store = parts.store;
    this.#source = parts.source;
    this.#observer = parts.observer;
  }

  /** The run's end as far as it is stored; undefined where nothing is. */
  async head(run: RunKey): Promise<RunHead | undefined> {
    const last = await this.#store.last(run);
    if (last === undefined) return undefined;
    return { lastSeq: lastSeqOf(last), ended: isTerminal(lastEventOf(last)) };
  }

  /**
   * The transitions that follow `afterSeq` (I1); none where nothing after it is stored.
   * @throws HistoryUnavailableError where some are missing and the source cannot be asked.
   * @throws HistoryLostError where the source does not have them any more.
   */
  async read(run: RunKey, afterSeq: number): Promise<TransitionRecord[]> {
    const rows = await this.#store.readAfter(run, afterSeq, PAGE);
    const contiguous = contiguousAfter(rows, afterSeq);
    if (rows.length === 0 || contiguous.length > 0) return contiguous;
    const outcome = await this.catchUp(run, afterSeq);
    if (outcome === 'unavailable') {
      throw new HistoryUnavailableError(`events of run ${run.runId} after seq ${afterSeq} have not arrived yet`);
    }
    const repaired = contiguousAfter(await this.#store.readAfter(run, afterSeq, PAGE), afterSeq);
    if (repaired.length > 0) return repaired;
    throw new HistoryLostError(`events of run ${run.runId} after seq ${afterSeq} are missing everywhere`);
  }

  /**
   * Asks the source for what follows `afterSeq`, and stores it (I2).
   * @throws HistoryLostError where there was more, and neither the source nor the store has it.
   */
  async catchUp(run: RunKey, afterSeq: number): Promise<CaughtUp> {
    let fetched: FetchedHistory | undefined;
    try {
      fetched = await this.#source.fetchAfter(run, afterSeq, REPAIR_ROWS);
    } catch (error) {
      if (!(error instanceof SourceUnavailableError)) throw error;
      this.#observer.sourceUnavailable(run, error);
      return 'unavailable';
    }
    if (fetched === undefined) return 'unknown_run';
    if (fetched.records.length === 0) return this.#withoutRecords(run, afterSeq, fetched);
    await this.#store.append(fetched.records);
    this.#observer.repaired(run, { afterSeq, records: fetched.records.length });
    return 'added';
  }

  /**
   * A source that knows of later events and has none of them has pruned the run. It does so only after every transition
   * was confirmed from here, so they are in the store, unless the store itself has lost them.
   */
  async #withoutRecords(run: RunKey, afterSeq: number, { ended, lastSeq }: FetchedHistory): Promise<CaughtUp> {
    if (!ended || lastSeq <= afterSeq) return 'nothing_new';
    const last = await this.#store.last(run);
    if (last !== undefined && lastSeqOf(last) >= lastSeq) return 'added';
    throw new HistoryLostError(
      `run ${run.runId} has ended with seq ${lastSeq}; its last events are missing everywhere`,
    );
  }

  /**
   * Every transition up to and with the one that holds `untilSeq`, oldest first.
   * @throws as `read` does.
   */
  async *upTo(run: RunKey, untilSeq: number): AsyncGenerator<TransitionRecord> {
    let seq = 0;
    while (seq < untilSeq) {
      const records = await this.read(run, seq);
      if (records.length === 0) return;
      for (const record of records) {
        if (record.firstSeq > untilSeq) return;
        yield record;
        seq = lastSeqOf(record);
      }
    }
  }
}
