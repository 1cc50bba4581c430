import type { MethodImpl } from '@connectrpc/connect';
import type { ScheduleService } from '@skein/contracts/scheduler';
import { resumeSchedule } from '../../app/schedules/schedules.ts';
import { keyOf } from './schedule-fields.ts';
import { shown, type ScheduleRpcParts } from './schedule-rpc-parts.ts';

/** ScheduleService.ResumeSchedule. */
export function resumeScheduleRpc(parts: ScheduleRpcParts): MethodImpl<typeof ScheduleService.method.resumeSchedule> {
  return async (request) => ({ schedule: await shown(parts, await resumeSchedule(parts, keyOf(request))) });
}
