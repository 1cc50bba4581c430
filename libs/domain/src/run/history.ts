import type { RunEvent } from './event.ts';
import { apply, draftOf, type RunDraft, type RunIdentity } from './evolve.ts';
import { isTerminal, type RunState } from './state.ts';

/** One event of a run's history, with its number and its time. */
export interface HistoryEvent {
  /** From 1, without a gap. */
  readonly seq: number;
  /** Milliseconds since 1970; the events of one transition share it. */
  readonly occurredAtMs: number;
  readonly event: RunEvent;
}

/** A history that no run can have: it has a gap, does not begin with `run_started`, or goes on after its end. */
export class BrokenHistoryError extends Error {
  override readonly name = 'BrokenHistoryError';
  /** seq of the first event that does not fit. */
  readonly seq: number;

  constructor(seq: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.seq = seq;
  }
}

/** Folds a history event by event. The state grows; what was asked for earlier stays as it was. */
export class HistoryFold {
  readonly #identity: RunIdentity;
  #draft: RunDraft | undefined;

  constructor(identity: RunIdentity) {
    this.#identity = identity;
  }

  /** The state after the events so far; undefined before the first. A copy. */
  get state(): RunState | undefined {
    return this.#draft === undefined ? undefined : draftOf(this.#draft);
  }

  /** @throws BrokenHistoryError when the event cannot follow. */
  add({ seq, occurredAtMs, event }: HistoryEvent): void {
    const draft = this.#draft;
    if (draft !== undefined && isTerminal(draft.status)) {
      throw new BrokenHistoryError(seq, `event ${seq} (${event.kind}) comes after the run has ended`);
    }
    if (draft !== undefined && event.kind === 'run_started') {
      throw new BrokenHistoryError(seq, `event ${seq} starts the run a second time`);
    }
    try {
      this.#draft = apply(draft, this.#identity, event, { seq, occurredAtMs });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new BrokenHistoryError(seq, `event ${seq} (${event.kind}) does not fit: ${error.message}`, {
        cause: error,
      });
    }
  }
}

/**
 * The state that a whole history comes to.
 * @throws BrokenHistoryError for one that no run can have.
 */
export function foldHistory(identity: RunIdentity, history: readonly HistoryEvent[]): RunState {
  const fold = new HistoryFold(identity);
  for (const entry of history) fold.add(entry);
  const { state } = fold;
  if (state === undefined) throw new BrokenHistoryError(1, 'the history is empty');
  return state;
}
