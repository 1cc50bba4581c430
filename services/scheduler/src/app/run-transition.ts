import { isTerminal, needsDispatch, type Decision, type RunEvent, type RunState } from '@skein/domain';
import { encodeTransition } from '@skein/events';
import type { RunCell } from './run-cell.ts';
import type { RunEnd, RunStart, StoredTransition } from './run-store.ts';

/** A run that nobody has looked at for this long is looked at by the sweep. */
export const CHECK_INTERVAL_MS = 60_000;

/** What a decision asks to be made durable. */
export function transitionOf(cell: RunCell, decision: Decision, nowMs: number): StoredTransition {
  const { state, events } = decision;
  return {
    namespace: cell.namespace,
    runId: cell.runId,
    firstSeq: (cell.state?.seq ?? 0) + 1,
    eventCount: events.length,
    body: encodeTransition({ occurredAtMs: nowMs, events }),
    traceparent: state.traceparent,
    start: cell.state === undefined ? startOf(cell, state, nowMs) : undefined,
    end: isTerminal(state.status) ? endOf(state) : undefined,
    ...(cell.wakes ? { checkAtMs: nowMs + CHECK_INTERVAL_MS } : {}),
  };
}

/** The nodes whose task may have to change. A run that ends touches all that were at work. */
export function touchedNodes(
  events: readonly RunEvent[],
  before: RunState | undefined,
  ended: boolean,
): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const event of events) {
    if ('nodeId' in event && event.nodeId !== '') touched.add(event.nodeId);
  }
  if (!ended || before === undefined) return touched;
  for (const node of before.nodes.values()) if (needsDispatch(node)) touched.add(node.id);
  return touched;
}

function startOf(cell: RunCell, state: RunState, nowMs: number): RunStart {
  return {
    workflowId: state.workflowId,
    workflowVersion: state.workflowVersion,
    createdAtMs: nowMs,
    checkAtMs: nowMs + CHECK_INTERVAL_MS,
    labels: state.labels,
    sessionId: state.sessionId,
    key: cell.startKey,
  };
}

function endOf(state: RunState): RunEnd {
  const status = state.status === 'RUNNING' ? 'FAILED' : state.status;
  return {
    status,
    endedAtMs: state.endedAtMs ?? 0,
    failureCode: state.failure?.code,
    failureMessage: state.failure?.message,
    failedNodeId: state.failedNodeId === '' ? undefined : state.failedNodeId,
  };
}
