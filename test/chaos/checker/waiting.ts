import { endsRun, placedEvents, type StoredRun } from './history.ts';
import type { Interval } from './interval.ts';

/** A time in which a node of a run waited: for its agent, but not for an answer to its question, or for the time of its next attempt. */
export interface Waiting extends Interval {
  readonly nodeId: string;
  /** The attempt that it waited in, or after which it waited for the next. */
  readonly attempt: number;
  readonly kind: 'agent' | 'retry';
}

/** Every such time of a run, by the times of its commits. What has not ended lasts until `untilMs`. */
export function waitings(run: StoredRun, untilMs: number): Waiting[] {
  const open = new Map<string, Omit<Waiting, 'toMs'>>();
  const closed: Waiting[] = [];
  const attempts = new Map<string, number>();
  const close = (nodeId: string, toMs: number): void => {
    const waiting = open.get(nodeId);
    open.delete(nodeId);
    if (waiting !== undefined) closed.push({ ...waiting, toMs });
  };
  const others = nodesWithoutAgent(run);
  for (const placed of placedEvents(run)) {
    const { event, committedAtMs: fromMs } = placed;
    if (endsRun(placed)) for (const nodeId of open.keys()) close(nodeId, fromMs);
    if (event.case === 'nodeScheduled') {
      const { nodeId, attempt } = event.value;
      close(nodeId, fromMs);
      attempts.set(nodeId, attempt);
      if (!others.has(nodeId)) open.set(nodeId, { nodeId, attempt, kind: 'agent', fromMs });
    } else if (event.case === 'nodeRetryScheduled') {
      const { nodeId, nextAttempt } = event.value;
      close(nodeId, fromMs);
      open.set(nodeId, { nodeId, attempt: nextAttempt - 1, kind: 'retry', fromMs });
    } else if (event.case === 'inputProvided') {
      const { nodeId } = event.value;
      open.set(nodeId, { nodeId, attempt: attempts.get(nodeId) ?? 1, kind: 'agent', fromMs });
    } else if (
      event.case === 'inputRequired' ||
      event.case === 'nodeSucceeded' ||
      event.case === 'nodeFailed' ||
      event.case === 'nodeSkipped' ||
      event.case === 'nodeCancelled'
    ) {
      close(event.value.nodeId, fromMs);
    } else if (event.case === 'runFailing' || event.case === 'runCancelling') {
      // What is open then is cancelled; what undoes others begins after that.
      for (const nodeId of open.keys()) close(nodeId, fromMs);
    }
  }
  for (const nodeId of open.keys()) close(nodeId, untilMs);
  return closed;
}

/** Events of nodes that call no agent: nobody writes their work down, or there is none. */
const WITHOUT_AGENT: ReadonlySet<string> = new Set([
  'llmCallStarted',
  'llmCallDone',
  'childRunsStarted',
  'waitStarted',
  'signalAwaited',
  'approvalRequired',
]);

function nodesWithoutAgent(run: StoredRun): ReadonlySet<string> {
  const ids = placedEvents(run).flatMap(({ event }) =>
    WITHOUT_AGENT.has(event.case ?? '') && event.value !== undefined && 'nodeId' in event.value
      ? [event.value.nodeId]
      : [],
  );
  return new Set(ids);
}
