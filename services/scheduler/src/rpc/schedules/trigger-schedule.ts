import type { MethodImpl } from '@connectrpc/connect';
import type { ScheduleService } from '@skein/contracts/scheduler';
import { triggerSchedule } from '../../app/schedules/schedules.ts';
import { keyOf, overlapOf, requestIdOf } from './schedule-fields.ts';
import { fireToMessage } from './schedule-message.ts';
import type { ScheduleRpcParts } from './schedule-rpc-parts.ts';

/** ScheduleService.TriggerSchedule. */
export function triggerScheduleRpc(parts: ScheduleRpcParts): MethodImpl<typeof ScheduleService.method.triggerSchedule> {
  return async (request) => {
    const overlap = overlapOf(request.overlap, 'overlap');
    const { row, fire } = await triggerSchedule(parts, keyOf(request), overlap, requestIdOf(request.requestId));
    return { fire: fireToMessage(row, fire) };
  };
}
