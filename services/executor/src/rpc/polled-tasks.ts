import { durationFromMs, durationMs } from '@bufbuild/protobuf/wkt';
import { Code, type Client, type HandlerContext } from '@connectrpc/connect';
import type {
  CompleteTaskRequest,
  FailTaskRequest,
  HeartbeatTaskRequest,
  PollTasksRequest,
  WorkerService,
} from '@skein/contracts/worker';
import { skeinError, type FieldViolation } from '@skein/rpc';
import type { PolledWorkers } from '../app/polled-workers.ts';
import type { WorkerHub } from '../app/worker-hub.ts';
import type { WorkerRegistrar } from '../app/worker-registrar.ts';
import { admit } from './leaving.ts';
import { readToken, writeToken, type TaskToken } from './task-token.ts';
import { invalid, registrationOf } from './worker-fields.ts';

/** What serving unary workers needs. */
export interface PolledTasksParts {
  readonly hub: WorkerHub;
  readonly polled: PolledWorkers;
  readonly registrar: WorkerRegistrar;
  readonly executorAddress: string;
  /** The executor that has handed out a task; undefined: there is none such. */
  readonly peerOf: (token: TaskToken) => Client<typeof WorkerService> | undefined;
}

const MAX_TASKS = 100;
const DEFAULT_WAIT_MS = 30_000;
const MAX_WAIT_MS = 60_000;
/** An executor that is gone has no tasks any more. */
const PEER_TIMEOUT_MS = 10_000;

/** WorkerService.PollTasks. */
export function pollTasksRpc({ hub, polled, registrar, executorAddress }: PolledTasksParts) {
  return async (request: PollTasksRequest, { signal }: HandlerContext) => {
    const registration = registrationOf(request, '');
    const violations: FieldViolation[] = [];
    const wrong = (field: string, description: string) =>
      violations.push({ field, description, reason: 'INVALID_VALUE' });
    const { maxTasks } = request;
    const waitMs = request.wait === undefined ? DEFAULT_WAIT_MS : durationMs(request.wait);
    if (maxTasks > MAX_TASKS) wrong('max_tasks', `give 1 to ${MAX_TASKS}, or 0 for 1`);
    if (!(waitMs >= 0 && waitMs <= MAX_WAIT_MS)) wrong('wait', 'give at most 1 min');
    if (violations.length > 0) throw invalid(violations);
    admit(hub, registration);
    await registrar.join(registration);
    const handedOut = await polled.poll(registration, Math.max(1, maxTasks), waitMs, signal);
    const { namespace, agentId, workerId } = registration;
    const tasks = handedOut.map(({ task, leaseMs }) => ({
      taskToken: writeToken({ executorAddress, namespace, agentId, workerId, taskId: task.taskId }),
      task,
      lease: durationFromMs(leaseMs),
    }));
    return { tasks };
  };
}

/** WorkerService.CompleteTask. */
export function completeTaskRpc(parts: PolledTasksParts) {
  return async (request: CompleteTaskRequest) => {
    const token = tokenOf(request.taskToken);
    if (isElsewhere(token, parts)) return atHome(parts, token, (peer, options) => peer.completeTask(request, options));
    const value = request.result ?? ({ $typeName: 'skein.agent.v1.Result' } as const);
    if (!parts.polled.say(token, token.taskId, { case: 'result', value })) throw taskNotFound(token);
    return {};
  };
}

/** WorkerService.FailTask. */
export function failTaskRpc(parts: PolledTasksParts) {
  return async (request: FailTaskRequest) => {
    const token = tokenOf(request.taskToken);
    const { error } = request;
    if (error === undefined || error.code === '') {
      throw invalid([{ field: 'error.code', description: 'is required', reason: 'REQUIRED' }]);
    }
    if (isElsewhere(token, parts)) return atHome(parts, token, (peer, options) => peer.failTask(request, options));
    if (!parts.polled.say(token, token.taskId, { case: 'error', value: error })) throw taskNotFound(token);
    return {};
  };
}

/** WorkerService.HeartbeatTask. */
export function heartbeatTaskRpc(parts: PolledTasksParts) {
  return async (request: HeartbeatTaskRequest) => {
    const token = tokenOf(request.taskToken);
    if (isElsewhere(token, parts)) return atHome(parts, token, (peer, options) => peer.heartbeatTask(request, options));
    const { delta, resumeDetails } = request;
    const { polled } = parts;
    const details = resumeDetails === undefined ? {} : { resumeDetails };
    const beat = { $typeName: 'skein.agent.v1.Heartbeat', ...details } as const;
    if (!polled.say(token, token.taskId, { case: 'heartbeat', value: beat })) throw taskNotFound(token);
    if (delta !== '') {
      polled.say(token, token.taskId, { case: 'delta', value: { $typeName: 'skein.agent.v1.Delta', text: delta } });
    }
    return { cancelled: polled.isCancelled(token, token.taskId) };
  };
}

function tokenOf(text: string): TaskToken {
  const token = readToken(text);
  if (token !== undefined) return token;
  throw invalid([{ field: 'task_token', description: 'give it as it came with the task', reason: 'INVALID_VALUE' }]);
}

const isElsewhere = (token: TaskToken, { executorAddress }: PolledTasksParts): boolean =>
  token.executorAddress !== executorAddress;

async function atHome<Answer>(
  { peerOf }: PolledTasksParts,
  token: TaskToken,
  call: (peer: Client<typeof WorkerService>, options: { readonly timeoutMs: number }) => Promise<Answer>,
): Promise<Answer> {
  const peer = peerOf(token);
  if (peer === undefined) throw taskNotFound(token);
  return call(peer, { timeoutMs: PEER_TIMEOUT_MS });
}

function taskNotFound({ taskId }: TaskToken) {
  return skeinError({
    reason: 'TASK_NOT_FOUND',
    code: Code.NotFound,
    message: `nobody waits for task ${taskId} any more: its lease ran out, or it has ended`,
    place: 'task_token',
    remedy: 'stop working on it; send heartbeats within the lease of a task',
  });
}
