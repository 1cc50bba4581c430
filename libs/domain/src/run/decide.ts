/**
 * The rules of a run: what a command makes of it. Pure: time and chance are arguments.
 *
 * D1. A command that comes too late, twice, or for something else changes nothing.
 * D2. Nothing changes a run that has ended.
 * D3. The first outcome of an attempt counts, whichever of its dispatches it is from;
 *     a failure of a dispatch that was already replaced does not count.
 * D4. A lost executor does not cost an attempt, but no task may be lost more often than MAX_DISPATCHES.
 * D5. With `delivery: at_most_once`, work of unknown outcome is never done again.
 */
import type { Plan, PlanNode } from '../workflow/plan.ts';
import type { CallFacts, LoseDispatch, RunCommand, StartRun, TaskEnded, TaskStarted, TaskTimedOut } from './command.ts';
import type { DispatchKey, RunEvent } from './event.ts';
import { callDone, callStarted } from './call-record.ts';
import { draftOf, type RunIdentity } from './evolve.ts';
import { finalFailure, leavesOutcomeUnknown, type Failure } from './failure.ts';
import { nodeInput } from './node-input.ts';
import { MAX_PAYLOAD_BYTES, type Payload } from './payload.ts';
import { beginProgress, expressionFailure, failNode, scheduleAttempt, succeedNode } from './progress.ts';
import { backoffMs } from './retry.ts';
import { isFinal, isTerminal, type NodeRun, type RunState } from './state.ts';
import { draftOfTurn, emit, planNode, type Moment, type Turn } from './turn.ts';

/** Most times that one node's task is dispatched anew because its executor was lost. */
export const MAX_DISPATCHES = 5;

/** What commands made of a run. */
export interface Decision {
  /** New facts, in order; their first has the seq after the state's. Empty: nothing changed. */
  readonly events: readonly RunEvent[];
  /** The state after them. */
  readonly state: RunState;
  /** Inputs of the nodes that were scheduled, by node id. */
  readonly inputs: ReadonlyMap<string, Payload>;
}

/** Decides commands one after the other, as one transition. The first command of a run must be `start_run`. */
export function decide(
  plan: Plan,
  identity: RunIdentity,
  state: RunState | undefined,
  commands: readonly RunCommand[],
  moment: Moment,
): Decision {
  const draft = state === undefined ? undefined : draftOf(state);
  const turn: Turn = { plan, identity, moment, draft, events: [], inputs: new Map() };
  for (const command of commands) {
    if (turn.draft !== undefined && isTerminal(turn.draft.status)) break;
    decideOne(turn, command);
  }
  return { events: turn.events, state: draftOfTurn(turn), inputs: turn.inputs };
}

function decideOne(turn: Turn, command: RunCommand): void {
  switch (command.kind) {
    case 'start_run':
      return start(turn, command);
    case 'task_started':
      return taskStarted(turn, command);
    case 'task_ended':
      return taskEnded(turn, command);
    case 'task_timed_out':
      return taskTimedOut(turn, command);
    case 'lose_dispatch':
      return loseDispatch(turn, command);
    case 'fire_timers':
      return fireTimers(turn);
    case 'cancel_run':
      return emit(turn, { kind: 'run_cancelled', reason: command.reason });
    default:
      return unknownCommand(command);
  }
}

function start(turn: Turn, command: StartRun): void {
  if (turn.draft !== undefined) return;
  emit(turn, {
    kind: 'run_started',
    workflowId: turn.plan.workflowId,
    workflowVersion: command.workflowVersion,
    definition: command.definition,
    input: command.input,
    labels: command.labels,
    sessionId: command.sessionId,
    traceparent: command.traceparent,
  });
  if (command.userMessage !== undefined) emit(turn, { kind: 'user_input', message: command.userMessage });
  beginProgress(turn);
}

function taskStarted(turn: Turn, command: TaskStarted): void {
  const node = openNode(turn, command.key);
  if (node === undefined || node.dispatch !== command.key.dispatch) return;
  if (node.startedDispatch !== node.dispatch) recordStart(turn, command.key, command.facts);
}

function taskEnded(turn: Turn, command: TaskEnded): void {
  const { key, facts } = command;
  const node = openNode(turn, key);
  if (node === undefined) return;
  const failed = 'failure' in command.outcome;
  if (failed && node.dispatch !== key.dispatch) return;
  const plan = planNode(turn.plan, key.nodeId);
  const outcome = checkedOutcome(plan, command.outcome);
  if (facts.startedAtMs !== undefined) {
    if (node.startedDispatch !== key.dispatch) recordStart(turn, key, facts);
    emit(turn, callDone(plan.work, key, facts, outcome));
  }
  if ('failure' in outcome) return attemptFailed(turn, plan, key.attempt, outcome.failure);
  const holder = facts.startedAtMs === undefined ? outcome : { outputSeq: draftOfTurn(turn).seq };
  succeedNode(turn, plan, key.attempt, holder);
}

function taskTimedOut(turn: Turn, command: TaskTimedOut): void {
  const node = openNode(turn, command.key);
  if (node === undefined || node.dispatch !== command.key.dispatch) return;
  const plan = planNode(turn.plan, command.key.nodeId);
  attemptFailed(turn, plan, command.key.attempt, timeoutFailure(plan, command.timeout));
}

