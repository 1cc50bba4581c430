import type { RunKey } from '../domain/run-key.ts';
import type { TransitionRecord } from '../domain/transition-record.ts';

/** Port: whoever decided the events and can tell those that were missed. */
export interface RunHistorySource {
  /**
   * The run's transitions with events after `afterSeq`, oldest first, at most `maxRows`; undefined where the source
   * does not know the run.
   * @throws SourceUnavailableError
   */
  fetchAfter(run: RunKey, afterSeq: number, maxRows: number): Promise<FetchedHistory | undefined>;
}

/** A part of a run's history, from its source. */
export interface FetchedHistory {
  readonly records: readonly TransitionRecord[];
  /** seq of the run's last event. */
  readonly lastSeq: number;
  /** Whether there will be no events after `lastSeq`. */
  readonly ended: boolean;
}

/** The source cannot be asked right now. */
export class SourceUnavailableError extends Error {
  override readonly name = 'SourceUnavailableError';
}
