import { create } from '@bufbuild/protobuf';
import {
  NodeState,
  RunSchema,
  RunState as RunStateEnum,
  type NodeRun as NodeRunMessage,
  type Run,
} from '@skein/contracts/scheduler';
import { isTerminal, type NodeRun, type NodeWork, type PlanNode, type RunStatus } from '@skein/domain';
import { failureToMessage, timestampOfMs, valueOfJson } from '@skein/events';
import type { Dispatcher } from '../app/dispatcher.ts';
import type { FoundRun } from '../app/find-run.ts';
import type { RunRow } from '../app/run-store.ts';
import { nodeWaitsFor, runWaitsFor } from '../app/waiting-for.ts';

const RUN_STATES: Record<RunStatus, RunStateEnum> = {
  RUNNING: RunStateEnum.RUNNING,
  DONE: RunStateEnum.DONE,
  FAILED: RunStateEnum.FAILED,
  CANCELLED: RunStateEnum.CANCELLED,
};

/** Whether a run is in a final state. */
export function hasEnded({ state }: Run): boolean {
  return state >= RunStateEnum.DONE;
}

/** A run with its payloads and nodes. Without a dispatcher it is not known where its tasks are. */
export function runToMessage(found: FoundRun, dispatcher: Dispatcher | undefined): Run {
  const { state, plan } = found;
  const nodes = [...plan.nodes.values()].map((node) => nodeToMessage(found, node, dispatcher));
  return create(RunSchema, {
    namespace: state.namespace,
    runId: state.runId,
    workflowId: state.workflowId,
    workflowVersion: state.workflowVersion,
    state: RUN_STATES[state.status],
    input: valueOfJson(state.input.value),
    ...(state.output === undefined ? {} : { output: valueOfJson(state.output.value) }),
    ...(state.failure === undefined ? {} : { failure: failureToMessage(state.failure) }),
    failedNodeId: state.failedNodeId,
    createdAt: timestampOfMs(state.createdAtMs),
    ...(state.endedAtMs === undefined ? {} : { endedAt: timestampOfMs(state.endedAtMs) }),
    lastSeq: BigInt(state.seq),
    nodes,
    labels: { ...state.labels },
    sessionId: state.sessionId,
    waitingFor: runWaitsFor(found, dispatcher),
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
    sessionId: row.sessionId,
  });
}

/** The states that a filter names; undefined for one that this kernel never reaches. */
export function statusOfMessage(state: RunStateEnum): RunStatus | undefined {
  const found = Object.entries(RUN_STATES).find(([, number]) => number === state);
  return found?.[0] as RunStatus | undefined;
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
  };
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
    case 'local':
      return '';
  }
}
