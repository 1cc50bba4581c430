/**
 * What must have happened for an event to be decided: the way back from a run's facts to its commands.
 *
 * C1. Every kind of event has an origin; a new kind does not compile until somebody has said which.
 * C2. A command is derived from the state before the event and from recorded events alone, never from the plan: what
 *     happened outside does not depend on what the definition says now.
 */
import type { CallFacts, ForkSource, RunCommand, TimeoutKind } from './command.ts';
import type {
  AgentInvokeDone,
  AgentInvokeStarted,
  CallOutcome,
  DispatchKey,
  LlmCallDone,
  LlmCallStarted,
  InputRequired,
  InvokeTarget,
  LlmPromptRecord,
  OutputHolder,
  RpcCallDone,
  RpcCallStarted,
  RunEvent,
  ToolCallCreated,
  ToolCallDone,
} from './event.ts';
import type { Failure } from './failure.ts';
import type { HistoryEvent } from './history.ts';
import { MAX_PAYLOAD_BYTES, Payload } from './payload.ts';
import type { NodeRun, RunState } from './state.ts';

/**
 * Where an event is from. `fact`: something outside the kernel, of which it is the first trace. `decision`: what
 * the kernel made of one, never the first event of its command. `either`: one or the other, as the state tells.
 */
export type EventOrigin = 'fact' | 'decision' | 'either';

/** C1. */
export const EVENT_ORIGINS: Readonly<Record<RunEvent['kind'], EventOrigin>> = {
  run_started: 'fact',
  run_admitted: 'fact',
  user_input: 'decision',
  // The next attempt, once its time has come; every first attempt follows from something else.
  node_scheduled: 'either',
  agent_invoke_started: 'fact',
  agent_invoke_done: 'fact',
  llm_call_started: 'fact',
  llm_call_done: 'fact',
  rpc_call_started: 'fact',
  rpc_call_done: 'fact',
  tool_call_created: 'fact',
  tool_call_done: 'fact',
  input_required: 'fact',
  input_provided: 'fact',
  // A task that ended without a call, or that ran out of time, leaves only what became of it; so does a wait.
  node_succeeded: 'either',
  node_retry_scheduled: 'either',
  node_failed: 'either',
  node_skipped: 'either',
  node_cancelled: 'decision',
  task_dispatch_lost: 'fact',
  task_heartbeat: 'fact',
  child_runs_started: 'decision',
  child_run_ended: 'fact',
  wait_started: 'decision',
  signal_awaited: 'decision',
  signal_received: 'fact',
  approval_required: 'decision',
  approval_escalated: 'fact',
  approval_decided: 'fact',
  result_reused: 'decision',
  run_paused: 'fact',
  run_resumed: 'fact',
  run_failing: 'decision',
  run_cancelling: 'fact',
  run_done: 'decision',
  run_failed: 'decision',
  // At once, or when everything has been undone.
  run_cancelled: 'either',
  run_terminated: 'fact',
};

/**
 * The command whose first event is `upcoming[0]`, in a run that is in the given state; undefined: nothing outside
 * can have caused that event here.
 */
export function causeOf(state: RunState | undefined, upcoming: readonly HistoryEvent[]): RunCommand | undefined {
  const [first, second] = upcoming;
  if (first === undefined) return undefined;
  if (first.event.kind === 'run_started') return startOf(first.event, together(upcoming));
  if (first.event.kind === 'run_admitted') return { kind: 'admit_run', results: reusedAmong(together(upcoming)) };
  // What happened at another time is another command's.
  const next = second?.occurredAtMs === first.occurredAtMs ? second.event : undefined;
  return state === undefined ? undefined : laterCauseOf(state, first.event, next);
}

/** The events that have the time of the first. */
function together(upcoming: readonly HistoryEvent[]): readonly RunEvent[] {
  const end = upcoming.findIndex(({ occurredAtMs }) => occurredAtMs !== upcoming[0]?.occurredAtMs);
  return upcoming.slice(0, end < 0 ? undefined : end).map(({ event }) => event);
}

function startOf(started: Extract<RunEvent, { kind: 'run_started' }>, events: readonly RunEvent[]): RunCommand {
  const { kind: _, workflowId: __, forkedFrom, ...rest } = started;
  const next = events[1];
  const told = next?.kind === 'user_input' ? { userMessage: next.message } : {};
  return { kind: 'start_run', ...rest, ...told, fork: forkedFrom && { ...forkedFrom, results: reusedAmong(events) } };
}

/** What the run it was forked from had to offer is not in this history; what was taken of it is. */
function reusedAmong(events: readonly RunEvent[]): ForkSource['results'] {
  return new Map(
    events.flatMap((event) =>
      event.kind === 'result_reused'
        ? [[event.nodeId, { inputDigest: undefined, output: event.output, seq: event.fromSeq }]]
        : [],
    ),
  );
}

