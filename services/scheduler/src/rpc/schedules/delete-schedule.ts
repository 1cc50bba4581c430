import type { MethodImpl } from '@connectrpc/connect';
import type { ScheduleService } from '@skein/contracts/scheduler';
import { deleteSchedule } from '../../app/schedules/schedules.ts';
import { keyOf } from './schedule-fields.ts';
import type { ScheduleRpcParts } from './schedule-rpc-parts.ts';

/** ScheduleService.DeleteSchedule. */
export function deleteScheduleRpc(parts: ScheduleRpcParts): MethodImpl<typeof ScheduleService.method.deleteSchedule> {
  return async (request) => {
    await deleteSchedule(parts, keyOf(request));
    return {};
  };
}
