import { create } from '@bufbuild/protobuf';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import {
  NodeState,
  RunSchema,
  RunState as RunStateEnum,
  type NodeRun as NodeRunMessage,
  type Run,
} from '@skein/contracts/scheduler';
import {
  isFinal,
  isTerminal,
  nextTimerMs,
  type Children,
  type ForkOrigin,
  type JsonObject,
  type NodeRun,
  type NodeWork,
  type PlanNode,
  type Wait,
} from '@skein/domain';
import {
  failureToMessage,
  questionToMessage,
  searchAttributesToMessages,
  timestampOfMs,
  valueOfJson,
} from '@skein/events';
import type { Dispatcher } from '../app/dispatcher.ts';
import type { FoundRun } from '../app/find-run.ts';
import type { RunRow, RunRowStatus } from '../app/run-store.ts';
import { memoOf, rowStatus } from '../app/run-transition.ts';
import { nodeWaitsFor, runWaitsFor } from '../app/waiting-for.ts';

const RUN_STATES: Record<RunRowStatus, RunStateEnum> = {
  CREATED: RunStateEnum.CREATED,
  RUNNING: RunStateEnum.RUNNING,
  WAITING: RunStateEnum.WAITING,
  PAUSED: RunStateEnum.PAUSED,
  FAILING: RunStateEnum.FAILING,
  CANCELLING: RunStateEnum.CANCELLING,
  DONE: RunStateEnum.DONE,
  FAILED: RunStateEnum.FAILED,
  CANCELLED: RunStateEnum.CANCELLED,
  TERMINATED: RunStateEnum.TERMINATED,
};

const FINAL_STATES: ReadonlySet<RunStateEnum> = new Set([
  RunStateEnum.DONE,
  RunStateEnum.FAILED,
  RunStateEnum.CANCELLED,
  RunStateEnum.TERMINATED,
]);

/** Whether a run is in a final state. */
export function hasEnded({ state }: Run): boolean {
  return FINAL_STATES.has(state);
}

/** Where a run stands, for the wire. */
export function stateOfRun({ state, plan }: Pick<FoundRun, 'state' | 'plan'>): RunStateEnum {
  return RUN_STATES[rowStatus(state, plan)];
}

/** A run with its payloads and nodes. Without a dispatcher it is not known where its tasks are. */
export function runToMessage(found: FoundRun, dispatcher: Dispatcher | undefined): Run {
  const { state, plan } = found;
  const undoing = [...plan.compensations.values()].filter(({ id }) => state.nodes.has(id));
  const nodes = [...plan.nodes.values(), ...undoing].map((node) => nodeToMessage(found, node, dispatcher));
  return create(RunSchema, {
    namespace: state.namespace,
    runId: state.runId,
    workflowId: state.workflowId,
    workflowVersion: state.workflowVersion,
    state: stateOfRun(found),
    input: valueOfJson(state.input.value),
    ...(state.output === undefined ? {} : { output: valueOfJson(state.output.value) }),
    ...(state.failure === undefined ? {} : { failure: failureToMessage(state.failure) }),
    failedNodeId: state.failedNodeId,
    createdAt: timestampOfMs(state.createdAtMs),
    ...(state.endedAtMs === undefined ? {} : { endedAt: timestampOfMs(state.endedAtMs) }),
    lastSeq: BigInt(state.seq),
    nodes,
    labels: { ...state.labels },
    searchAttributes: searchAttributesToMessages(state.searchAttributes),
    ...memoFields(memoOf(state)),
    sessionId: state.sessionId,
    waitingFor: runWaitsFor(found, dispatcher),
    ...(state.parent === undefined ? {} : { parent: state.parent }),
    bodyPath: state.bodyPath,
    ...(state.forkedFrom === undefined ? {} : { forkedFrom: forkToMessage(state.forkedFrom) }),
    pauseReason: state.pause?.reason ?? '',
    ...timerFields(found),
  });
}

/** A run as lists show it. */
export function rowToMessage(row: RunRow): Run {
  const failure =
    row.failureCode === undefined
      ? {}
      : {
          failure: failureToMessage({
            code: row.failureCode,
            message: row.failureMessage ?? '',
            place: row.failedNodeId === undefined ? '' : `nodes.${row.failedNodeId}`,
            remedy: '',
            retryable: false,
          }),
        };
  return create(RunSchema, {
    namespace: row.namespace,
    runId: row.runId,
    workflowId: row.workflowId,
    workflowVersion: row.workflowVersion,
    state: RUN_STATES[row.status],
    ...failure,
    failedNodeId: row.failedNodeId ?? '',
    createdAt: timestampOfMs(row.createdAtMs),
    ...(row.endedAtMs === undefined ? {} : { endedAt: timestampOfMs(row.endedAtMs) }),
    labels: { ...row.labels },
    searchAttributes: searchAttributesToMessages(row.searchAttributes),
    ...memoFields(row.memo),
    sessionId: row.sessionId,
    ...(row.parent === undefined ? {} : { parent: row.parent }),
  });
}

