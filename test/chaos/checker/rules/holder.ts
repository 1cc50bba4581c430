/**
 * Nothing is RUNNING without a holder for long.
 *
 * Measured from outside, not asked of the scheduler: the commit times say from when to when a node waited for an agent
 * (from `node_scheduled` until its success, failure or retry), and the agents' journal says when an agent worked for it.
 * What is left are the times in which nobody did. Times in which nothing could move (see standstill.ts) are taken out.
 * Nodes that call models are not measured: their calls are not in the journal.
 */
import type { AgentCall } from '../../agents/journal.ts';
import { LONGEST_RETRY_WAIT_MS } from '../../load/graph.ts';
import { callsByRun, endsRun, placedEvents, rule, type RoundHistory, type StoredRun } from '../history.ts';
import { without, type Interval } from '../interval.ts';
import { standstills } from '../standstill.ts';

/** Longest time in which nobody works for a node that waits for an agent. */
export const HOLDER_LIMIT_MS = 5000;

export const holder = rule(
  'holder',
  `no node waits for its agent longer than ${HOLDER_LIMIT_MS} ms without anybody working for it, and no retry comes that much late`,
  (history) =>
    gapsWithoutHolder(history)
      .filter(({ ms }) => ms > HOLDER_LIMIT_MS)
      .map(({ runId, what, ms, fromMs }) => ({
        runId,
        text: `${what}: nobody for ${Math.round(ms)} ms, since ${fromMs}`,
      })),
);

/** A time in which nobody worked for a node. */
export interface HolderGap extends Interval {
  readonly runId: string;
  readonly what: string;
  /** Its length, without standstills. */
  readonly ms: number;
}

/** Every such time, of every run. */
export function gapsWithoutHolder(history: RoundHistory): HolderGap[] {
  const byRun = callsByRun(history.calls);
  const still = standstills(history);
  return [...history.runs.values()].flatMap((run) => ofRun(history, run, byRun.get(run.runId) ?? [], still));
}

/** A time in which a node of a run waited for something. */
interface Waiting extends Interval {
  readonly nodeId: string;
  readonly attempt: number;
  readonly kind: 'agent' | 'retry';
}

function ofRun(
  history: RoundHistory,
  run: StoredRun,
  calls: readonly AgentCall[],
  still: readonly Interval[],
): HolderGap[] {
  return waitings(run, history.observedUntilMs).flatMap((waiting) => {
    const { nodeId, attempt, kind } = waiting;
    const work = kind === 'retry' ? [] : calls.filter((call) => call.nodeId === nodeId && call.attempt === attempt);
    const worked = work.map(({ startedAtMs, endedAtMs }) => ({
      fromMs: startedAtMs,
      toMs: endedAtMs ?? history.observedUntilMs,
    }));
    const allowedMs = kind === 'retry' ? LONGEST_RETRY_WAIT_MS : 0;
    const what =
      kind === 'retry' ? `the retry of ${nodeId} after attempt ${attempt}` : `attempt ${attempt} of ${nodeId}`;
    return without(waiting, worked).map((gap): HolderGap => {
      const ms = without(gap, still).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
      return { ...gap, runId: run.runId, what, ms: Math.max(0, ms - allowedMs) };
    });
  });
}

function waitings(run: StoredRun, untilMs: number): Waiting[] {
  const open = new Map<string, Omit<Waiting, 'toMs'>>();
  const closed: Waiting[] = [];
  const close = (nodeId: string, toMs: number): void => {
    const waiting = open.get(nodeId);
    open.delete(nodeId);
    if (waiting !== undefined) closed.push({ ...waiting, toMs });
  };
  const models = new Set(
    placedEvents(run).flatMap(({ event }) => (event.case === 'llmCallDone' ? [event.value.nodeId] : [])),
  );
  for (const placed of placedEvents(run)) {
    const { event, committedAtMs: fromMs } = placed;
    if (endsRun(placed)) for (const nodeId of open.keys()) close(nodeId, fromMs);
    if (event.case === 'nodeScheduled') {
      const { nodeId, attempt } = event.value;
      close(nodeId, fromMs);
      if (!models.has(nodeId)) open.set(nodeId, { nodeId, attempt, kind: 'agent', fromMs });
    } else if (event.case === 'nodeRetryScheduled') {
      const { nodeId, nextAttempt } = event.value;
      close(nodeId, fromMs);
      open.set(nodeId, { nodeId, attempt: nextAttempt - 1, kind: 'retry', fromMs });
    } else if (event.case === 'nodeSucceeded' || event.case === 'nodeFailed' || event.case === 'nodeSkipped') {
      close(event.value.nodeId, fromMs);
    }
  }
  for (const nodeId of open.keys()) close(nodeId, untilMs);
  return closed;
}
