import { collectedOutput, noChildren, withEnded, withStarted } from './children.ts';
import type { NodeCancelled, OutputHolder, RunEvent, RunStarted, SignalReceived } from './event.ts';
import type { Failure } from './failure.ts';
import { NodeTable } from './node-table.ts';
import { Payload } from './payload.ts';
import type { RunFlow } from './run-flow.ts';
import type { NodeRun, RunState } from './state.ts';

/** Where and when an event happened. */
export interface EventPlace {
  readonly seq: number;
  readonly occurredAtMs: number;
}

/** Who a run is; not part of its events, for it is their key. */
export interface RunIdentity {
  readonly runId: string;
  readonly namespace: string;
}

type Draft<T> = { -readonly [Key in keyof T]: T[Key] };

/** A run state under construction: owned by one caller and changed in place until it is handed out. */
export type RunDraft = Omit<Draft<RunState>, 'nodes'> & { nodes: NodeTable };

/** Folds one event into a state. The state given is left as it was. */
export function evolve(
  state: RunState | undefined,
  identity: RunIdentity,
  event: RunEvent,
  place: EventPlace,
): RunState {
  const draft = state === undefined ? undefined : draftOf(state);
  return apply(draft, identity, event, place);
}

/** A copy that may be changed in place. */
export function draftOf(state: RunState): RunDraft {
  return { ...state, nodes: NodeTable.of(state.nodes) };
}

/**
 * Folds one event into a draft and answers with it.
 * @throws RangeError when the event does not follow the draft's last one: a gap would silently corrupt the run.
 */
export function apply(
  draft: RunDraft | undefined,
  identity: RunIdentity,
  event: RunEvent,
  place: EventPlace,
): RunDraft {
  const expectedSeq = (draft?.seq ?? 0) + 1;
  if (place.seq !== expectedSeq) {
    throw new RangeError(`run ${identity.runId}: event ${place.seq} does not follow; expected ${expectedSeq}`);
  }
  if (event.kind === 'run_started') return started(identity, event, place);
  if (draft === undefined) throw new RangeError(`run ${identity.runId}: ${event.kind} before run_started`);
  draft.seq = place.seq;
  applyToRun(draft, event, place);
  return draft;
}

function started(identity: RunIdentity, event: RunStarted, place: EventPlace): RunDraft {
  return {
    runId: identity.runId,
    namespace: identity.namespace,
    workflowId: event.workflowId,
    workflowVersion: event.workflowVersion,
    definition: event.definition,
    input: event.input,
    labels: event.labels,
    searchAttributes: event.searchAttributes ?? {},
    memo: event.memo,
    sessionId: event.sessionId,
    traceparent: event.traceparent,
    status: isLimited(event) ? 'CREATED' : 'RUNNING',
    seq: place.seq,
    createdAtMs: place.occurredAtMs,
    endedAtMs: undefined,
    nodes: new NodeTable(),
    output: undefined,
    failure: undefined,
    failedNodeId: '',
    cancelReason: '',
    parent: event.parent,
    bodyPath: event.bodyPath ?? '',
    forkedFrom: event.forkedFrom,
    flow: event.flow,
    pause: undefined,
    pausedNodes: NONE_PAUSED,
    signals: [],
    signalIds: [],
    asking: 0,
  };
}

/** Whether the run has to wait for slots before it begins. */
export function isLimited({ flow }: { readonly flow?: RunFlow | undefined }): boolean {
  return flow !== undefined && flow.limits.length > 0;
}

const NONE_PAUSED: RunState['pausedNodes'] = new Map();

type LaterEvent = Exclude<RunEvent, RunStarted>;

