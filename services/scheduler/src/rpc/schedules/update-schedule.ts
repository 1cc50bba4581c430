import type { MethodImpl } from '@connectrpc/connect';
import type { ScheduleService } from '@skein/contracts/scheduler';
import { updateSchedule } from '../../app/schedules/schedules.ts';
import { invalidField } from '../request-fields.ts';
import { keyOf } from './schedule-fields.ts';
import { shown, type ScheduleRpcParts } from './schedule-rpc-parts.ts';
import { specOf } from './schedule-spec.ts';

/** ScheduleService.UpdateSchedule. */
export function updateScheduleRpc(parts: ScheduleRpcParts): MethodImpl<typeof ScheduleService.method.updateSchedule> {
  return async (request) => {
    const revision = Number(request.revision);
    if (revision < 0) throw invalidField('revision', 'give a revision that an answer showed, or 0');
    const row = await updateSchedule(parts, keyOf(request), specOf(request.spec), revision);
    return { schedule: await shown(parts, row) };
  };
}
