import {
  isJsonObject,
  isTerminal,
  isWaiting,
  needsDispatch,
  type Decision,
  type Plan,
  type RunEvent,
  type RunState,
} from '@skein/domain';
import { claimPayloads, encodeTransition } from '@skein/events';
import { changedApprovals } from './approval-rows.ts';
import type { RunCell } from './run-cell.ts';
import type { RunEnd, RunRowStatus, RunStart, StoredTransition } from './run-store.ts';

/** A run that nobody has looked at for this long is looked at by the sweep. */
export const CHECK_INTERVAL_MS = 60_000;
/** A run that waits for somebody, without an end, is looked at this often. */
export const REST_MS = 3_600_000;

/** What a decision asks to be made durable. */
export function transitionOf(cell: RunCell, decision: Decision, nowMs: number): StoredTransition {
  const { state, events } = decision;
  const status = rowStatus(state, cell.plan);
  const hasChanged =
    cell.state !== undefined && !isTerminal(state.status) && rowStatus(cell.state, cell.plan) !== status;
  const approvals = cell.plan.hasWaits ? changedApprovals(cell, decision) : [];
  const { body, payloads } = claimPayloads(encodeTransition({ occurredAtMs: nowMs, events }));
  return {
    namespace: cell.namespace,
    runId: cell.runId,
    firstSeq: (cell.state?.seq ?? 0) + 1,
    eventCount: events.length,
    body,
    ...(payloads.length === 0 ? {} : { payloads }),
    traceparent: state.traceparent,
    start: cell.state === undefined ? startOf(cell, state, nowMs) : undefined,
    end: isTerminal(state.status) ? endOf(state) : undefined,
    ...(cell.wakes || cell.state?.status === 'CREATED' ? { checkAtMs: nowMs + CHECK_INTERVAL_MS } : {}),
    ...parentCheckOf(state, nowMs),
    ...(hasChanged ? { status } : {}),
    ...(approvals.length === 0 ? {} : { approvals }),
  };
}

/** The end of a child run is told to its parent in memory; whoever comes after a crash has to find the parent. */
function parentCheckOf({ status, parent }: RunState, nowMs: number): Pick<StoredTransition, 'parentCheck'> {
  if (parent === undefined || parent.called === true || !isTerminal(status)) return {};
  return { parentCheck: { runId: parent.runId, checkAtMs: nowMs + CHECK_INTERVAL_MS } };
}

/** Where a run stands, as its row says it. */
export function rowStatus(state: RunState, { hasWaits }: Pick<Plan, 'hasWaits'>): RunRowStatus {
  if (isTerminal(state.status)) return state.status;
  if (state.status === 'CREATED') return 'CREATED';
  if (state.pause !== undefined) return 'PAUSED';
  return (hasWaits || state.asking > 0) && isWaiting(state) ? 'WAITING' : state.status;
}

/** Events that may change the task of any node. */
const TOUCHES_ALL: ReadonlySet<RunEvent['kind']> = new Set([
  'run_failing',
  'run_cancelling',
  'run_paused',
  'run_resumed',
]);

/** The nodes whose task may have to change. A run that ends touches all that were at work. */
export function touchedNodes(
  events: readonly RunEvent[],
  before: RunState | undefined,
  ended: boolean,
): ReadonlySet<string> {
  const touched = new Set<string>();
  let touchesAll = ended;
  for (const event of events) {
    if ('nodeId' in event && event.nodeId !== '') touched.add(event.nodeId);
    if (TOUCHES_ALL.has(event.kind)) touchesAll = true;
  }
  if (!touchesAll || before === undefined) return touched;
  for (const node of before.nodes.open.values()) if (needsDispatch(node)) touched.add(node.id);
  return touched;
}

function startOf(cell: RunCell, state: RunState, nowMs: number): RunStart {
  return {
    workflowId: state.workflowId,
    workflowVersion: state.workflowVersion,
    createdAtMs: nowMs,
    // Until it begins the round of the limits looks after it.
    checkAtMs: nowMs + (state.status === 'CREATED' ? REST_MS : CHECK_INTERVAL_MS),
    labels: state.labels,
    searchAttributes: state.searchAttributes,
    memo: memoOf(state),
    sessionId: state.sessionId,
    status: rowStatus(state, cell.plan),
    parent: state.parent,
    key: cell.startKey,
  };
}

/** A memo is an object wherever it comes from. */
export function memoOf({ memo }: Pick<RunState, 'memo'>): RunStart['memo'] {
  const value = memo?.value ?? null;
  return isJsonObject(value) ? value : undefined;
}

/** How a state in the end says that the run ended. */
export function endOf(state: RunState): RunEnd {
  return {
    status: state.status,
    endedAtMs: state.endedAtMs ?? 0,
    failureCode: state.failure?.code,
    failureMessage: state.failure?.message,
    failedNodeId: state.failedNodeId === '' ? undefined : state.failedNodeId,
  };
}
