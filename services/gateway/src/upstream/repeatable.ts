import { RunService, WorkflowService, type StartRunRequest } from '@skein/contracts/scheduler';
import type { IsRepeatable } from '@skein/rpc';

/** Calls that come to the same however often they are made. */
const ALWAYS = new Set<unknown>([
  RunService.method.getRun,
  RunService.method.getNodeInput,
  RunService.method.listRuns,
  RunService.method.awaitRun,
  RunService.method.cancelRun,
  ...WorkflowService.methods,
]);

/** Whether a call to a scheduler may be made again at another one: a start says so by its request id. */
export const isRepeatable: IsRepeatable = (method, input) =>
  ALWAYS.has(method) || (method === RunService.method.startRun && (input as StartRunRequest).requestId !== '');
