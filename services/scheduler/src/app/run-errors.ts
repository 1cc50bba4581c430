import type { Plan, StartRun } from '@skein/domain';
import type { StartKey } from './run-store.ts';

/** A run that is to begin. */
export interface EngineStart {
  readonly runId: string;
  readonly namespace: string;
  readonly plan: Plan;
  readonly command: StartRun;
  readonly key: StartKey | undefined;
}

/** The run's mailbox is full. */
export class RunBusyError extends Error {
  override readonly name = 'RunBusyError';
}

/** The run is set aside for an operator. */
export class RunSetAsideError extends Error {
  override readonly name = 'RunSetAsideError';
}

/** Another run has the id, or another start the key. */
export class StartLostError extends Error {
  override readonly name = 'StartLostError';
}

/** Another scheduler owns the run. */
export class RunElsewhereError extends Error {
  override readonly name = 'RunElsewhereError';

  constructor(runId: string) {
    super(`run ${runId} is another scheduler's`);
  }
}
