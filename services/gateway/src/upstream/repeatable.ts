import {
  RunService,
  ScheduleService,
  WorkflowService,
  type CreateScheduleRequest,
  type StartRunRequest,
  type TriggerScheduleRequest,
} from '@skein/contracts/scheduler';
import type { IsRepeatable } from '@skein/rpc';

/** Calls that come to the same however often they are made. */
const ALWAYS = new Set<unknown>([
  RunService.method.getRun,
  RunService.method.listRuns,
  RunService.method.awaitRun,
  RunService.method.cancelRun,
  ...WorkflowService.methods,
  ScheduleService.method.getSchedule,
  ScheduleService.method.listSchedules,
  ScheduleService.method.listScheduleTimes,
  ScheduleService.method.pauseSchedule,
  ScheduleService.method.resumeSchedule,
]);

/** Calls that do so where they carry a request id. */
const WITH_REQUEST_ID = new Set<unknown>([
  RunService.method.startRun,
  ScheduleService.method.createSchedule,
  ScheduleService.method.triggerSchedule,
]);

/** Whether a call to a scheduler may be made again at another one: those that make something say so by their request id. */
export const isRepeatable: IsRepeatable = (method, input) =>
  ALWAYS.has(method) ||
  (WITH_REQUEST_ID.has(method) &&
    (input as StartRunRequest | CreateScheduleRequest | TriggerScheduleRequest).requestId !== '');
