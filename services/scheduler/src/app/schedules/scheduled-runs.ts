import type { PendingFire, ScheduleAction, ScheduleKey } from '../../domain/schedule/schedule.ts';
import type { StartOutcome } from '../../domain/schedule/settle.ts';

/** A fire whose run is to be started. */
export interface FireStart {
  readonly key: ScheduleKey;
  readonly fire: Pick<PendingFire, 'runId' | 'fireMs'>;
  readonly action: ScheduleAction;
}

/** Runs, as schedules start and end them. Every call may be repeated. */
export interface ScheduledRuns {
  /** Starts a run under the fire's id. One that is there already is started. Throws nothing. */
  start(start: FireStart): Promise<StartOutcome>;
  /** Ends a run that overlaps. One that has ended, or that nobody knows, stays as it is. @throws where nobody answers. */
  end(key: ScheduleKey, runId: string, endsBy: PendingFire['endsBy']): Promise<void>;
  /** Those of these runs that are not open any more: they have ended, or are deleted since. */
  closedAmong(runIds: readonly string[]): Promise<readonly string[]>;
}
