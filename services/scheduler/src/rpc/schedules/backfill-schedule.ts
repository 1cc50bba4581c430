import type { Timestamp } from '@bufbuild/protobuf/wkt';
import type { MethodImpl } from '@connectrpc/connect';
import type { ScheduleService } from '@skein/contracts/scheduler';
import { msOfTimestamp } from '@skein/events';
import { backfillSchedule } from '../../app/schedules/schedules.ts';
import { invalidField } from '../request-fields.ts';
import { keyOf, overlapOf } from './schedule-fields.ts';
import { shown, type ScheduleRpcParts } from './schedule-rpc-parts.ts';

/** ScheduleService.BackfillSchedule. */
export function backfillScheduleRpc(
  parts: ScheduleRpcParts,
): MethodImpl<typeof ScheduleService.method.backfillSchedule> {
  return async (request) => {
    const startMs = timeOf('start_time', request.startTime);
    const endMs = timeOf('end_time', request.endTime);
    if (endMs <= startMs) throw invalidField('end_time', 'give a time after start_time');
    const overlap = overlapOf(request.overlap, 'overlap') ?? 'buffer_all';
    const { row, fireCount } = await backfillSchedule(parts, keyOf(request), { startMs, endMs, overlap });
    return { schedule: await shown(parts, row), fireCount };
  };
}

function timeOf(field: string, time: Timestamp | undefined): number {
  if (time === undefined) throw invalidField(field, 'is required', 'REQUIRED');
  return Math.round(msOfTimestamp(time));
}