function applyToRun(draft: RunDraft, event: LaterEvent, place: EventPlace): void {
  switch (event.kind) {
    case 'user_input':
      return;
    case 'run_admitted':
      draft.status = 'RUNNING';
      return;
    case 'node_scheduled': {
      const before = draft.nodes.get(event.nodeId);
      return setNode(draft, event.nodeId, {
        status: 'READY',
        attempt: event.attempt,
        dispatch: 1,
        scheduledSeq: place.seq,
        inputSeq: before?.inputSeq ?? place.seq,
        inputDigest: event.inputDigest,
        scheduledAtMs: place.occurredAtMs,
        firstScheduledAtMs: before?.firstScheduledAtMs ?? place.occurredAtMs,
        startedDispatch: 0,
        retryAtMs: undefined,
        wait: undefined,
        answer: undefined,
        children: undefined,
      });
    }
    case 'agent_invoke_started':
    case 'llm_call_started':
    case 'rpc_call_started':
    case 'tool_call_created':
      return setNode(draft, event.nodeId, { status: 'RUNNING', startedDispatch: event.dispatch });
    case 'agent_invoke_done':
    case 'llm_call_done':
    case 'rpc_call_done':
    case 'tool_call_done':
      if ('output' in event.outcome) {
        return setNode(draft, event.nodeId, { output: event.outcome.output, outputSeq: place.seq });
      }
      return setNode(draft, event.nodeId, { failure: event.outcome.failure });
    case 'node_succeeded': {
      const outputSeq = 'outputSeq' in event.result ? event.result.outputSeq : place.seq;
      const output = outputOf(draft, event.result, event.nodeId);
      // A signal that has been taken is nobody else's.
      if (draft.signals.length > 0) draft.signals = draft.signals.filter(({ seq }) => seq !== outputSeq);
      return endNode(draft, event.nodeId, 'SUCCEEDED', place, event.nextNodeIds, {
        output,
        outputSeq,
        failure: undefined,
      });
    }
    case 'node_retry_scheduled':
      return setNode(draft, event.nodeId, { status: 'READY', retryAtMs: event.retryAtMs, failure: event.failure });
    case 'node_failed':
      return endNode(draft, event.nodeId, 'FAILED', place, event.nextNodeIds, { failure: event.failure });
    case 'node_skipped':
      return endNode(draft, event.nodeId, 'SKIPPED', place, event.nextNodeIds, { failure: event.failure });
    case 'task_dispatch_lost': {
      const node = nodeOf(draft, event.nodeId);
      const counts = event.reason === 'executor_lost' ? 1 : 0;
      return setNode(draft, event.nodeId, {
        status: 'READY',
        dispatch: event.dispatch + 1,
        lostDispatches: node.lostDispatches + counts,
      });
    }
    case 'node_cancelled':
      return endNode(draft, event.nodeId, 'CANCELLED', place, [], { failure: nodeCancellation(event) });
    case 'child_runs_started': {
      const { nodeId, firstIndex, childRunIds, total, sequential } = event;
      const children = nodeOf(draft, nodeId).children ?? noChildren(total, sequential);
      return setNode(draft, nodeId, { status: 'WAITING', children: withStarted(children, firstIndex, childRunIds) });
    }
    case 'child_run_ended': {
      const { children } = nodeOf(draft, event.nodeId);
      if (children === undefined) throw new RangeError(`run ${draft.runId}: ${event.nodeId} has no child runs`);
      const outputs = 'output' in event.outcome ? { output: event.outcome.output, outputSeq: place.seq } : {};
      const after = withEnded(children, event.index, event.outcome, place.seq);
      return setNode(draft, event.nodeId, { children: after, ...(children.sequential ? outputs : {}) });
    }
    case 'task_heartbeat':
      return setNode(draft, event.nodeId, { resumeDetails: event.resumeDetails });
    case 'input_required': {
      const wait = { kind: 'input' as const, question: event.question, questionSeq: place.seq, dueAtMs: undefined };
      draft.asking += 1;
      return setNode(draft, event.nodeId, { status: 'WAITING', wait });
    }
    case 'input_provided': {
      const { wait, answer, dispatch } = nodeOf(draft, event.nodeId);
      if (wait?.kind !== 'input') throw new RangeError(`run ${draft.runId}: ${event.nodeId} asks for nothing`);
      draft.asking -= 1;
      const { question, questionSeq } = wait;
      const next = { value: event.value, state: question.state, questionSeq, turn: (answer?.turn ?? 0) + 1 };
      return setNode(draft, event.nodeId, { status: 'READY', dispatch: dispatch + 1, wait: undefined, answer: next });
    }
    case 'wait_started':
      return setNode(draft, event.nodeId, { status: 'WAITING', wait: { kind: 'time', dueAtMs: event.dueAtMs } });
    case 'signal_awaited': {
      const { nodeId, name, dueAtMs } = event;
      return setNode(draft, nodeId, { status: 'WAITING', wait: { kind: 'signal', name, dueAtMs } });
    }
    case 'signal_received':
      return keepSignal(draft, event, place);
    case 'approval_required': {
      const { kind: _, nodeId, ...asked } = event;
      const wait = { kind: 'approval' as const, ...asked, sinceMs: place.occurredAtMs };
      return setNode(draft, nodeId, { status: 'WAITING', wait });
    }
    case 'approval_escalated': {
      const { wait } = nodeOf(draft, event.nodeId);
      if (wait?.kind !== 'approval') throw new RangeError(`run ${draft.runId}: ${event.nodeId} asks nobody`);
      const approvers = [...wait.approvers, ...wait.escalateTo];
      return setNode(draft, event.nodeId, { wait: { ...wait, approvers, escalateAtMs: undefined } });
    }
    case 'approval_decided':
      return setNode(draft, event.nodeId, { wait: undefined });
    case 'result_reused':
      return setNode(draft, event.nodeId, { output: event.output, outputSeq: place.seq });
    case 'run_paused': {
      const pause = { sinceMs: place.occurredAtMs, reason: event.reason };
      if (event.nodeId === '') draft.pause = pause;
      else draft.pausedNodes = new Map(draft.pausedNodes).set(event.nodeId, pause);
      return;
    }
    case 'run_resumed':
      if (event.nodeId === '') draft.pause = undefined;
      else draft.pausedNodes = new Map([...draft.pausedNodes].filter(([nodeId]) => nodeId !== event.nodeId));
      return;
    case 'run_failing':
      draft.status = 'FAILING';
      draft.failure = event.failure;
      draft.failedNodeId = event.nodeId;
      return cancelOpenNodes(draft, place);
    case 'run_cancelling':
      draft.status = 'CANCELLING';
      draft.cancelReason = event.reason;
      draft.failure = cancellation('cancelled', event.reason);
      return cancelOpenNodes(draft, place);
    case 'run_done':
      draft.output = outputOf(draft, event.result, '');
      return endRun(draft, 'DONE', place);
    case 'run_failed':
      draft.failure = event.failure;
      draft.failedNodeId = event.nodeId;
      return endRun(draft, 'FAILED', place);
    case 'run_cancelled':
      draft.failure = cancellation('cancelled', event.reason);
      return endRun(draft, 'CANCELLED', place);
    case 'run_terminated':
      draft.failure = cancellation('terminated', event.reason);
      return endRun(draft, 'TERMINATED', place);
    default:
      return unknownEvent(event);
  }
}

