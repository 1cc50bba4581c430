import type { Schedule } from '@skein/contracts/scheduler';
import type { RunStore } from '../../app/run-store.ts';
import type { ScheduleRow } from '../../app/schedules/schedule-store.ts';
import type { ScheduleDependencies } from '../../app/schedules/schedules.ts';
import { scheduleToMessage } from './schedule-message.ts';

/** What the RPCs about schedules are made of. Any scheduler answers them: the row decides. */
export interface ScheduleRpcParts extends ScheduleDependencies {
  readonly runs: Pick<RunStore, 'closedAmong'>;
}

/** Those of these schedules' runs that have ended, and may be deleted since. */
export async function endedOf({ runs }: ScheduleRpcParts, rows: readonly ScheduleRow[]): Promise<ReadonlySet<string>> {
  const runIds = rows.flatMap(({ state }) => state.running.map(({ runId }) => runId));
  return new Set(runIds.length === 0 ? [] : await runs.closedAmong(runIds));
}

/** A schedule in full, as it is now. */
export async function shown(parts: ScheduleRpcParts, row: ScheduleRow): Promise<Schedule> {
  return scheduleToMessage(row, await endedOf(parts, [row]), parts.nowMs());
}
