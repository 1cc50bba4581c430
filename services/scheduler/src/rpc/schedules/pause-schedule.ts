import type { MethodImpl } from '@connectrpc/connect';
import type { ScheduleService } from '@skein/contracts/scheduler';
import { pauseSchedule } from '../../app/schedules/schedules.ts';
import { keyOf, reasonOf } from './schedule-fields.ts';
import { shown, type ScheduleRpcParts } from './schedule-rpc-parts.ts';

/** ScheduleService.PauseSchedule. */
export function pauseScheduleRpc(parts: ScheduleRpcParts): MethodImpl<typeof ScheduleService.method.pauseSchedule> {
  return async (request) => {
    const row = await pauseSchedule(parts, keyOf(request), reasonOf('reason', request.reason));
    return { schedule: await shown(parts, row) };
  };
}