function setNode(draft: RunDraft, nodeId: string, change: Partial<NodeRun>): void {
  draft.nodes.set(nodeId, { ...nodeOf(draft, nodeId), ...change });
}

function endNode(
  draft: RunDraft,
  nodeId: string,
  status: 'SUCCEEDED' | 'FAILED' | 'SKIPPED' | 'CANCELLED',
  place: EventPlace,
  nextNodeIds: readonly string[],
  change: Partial<NodeRun>,
): void {
  if (draft.nodes.get(nodeId)?.wait?.kind === 'input') draft.asking -= 1;
  const ended = { status, endedAtMs: place.occurredAtMs, endedSeq: place.seq, nextNodeIds };
  // What it had until now, such as the output of an iteration, is nobody's input.
  const output = status === 'SUCCEEDED' ? {} : { output: undefined, outputSeq: 0 };
  const over = { retryAtMs: undefined, wait: undefined, resumeDetails: undefined, answer: undefined };
  setNode(draft, nodeId, { ...change, ...ended, ...output, ...over });
}

/** A run that ends takes the nodes that are still at work with it. */
function endRun(draft: RunDraft, status: 'DONE' | 'FAILED' | 'CANCELLED' | 'TERMINATED', place: EventPlace): void {
  draft.status = status;
  draft.endedAtMs = place.occurredAtMs;
  draft.pause = undefined;
  draft.pausedNodes = NONE_PAUSED;
  draft.signals = [];
  cancelOpenNodes(draft, place);
}