function loseDispatch(turn: Turn, command: LoseDispatch): void {
  const { key, reason } = command;
  const node = openNode(turn, key);
  if (node === undefined || node.dispatch !== key.dispatch) return;
  const plan = planNode(turn.plan, key.nodeId);
  emit(turn, { kind: 'task_dispatch_lost', ...key, reason });
  if (plan.delivery === 'at_most_once') return failNode(turn, plan, key.attempt, outcomeUnknown(plan));
  const lost = draftOfTurn(turn).nodes.get(key.nodeId)?.lostDispatches ?? 0;
  if (lost >= MAX_DISPATCHES) failNode(turn, plan, key.attempt, dispatchesExhausted(plan));
}

function fireTimers(turn: Turn): void {
  for (const id of Array.from(draftOfTurn(turn).nodes.keys())) {
    const draft = draftOfTurn(turn);
    if (isTerminal(draft.status)) return;
    const node = draft.nodes.get(id);
    if (node === undefined || isFinal(node)) continue;
    const plan = planNode(turn.plan, id);
    const { scheduleToCloseMs } = plan.timeouts;
    if (scheduleToCloseMs !== undefined && turn.moment.nowMs >= node.firstScheduledAtMs + scheduleToCloseMs) {
      failNode(turn, plan, node.attempt, { ...timeoutFailure(plan, 'schedule_to_close'), retryable: false });
    } else if (node.retryAtMs !== undefined && turn.moment.nowMs >= node.retryAtMs) {
      retryNow(turn, plan, node);
    }
  }
}

function retryNow(turn: Turn, plan: PlanNode, node: NodeRun): void {
  try {
    const input = nodeInput(draftOfTurn(turn), plan, node.inputSeq);
    scheduleAttempt(turn, plan, node.attempt + 1, input);
  } catch (error) {
    failNode(turn, plan, node.attempt, expressionFailure(error, `nodes.${plan.id}`));
  }
}

/** The attempt failed: another one, later, or the end of the node. */
function attemptFailed(turn: Turn, plan: PlanNode, attempt: number, failure: Failure): void {
  if (plan.delivery === 'at_most_once' && leavesOutcomeUnknown(failure)) {
    return failNode(turn, plan, attempt, { ...outcomeUnknown(plan), details: { cause: failure.message } });
  }
  const { retry, timeouts } = plan;
  const mayRetry = failure.retryable && !retry.nonRetryable.has(failure.code) && attempt < retry.maxAttempts;
  if (!mayRetry) return failNode(turn, plan, attempt, failure);
  const waitMs = Math.max(backoffMs(retry, attempt, turn.moment.random), failure.retryAfterMs ?? 0);
  const retryAtMs = turn.moment.nowMs + waitMs;
  const firstScheduledAtMs = draftOfTurn(turn).nodes.get(plan.id)?.firstScheduledAtMs ?? 0;
  const { scheduleToCloseMs } = timeouts;
  if (scheduleToCloseMs !== undefined && retryAtMs >= firstScheduledAtMs + scheduleToCloseMs) {
    return failNode(turn, plan, attempt, failure);
  }
  emit(turn, { kind: 'node_retry_scheduled', nodeId: plan.id, nextAttempt: attempt + 1, retryAtMs, failure });
}

/** The node that a report is about, if the report still matters (D1, D3). */
function openNode(turn: Turn, key: DispatchKey): NodeRun | undefined {
  const node = draftOfTurn(turn).nodes.get(key.nodeId);
  if (node === undefined || isFinal(node) || node.retryAtMs !== undefined) return undefined;
  return node.attempt === key.attempt && key.dispatch <= node.dispatch ? node : undefined;
}

function recordStart(turn: Turn, key: DispatchKey, facts: CallFacts): void {
  emit(turn, callStarted(planNode(turn.plan, key.nodeId).work, key, facts, turn.moment.nowMs));
}

function checkedOutcome(plan: PlanNode, outcome: TaskEnded['outcome']): TaskEnded['outcome'] {
  if ('failure' in outcome || outcome.output.bytes.byteLength <= MAX_PAYLOAD_BYTES) return outcome;
  const message = `the output is larger than ${MAX_PAYLOAD_BYTES} bytes of JSON`;
  return { failure: finalFailure('PAYLOAD_TOO_LARGE', message, `nodes.${plan.id}`, 'answer with a reference instead') };
}

function timeoutFailure(plan: PlanNode, timeout: TaskTimedOut['timeout'] | 'schedule_to_close'): Failure {
  const { scheduleToStartMs, startToCloseMs, scheduleToCloseMs } = plan.timeouts;
  const limitMs = {
    schedule_to_start: scheduleToStartMs,
    start_to_close: startToCloseMs,
    schedule_to_close: scheduleToCloseMs,
  };
  return {
    code: 'TIMEOUT',
    message: `${timeout} timeout of ${limitMs[timeout] ?? 0} ms ran out`,
    place: `nodes.${plan.id}`,
    remedy: `raise timeouts.${timeout} of the node, or make the work faster`,
    retryable: true,
  };
}

function outcomeUnknown(plan: PlanNode): Failure {
  const message = 'the call may or may not have been done, and delivery is at_most_once';
  return finalFailure('OUTCOME_UNKNOWN', message, `nodes.${plan.id}`, 'find out at the agent, then start a new run');
}

function dispatchesExhausted(plan: PlanNode): Failure {
  const message = `the task was lost with its executor ${MAX_DISPATCHES} times`;
  return finalFailure('DISPATCHES_EXHAUSTED', message, `nodes.${plan.id}`, 'see why executors die with this task');
}

function unknownCommand(command: never): never {
  throw new RangeError(`unknown command ${JSON.stringify(command)}`);
}