function laterCauseOf(state: RunState, first: RunEvent, next: RunEvent | undefined): RunCommand | undefined {
  switch (first.kind) {
    case 'agent_invoke_started':
    case 'llm_call_started':
    case 'rpc_call_started':
    case 'tool_call_created':
      return callBegun(state, first, next);
    case 'agent_invoke_done':
    case 'llm_call_done':
    case 'rpc_call_done':
    case 'tool_call_done':
      return callEnded(state, first, undefined);
    case 'input_required':
      return asked(first, undefined);
    case 'input_provided':
      return { ...first, kind: 'provide_input', questionSeq: questionSeqOf(state, first.nodeId) };
    case 'task_dispatch_lost':
      return { kind: 'lose_dispatch', key: keyOf(first), reason: first.reason };
    case 'task_heartbeat':
      return { kind: 'task_heartbeat', key: keyOf(first), resumeDetails: first.resumeDetails };
    case 'child_run_ended':
      return { ...first, kind: 'child_ended' };
    case 'signal_received':
      return { ...first, kind: 'send_signal' };
    case 'approval_decided':
      return isExpiry(first) ? { kind: 'fire_timers' } : { ...first, kind: 'decide_approval' };
    case 'approval_escalated':
      return { kind: 'fire_timers' };
    case 'run_paused':
      return { kind: 'pause_run', nodeId: first.nodeId, reason: first.reason };
    case 'run_resumed':
      return { kind: 'resume_run', nodeId: first.nodeId };
    case 'run_cancelling':
      return { kind: 'cancel_run', reason: first.reason };
    case 'run_cancelled':
      return state.status === 'RUNNING' || state.status === 'CREATED'
        ? { kind: 'cancel_run', reason: first.reason }
        : undefined;
    case 'run_terminated':
      return { kind: 'terminate_run', reason: first.reason };
    case 'node_scheduled':
      return state.nodes.get(first.nodeId)?.retryAtMs === undefined ? undefined : { kind: 'fire_timers' };
    case 'node_succeeded':
      return uncalled(state.nodes.get(first.nodeId), first.result);
    case 'node_retry_scheduled':
    case 'node_failed':
    case 'node_skipped':
      return first.failure === undefined ? undefined : attemptLost(state.nodes.get(first.nodeId), first.failure);
    case 'run_started':
    case 'run_admitted':
    case 'user_input':
    case 'node_cancelled':
    case 'child_runs_started':
    case 'wait_started':
    case 'signal_awaited':
    case 'approval_required':
    case 'result_reused':
    case 'run_failing':
    case 'run_done':
    case 'run_failed':
      return undefined;
    default:
      return unknownEvent(first);
  }
}

/** Nobody has decided: silence was taken for a decision. */
function isExpiry({ decidedBy, comment }: Extract<RunEvent, { kind: 'approval_decided' }>): boolean {
  return decidedBy === '' && comment === 'expired';
}

type Begun = AgentInvokeStarted | LlmCallStarted | RpcCallStarted | ToolCallCreated;
type Ended = AgentInvokeDone | LlmCallDone | RpcCallDone | ToolCallDone;

const ENDS: ReadonlySet<RunEvent['kind']> = new Set([
  'agent_invoke_done',
  'llm_call_done',
  'rpc_call_done',
  'tool_call_done',
] satisfies Ended['kind'][]);

function isEnd(event: RunEvent | undefined): event is Ended {
  return event !== undefined && ENDS.has(event.kind);
}

/** A call that was reported only when it had ended leaves both events at once. */
function callBegun(state: RunState, begun: Begun, next: RunEvent | undefined): RunCommand {
  if (isEnd(next) && sameDispatch(begun, next)) return callEnded(state, next, begun);
  if (next?.kind === 'input_required' && sameDispatch(begun, next)) return asked(next, begun);
  return { kind: 'task_started', key: keyOf(begun), facts: { ...NO_CALL, ...callOf(begun) } };
}

function asked(required: InputRequired, begun: Begun | undefined): RunCommand {
  const { usage, latencyMs, streamedBytes, question } = required;
  const call = begun === undefined ? { startedAtMs: 0 } : callOf(begun);
  const facts = { ...NO_CALL, ...call, usage, latencyMs, streamedBytes };
  return { kind: 'task_ended', key: keyOf(required), outcome: { question }, facts };
}

function callEnded(state: RunState, ended: Ended, begun: Begun | undefined): RunCommand {
  const call = begun === undefined ? { startedAtMs: 0 } : callOf(begun);
  const facts = { ...NO_CALL, ...call, ...endOf(ended), latencyMs: ended.latencyMs };
  return { kind: 'task_ended', key: keyOf(ended), outcome: outcomeOf(state, ended), facts };
}

/** A failure of a replaced dispatch does not count; one that did was an output too large to be kept (D3 of `decide`). */
function outcomeOf(state: RunState, ended: Ended): Ended['outcome'] {
  const wasReplaced = (state.nodes.get(ended.nodeId)?.dispatch ?? 0) > ended.dispatch;
  if (!wasReplaced || 'output' in ended.outcome || ended.outcome.failure.code !== 'PAYLOAD_TOO_LARGE') {
    return ended.outcome;
  }
  return { output: Payload.fromBytes(new Uint8Array(MAX_PAYLOAD_BYTES + 1)) };
}

