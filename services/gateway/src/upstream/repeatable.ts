import { ApprovalService, RunService, WorkflowService } from '@skein/contracts/scheduler';
import type { ForkRunRequest, SignalRunRequest, StartRunRequest } from '@skein/contracts/scheduler';
import type { IsRepeatable } from '@skein/rpc';

const { startRun, forkRun, retryRun, signalRun, ...others } = RunService.method;

/** Calls that come to the same however often they are made. */
const ALWAYS = new Set<unknown>([...Object.values(others), ...WorkflowService.methods, ...ApprovalService.methods]);

/** Calls that make something new unless their id says that it is the same. */
const BY_REQUEST_ID = new Set<unknown>([startRun, forkRun, retryRun]);

/** Whether a call to a scheduler may be made again at another one: what starts a run says so by its request id. */
export const isRepeatable: IsRepeatable = (method, input) => {
  if (BY_REQUEST_ID.has(method)) return (input as StartRunRequest | ForkRunRequest).requestId !== '';
  if (method === signalRun) return (input as SignalRunRequest).signalId !== '';
  return ALWAYS.has(method);
};
