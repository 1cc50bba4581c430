import type { MethodImpl } from '@connectrpc/connect';
import type { ScheduleService } from '@skein/contracts/scheduler';
import { createSchedule } from '../../app/schedules/schedules.ts';
import { keyOf, reasonOf, requestIdOf } from './schedule-fields.ts';
import { shown, type ScheduleRpcParts } from './schedule-rpc-parts.ts';
import { specOf } from './schedule-spec.ts';

/** ScheduleService.CreateSchedule. */
export function createScheduleRpc(parts: ScheduleRpcParts): MethodImpl<typeof ScheduleService.method.createSchedule> {
  return async (request) => {
    const { row, created } = await createSchedule(parts, {
      key: keyOf(request),
      spec: specOf(request.spec),
      requestId: requestIdOf(request.requestId),
      pauseReason: reasonOf('pause_reason', request.pauseReason),
    });
    return { schedule: await shown(parts, row), created };
  };
}
