/**
 * The rules of a run: what a command makes of it. Pure: time and chance are arguments.
 *
 * D1. A command that comes too late, twice, or for something else changes nothing.
 * D2. Nothing changes a run that has ended.
 * D3. The first outcome of an attempt counts, whichever of its dispatches it is from;
 *     a failure of a dispatch that was already replaced does not count.
 * D4. A lost executor does not cost an attempt, but no task may be lost more often than MAX_DISPATCHES.
 * D5. With `delivery: at_most_once`, work of unknown outcome is never done again.
 * D6. A question ends a dispatch, not the attempt: its answer makes the next dispatch. Until then nothing is with an
 *     executor, and no report counts.
 */
import type { Plan, PlanNode } from '../workflow/plan.ts';
import { attemptFailed, outcomeUnknown, retryNow } from './attempts.ts';
import { childEnded } from './child-outcomes.ts';
import type {
  AdmitRun,
  CallFacts,
  ForkSource,
  LoseDispatch,
  PauseRun,
  ResumeRun,
  RunCommand,
  StartRun,
  TaskEnded,
  TaskHeartbeat,
  TaskStarted,
  TaskTimedOut,
} from './command.ts';
import type { CallOutcome, DispatchKey, ForkOrigin, Question, RunEvent } from './event.ts';
import { callDone, callStarted } from './call-record.ts';
import { draftOf, isLimited, type RunIdentity } from './evolve.ts';
import { finalFailure, type Failure } from './failure.ts';
import { MAX_PAYLOAD_BYTES, samePayload, type Payload } from './payload.ts';
import { beginProgress, failNode, succeedNode } from './progress.ts';
import { cancelRun } from './rollback.ts';
import { startChildren } from './start-children.ts';
import { isFinal, isTerminal, type NodeRun, type RunState } from './state.ts';
import { draftOfTurn, emit, findPlanNode, planNode, type Moment, type Turn } from './turn.ts';
import { decideApproval, fireWait, provideInput, sendSignal } from './waiting-outcomes.ts';

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
  const turn: Turn = { plan, identity, moment, draft, events: [], inputs: new Map(), reusable: NOTHING_REUSABLE };
  for (const command of commands) {
    if (turn.draft !== undefined && isTerminal(turn.draft.status)) break;
    decideOne(turn, command);
  }
  return { events: turn.events, state: draftOfTurn(turn), inputs: turn.inputs };
}

const NOTHING_REUSABLE: Turn['reusable'] = new Map();

function decideOne(turn: Turn, command: RunCommand): void {
  switch (command.kind) {
    case 'start_run':
      return start(turn, command);
    case 'admit_run':
      return admit(turn, command);
    case 'task_started':
      return taskStarted(turn, command);
    case 'task_heartbeat':
      return taskHeartbeat(turn, command);
    case 'task_ended':
      return taskEnded(turn, command);
    case 'task_timed_out':
      return taskTimedOut(turn, command);
    case 'lose_dispatch':
      return loseDispatch(turn, command);
    case 'fire_timers':
      return fireTimers(turn);
    case 'child_ended':
      return childEnded(turn, command);
    case 'send_signal':
      return sendSignal(turn, command);
    case 'decide_approval':
      return decideApproval(turn, command);
    case 'provide_input':
      return provideInput(turn, command);
    case 'pause_run':
      return pause(turn, command);
    case 'resume_run':
      return resume(turn, command);
    case 'cancel_run':
      return cancelRun(turn, command.reason);
    case 'terminate_run':
      return emit(turn, { kind: 'run_terminated', reason: command.reason });
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
    parent: command.parent,
    bodyPath: command.bodyPath ?? '',
    forkedFrom: command.fork && originOf(command.fork),
    searchAttributes: command.searchAttributes,
    memo: command.memo,
    flow: command.flow,
  });
  turn.reusable = command.fork?.results ?? NOTHING_REUSABLE;
  if (command.userMessage !== undefined) emit(turn, { kind: 'user_input', message: command.userMessage });
  if (!isLimited(command)) beginProgress(turn);
}

function admit(turn: Turn, { results = NOTHING_REUSABLE }: AdmitRun): void {
  if (draftOfTurn(turn).status !== 'CREATED') return;
  emit(turn, { kind: 'run_admitted' });
  turn.reusable = results;
  beginProgress(turn);
}

function originOf({ runId, seq, redoNodeIds }: ForkSource): ForkOrigin {
  return { runId, seq, redoNodeIds };
}