/** What the end of a call says that its beginning does not. */
function endOf(ended: Ended): Partial<CallFacts> {
  switch (ended.kind) {
    case 'llm_call_done': {
      const { usage, streamedBytes, model, prompt, turns } = ended;
      return { usage, streamedBytes, target: model, ...promptFacts(prompt, turns) };
    }
    case 'agent_invoke_done':
      return { usage: ended.usage, streamedBytes: ended.streamedBytes, ...targetOf(ended.target) };
    case 'rpc_call_done':
    case 'tool_call_done':
      return {};
  }
}

function callOf(begun: Begun): Partial<CallFacts> {
  const { executorId, startedAtMs } = begun;
  const common = { executorId, startedAtMs };
  switch (begun.kind) {
    case 'llm_call_started':
      return { ...common, target: begun.model, ...promptFacts(begun.prompt, 0) };
    case 'agent_invoke_started':
      return { ...common, ...placeOf(begun) };
    case 'rpc_call_started':
      return { ...common, target: begun.address };
    case 'tool_call_created':
      return { ...common, target: begun.target };
  }
}

function placeOf({ instanceId, agentVersion, agentId }: InvokeTarget): Partial<CallFacts> {
  return { target: instanceId, targetVersion: agentVersion, targetAgentId: agentId };
}

/** How many instances were tried is not on record; that it was more than one, is. */
function targetOf(target: InvokeTarget | undefined): Partial<CallFacts> {
  return target === undefined ? {} : { ...placeOf(target), instancesTried: 2 };
}

function promptFacts(prompt: LlmPromptRecord | undefined, turns: number): Pick<CallFacts, 'prompt'> {
  return prompt === undefined ? {} : { prompt: { digest: prompt.digest, sizeBytes: prompt.sizeBytes, turns } };
}

/** The node ended without any call being made: its wait is over, or its task needed none. */
function uncalled(node: NodeRun | undefined, result: OutputHolder): RunCommand | undefined {
  if (node === undefined || node.retryAtMs !== undefined) return undefined;
  if (node.wait !== undefined) return { kind: 'fire_timers' };
  return 'output' in result ? endedWith(node, result) : undefined;
}

function endedWith(node: NodeRun, outcome: CallOutcome): RunCommand {
  return { kind: 'task_ended', key: currentKey(node), outcome, facts: NO_CALL };
}

/** An attempt came to nothing without a call that ended: by the clock, or because no call could be made. */
function attemptLost(node: NodeRun | undefined, failure: Failure): RunCommand | undefined {
  if (node === undefined) return undefined;
  // While a node waits for its next attempt, or for something else, only the clock makes it fail.
  if (node.retryAtMs !== undefined || node.wait !== undefined) return { kind: 'fire_timers' };
  const cause = failure.details?.['cause'];
  const wasUnknown = failure.code === 'OUTCOME_UNKNOWN' && typeof cause === 'string';
  const message = wasUnknown ? cause : failure.message;
  const timeout = failure.code === 'TIMEOUT' || wasUnknown ? timeoutIn(message) : undefined;
  if (timeout === 'schedule_to_close') return { kind: 'fire_timers' };
  if (timeout !== undefined) return { kind: 'task_timed_out', key: currentKey(node), timeout };
  // Any code that leaves the outcome unknown does: the event keeps its message alone.
  const reported = wasUnknown ? { ...failure, code: 'AGENT_UNREACHABLE', message, details: undefined } : failure;
  return endedWith(node, { failure: reported });
}

const TIMEOUT_MESSAGE = /^(schedule_to_start|start_to_close|schedule_to_close) timeout of /;

function timeoutIn(message: string): TimeoutKind | 'schedule_to_close' | undefined {
  const name = TIMEOUT_MESSAGE.exec(message)?.[1];
  return name === 'schedule_to_start' || name === 'start_to_close' || name === 'schedule_to_close' ? name : undefined;
}

function keyOf({ nodeId, attempt, dispatch }: DispatchKey): DispatchKey {
  return { nodeId, attempt, dispatch };
}

function currentKey({ id, attempt, dispatch }: NodeRun): DispatchKey {
  return { nodeId: id, attempt, dispatch };
}

function sameDispatch(a: DispatchKey, b: DispatchKey): boolean {
  return a.nodeId === b.nodeId && a.attempt === b.attempt && a.dispatch === b.dispatch;
}

const NO_CALL = {
  executorId: '',
  target: '',
  targetVersion: '',
  startedAtMs: undefined,
  latencyMs: 0,
  usage: { inputTokens: 0, outputTokens: 0 },
  streamedBytes: 0,
};

function unknownEvent(event: never): never {
  throw new RangeError(`unknown event ${JSON.stringify(event)}`);
}

function questionSeqOf(state: RunState, nodeId: string): number {
  const wait = state.nodes.get(nodeId)?.wait;
  return wait?.kind === 'input' ? wait.questionSeq : 0;
}