/** JSON is what a struct holds; the types only spell it differently. */
function memoFields(memo: JsonObject | undefined): { memo?: NonNullable<Run['memo']> } {
  return memo === undefined ? {} : { memo: memo as NonNullable<Run['memo']> };
}

/** The states that a filter names; undefined for one that is none. */
export function statusOfMessage(state: RunStateEnum): RunRowStatus | undefined {
  const found = Object.entries(RUN_STATES).find(([, number]) => number === state);
  return found?.[0] as RunRowStatus | undefined;
}

function nodeToMessage(found: FoundRun, node: PlanNode, dispatcher: Dispatcher | undefined) {
  const run = found.state.nodes.get(node.id);
  const nodeType = typeOf(node.work);
  if (run === undefined) {
    const state = isTerminal(found.state.status) ? NodeState.CANCELLED : NodeState.PENDING;
    return { nodeId: node.id, nodeType, state, target: targetOf(node.work) };
  }
  return {
    nodeId: node.id,
    nodeType,
    state: nodeState(found, run, dispatcher),
    attempt: run.attempt,
    dispatch: run.dispatch,
    ...(run.output === undefined ? {} : { output: valueOfJson(run.output.value) }),
    ...(run.failure === undefined ? {} : { failure: failureToMessage(run.failure) }),
    ...(run.scheduledAtMs === 0 ? {} : { scheduledAt: timestampOfMs(run.scheduledAtMs) }),
    ...(run.endedAtMs === undefined ? {} : { endedAt: timestampOfMs(run.endedAtMs) }),
    waitingFor: nodeWaitsFor(found, run, dispatcher),
    target: targetOf(node.work),
    ...(run.children === undefined ? {} : { children: childrenToMessage(run.children) }),
    ...dueAtOf(run.wait),
    ...questionOf(run.wait),
    paused: found.state.pausedNodes.has(node.id),
    ...pendingFields(node, run),
  };
}

/** What the node's agent asks. */
function questionOf(wait: NodeRun['wait']) {
  if (wait?.kind !== 'input') return {};
  return { question: questionToMessage(wait.question), questionSeq: BigInt(wait.questionSeq) };
}

/** When the run next does something by itself. */
function timerFields({ plan, state }: FoundRun): { nextTimerAt?: Timestamp } {
  const dueMs = nextTimerMs(plan, state);
  return dueMs === undefined ? {} : { nextTimerAt: timestampOfMs(dueMs) };
}

/** What an open node still has before it, and what it cost so far. */
function pendingFields({ retry }: PlanNode, run: NodeRun) {
  if (isFinal(run)) return {};
  const { firstScheduledAtMs, retryAtMs, attempt, lostDispatches } = run;
  return {
    ...(firstScheduledAtMs === 0 ? {} : { firstScheduledAt: timestampOfMs(firstScheduledAtMs) }),
    ...(retryAtMs === undefined ? {} : { retryAt: timestampOfMs(retryAtMs) }),
    attemptsLeft: Math.max(0, retry.maxAttempts - attempt),
    lostDispatches,
  };
}

function forkToMessage({ runId, seq, redoNodeIds }: ForkOrigin) {
  return { runId, seq: BigInt(seq), redoNodeIds: [...redoNodeIds] };
}

const MAX_SHOWN_CHILDREN = 100;

function childrenToMessage({ total, succeeded, failed, open }: Children) {
  const inOrder = [...open].toSorted(([a], [b]) => a - b).slice(0, MAX_SHOWN_CHILDREN);
  return { total, succeeded, failed, openRunIds: inOrder.map(([, runId]) => runId) };
}

function dueAtOf(wait: Wait | undefined) {
  const dueAtMs = wait?.kind === 'approval' ? wait.expiresAtMs : wait?.dueAtMs;
  return dueAtMs === undefined ? {} : { dueAt: timestampOfMs(dueAtMs) };
}

/** A task that an executor holds is RUNNING, whether or not its start is on record yet. */
function nodeState(found: FoundRun, run: NodeRun, dispatcher: Dispatcher | undefined): NodeRunMessage['state'] {
  if (run.status === 'READY' && dispatcher?.placeOf(found.state.runId, run.id)?.place === 'held')
    return NodeState.RUNNING;
  return NodeState[run.status];
}

function typeOf(work: NodeWork): string {
  return work.kind === 'local' ? work.type : work.kind;
}

function targetOf(work: NodeWork): string {
  switch (work.kind) {
    case 'agent':
      return work.agentId;
    case 'llm':
      return work.model;
    case 'rpc':
      return `${work.serviceId} ${work.method}`;
    case 'tool':
      return work.toolId;
    case 'subworkflow':
      return work.workflowId;
    case 'signal':
      return work.signalName;
    default:
      return '';
  }
}
