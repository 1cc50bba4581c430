import type { ServiceImpl } from '@connectrpc/connect';
import type { ScheduleService } from '@skein/contracts/scheduler';
import { backfillScheduleRpc } from './backfill-schedule.ts';
import { createScheduleRpc } from './create-schedule.ts';
import { deleteScheduleRpc } from './delete-schedule.ts';
import { getScheduleRpc } from './get-schedule.ts';
import { listScheduleTimesRpc } from './list-schedule-times.ts';
import { listSchedulesRpc } from './list-schedules.ts';
import { pauseScheduleRpc } from './pause-schedule.ts';
import { resumeScheduleRpc } from './resume-schedule.ts';
import type { ScheduleRpcParts } from './schedule-rpc-parts.ts';
import { triggerScheduleRpc } from './trigger-schedule.ts';
import { updateScheduleRpc } from './update-schedule.ts';

/** skein.scheduler.v1.ScheduleService. */
export function scheduleService(parts: ScheduleRpcParts): ServiceImpl<typeof ScheduleService> {
  return {
    createSchedule: createScheduleRpc(parts),
    getSchedule: getScheduleRpc(parts),
    listSchedules: listSchedulesRpc(parts),
    updateSchedule: updateScheduleRpc(parts),
    deleteSchedule: deleteScheduleRpc(parts),
    pauseSchedule: pauseScheduleRpc(parts),
    resumeSchedule: resumeScheduleRpc(parts),
    triggerSchedule: triggerScheduleRpc(parts),
    backfillSchedule: backfillScheduleRpc(parts),
    listScheduleTimes: listScheduleTimesRpc(parts),
  };
}
