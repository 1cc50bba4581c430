import type { RunKey } from '../domain/run-key.ts';

/** No such run in this namespace. */
export class RunNotFoundError extends Error {
  override readonly name = 'RunNotFoundError';
  readonly run: RunKey;

  constructor(run: RunKey) {
    super(`there is no run ${run.runId} in namespace ${run.namespace}`);
    this.run = run;
  }
}

/** A part of a run's history is not here yet, and its source cannot be asked right now. */
export class HistoryUnavailableError extends Error {
  override readonly name = 'HistoryUnavailableError';
}

/** A claim is known, and nobody has the text that it stands for. */
export class PayloadLostError extends Error {
  override readonly name = 'PayloadLostError';
}

/** A part of a run's history is gone: neither this store nor the source has it. */
export class HistoryLostError extends Error {
  override readonly name = 'HistoryLostError';
}