function cancelOpenNodes(draft: RunDraft, place: EventPlace): void {
  for (const nodeId of Array.from(draft.nodes.open.keys())) endNode(draft, nodeId, 'CANCELLED', place, [], {});
}

/** Ids of signals that are remembered, so that one that is sent twice counts once. */
const MAX_SIGNAL_IDS = 1000;

/** The node that waits for it takes it with its node_succeeded, which comes next. */
function keepSignal(draft: RunDraft, { name, payload, signalId }: SignalReceived, { seq }: EventPlace): void {
  draft.signals = [...draft.signals, { name, payload, seq }];
  if (signalId !== '') draft.signalIds = [...draft.signalIds, signalId].slice(-MAX_SIGNAL_IDS);
}

function nodeOf(draft: RunDraft, nodeId: string): NodeRun {
  return draft.nodes.get(nodeId) ?? { ...FRESH_NODE, id: nodeId };
}

const FRESH_NODE: NodeRun = {
  id: '',
  status: 'READY',
  attempt: 0,
  dispatch: 0,
  lostDispatches: 0,
  scheduledSeq: 0,
  inputSeq: 0,
  inputDigest: new Uint8Array(),
  firstScheduledAtMs: 0,
  scheduledAtMs: 0,
  startedDispatch: 0,
  retryAtMs: undefined,
  output: undefined,
  outputSeq: 0,
  failure: undefined,
  endedAtMs: undefined,
  endedSeq: 0,
  nextNodeIds: [],
  wait: undefined,
  resumeDetails: undefined,
  answer: undefined,
  children: undefined,
};

/** The output that an event holds or points to. seq 1 is run_started, which holds the run's input. */
export function outputOf(draft: RunDraft, holder: OutputHolder, nodeId: string): Payload {
  if ('output' in holder) return holder.output;
  if ('collected' in holder) {
    const { children } = nodeOf(draft, nodeId);
    return children === undefined ? Payload.fromValue([]) : collectedOutput(children, holder.collected);
  }
  if (holder.outputSeq === 1) return draft.input;
  // Most point to what they have been answered with themselves; a long run is not searched for it at every step.
  const own = draft.nodes.get(nodeId);
  if (own?.outputSeq === holder.outputSeq && own.output !== undefined) return own.output;
  for (const node of draft.nodes.values()) {
    if (node.outputSeq === holder.outputSeq && node.output !== undefined) return node.output;
  }
  for (const signal of draft.signals) if (signal.seq === holder.outputSeq) return signal.payload;
  throw new RangeError(`run ${draft.runId}: no event ${holder.outputSeq} with an output`);
}

function nodeCancellation({ nodeId, reason }: NodeCancelled): Failure {
  return { code: 'CANCELLED', message: reason, place: `nodes.${nodeId}`, remedy: '', retryable: false };
}

function cancellation(how: 'cancelled' | 'terminated', reason: string): Failure {
  const message = reason === '' ? `the run was ${how}` : `the run was ${how}: ${reason}`;
  return { code: 'CANCELLED', message, place: '', remedy: '', retryable: false };
}

function unknownEvent(event: never): never {
  throw new RangeError(`unknown event ${JSON.stringify(event)}`);
}
