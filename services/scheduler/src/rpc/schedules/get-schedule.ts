import type { MethodImpl } from '@connectrpc/connect';
import type { ScheduleService } from '@skein/contracts/scheduler';
import { getSchedule } from '../../app/schedules/schedules.ts';
import { keyOf } from './schedule-fields.ts';
import { shown, type ScheduleRpcParts } from './schedule-rpc-parts.ts';

/** ScheduleService.GetSchedule. */
export function getScheduleRpc(parts: ScheduleRpcParts): MethodImpl<typeof ScheduleService.method.getSchedule> {
  return async (request) => ({ schedule: await shown(parts, await getSchedule(parts, keyOf(request))) });
}
