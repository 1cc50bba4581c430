import {
  ApprovalService,
  LimitService,
  NamespaceService,
  RunService,
  ScheduleService,
  WorkflowService,
  type CreateScheduleRequest,
  type ForkRunRequest,
  type SignalRunRequest,
  type StartRunRequest,
  type TriggerScheduleRequest,
} from '@skein/contracts/scheduler';
import type { IsRepeatable } from '@skein/rpc';

// A run that was deleted is not found the second time, nor a question whose answer has ended the run.
const {
  startRun,
  forkRun,
  retryRun,
  signalRun,
  deleteRun: _deleteRun,
  provideInput: _provideInput,
  ...otherRunCalls
} = RunService.method;
const { getSchedule, listSchedules, listScheduleTimes, pauseSchedule, resumeSchedule } = ScheduleService.method;

/** Calls that come to the same however often they are made. */
const ALWAYS = new Set<unknown>([
  ...Object.values(otherRunCalls),
  ...WorkflowService.methods,
  ...ApprovalService.methods,
  ...NamespaceService.methods,
  LimitService.method.setLimit,
  LimitService.method.getLimit,
  LimitService.method.listLimits,
  getSchedule,
  listSchedules,
  listScheduleTimes,
  pauseSchedule,
  resumeSchedule,
]);

/** Calls that make something new unless their request id says that it is the same. */
const BY_REQUEST_ID = new Set<unknown>([
  startRun,
  forkRun,
  retryRun,
  ScheduleService.method.createSchedule,
  ScheduleService.method.triggerSchedule,
]);

type WithRequestId = StartRunRequest | ForkRunRequest | CreateScheduleRequest | TriggerScheduleRequest;

/** Whether a call to a scheduler may be made again at another one: those that make something say so by their request id. */
export const isRepeatable: IsRepeatable = (method, input) => {
  if (BY_REQUEST_ID.has(method)) return (input as WithRequestId).requestId !== '';
  if (method === signalRun) return (input as SignalRunRequest).signalId !== '';
  return ALWAYS.has(method);
};