function taskStarted(turn: Turn, command: TaskStarted): void {
  const node = openNode(turn, command.key);
  if (node === undefined || node.dispatch !== command.key.dispatch) return;
  if (node.startedDispatch !== node.dispatch) recordStart(turn, command.key, command.facts);
}

function taskHeartbeat(turn: Turn, { key, resumeDetails }: TaskHeartbeat): void {
  const node = openNode(turn, key);
  if (node === undefined || node.dispatch !== key.dispatch) return;
  if (node.resumeDetails !== undefined && samePayload(node.resumeDetails, resumeDetails)) return;
  emit(turn, { kind: 'task_heartbeat', ...key, resumeDetails });
}

function taskEnded(turn: Turn, command: TaskEnded): void {
  const { key, facts } = command;
  const node = openNode(turn, key);
  if (node === undefined) return;
  const { outcome: reported } = command;
  // A question of a replaced dispatch is asked by the newer one again.
  if (!('output' in reported) && node.dispatch !== key.dispatch) return;
  if ('question' in reported) return taskAsked(turn, command, node, reported.question);
  const plan = planNode(turn.plan, key.nodeId);
  const outcome = checkedOutcome(plan, reported);
  if (facts.startedAtMs !== undefined) {
    if (node.startedDispatch !== key.dispatch) recordStart(turn, key, facts);
    emit(turn, callDone(plan.work, key, facts, outcome));
  }
  if ('failure' in outcome) return attemptFailed(turn, plan, key.attempt, outcome.failure);
  const holder = facts.startedAtMs === undefined ? outcome : { outputSeq: draftOfTurn(turn).seq };
  succeedNode(turn, plan, key.attempt, holder);
}

/** D6. */
function taskAsked(turn: Turn, { key, facts }: TaskEnded, node: NodeRun, question: Question): void {
  const { usage, latencyMs, streamedBytes } = facts;
  if (node.startedDispatch !== key.dispatch) recordStart(turn, key, facts);
  emit(turn, { kind: 'input_required', ...key, question, usage, latencyMs, streamedBytes });
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
  for (const id of Array.from(draftOfTurn(turn).nodes.open.keys())) {
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
    } else if (node.wait !== undefined) fireWait(turn, plan, node);
  }
}

function pause(turn: Turn, { nodeId, reason }: PauseRun): void {
  const draft = draftOfTurn(turn);
  const isPaused = nodeId === '' ? draft.pause !== undefined : draft.pausedNodes.has(nodeId);
  const isKnown = nodeId === '' || findPlanNode(turn.plan, nodeId) !== undefined;
  if (isKnown && !isPaused) emit(turn, { kind: 'run_paused', nodeId, reason });
}

function resume(turn: Turn, { nodeId }: ResumeRun): void {
  const draft = draftOfTurn(turn);
  const isPaused = nodeId === '' ? draft.pause !== undefined : draft.pausedNodes.has(nodeId);
  if (!isPaused) return;
  emit(turn, { kind: 'run_resumed', nodeId });
  for (const { id, status, children } of Array.from(draft.nodes.open.values())) {
    if (status === 'WAITING' && children !== undefined) startChildren(turn, planNode(turn.plan, id), children);
  }
}

/** The node that a report is about, if the report still matters (D1, D3). */
function openNode(turn: Turn, key: DispatchKey): NodeRun | undefined {
  const node = draftOfTurn(turn).nodes.get(key.nodeId);
  if (node === undefined || isFinal(node) || node.retryAtMs !== undefined || node.wait !== undefined) return undefined;
  return node.attempt === key.attempt && key.dispatch <= node.dispatch ? node : undefined;
}

function recordStart(turn: Turn, key: DispatchKey, facts: CallFacts): void {
  emit(turn, callStarted(planNode(turn.plan, key.nodeId).work, key, facts, turn.moment.nowMs));
}

function checkedOutcome(plan: PlanNode, outcome: CallOutcome): CallOutcome {
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

function dispatchesExhausted(plan: PlanNode): Failure {
  const message = `the task was lost with its executor ${MAX_DISPATCHES} times`;
  return finalFailure('DISPATCHES_EXHAUSTED', message, `nodes.${plan.id}`, 'see why executors die with this task');
}

function unknownCommand(command: never): never {
  throw new RangeError(`unknown command ${JSON.stringify(command)}`);
}
