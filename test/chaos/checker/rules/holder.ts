/**
 * Nothing is RUNNING without a holder for long.
 *
 * Measured from outside, not asked of the scheduler: the commit times say from when to when a node waited for an agent
 * (from `node_scheduled` until its success, failure or retry), and the agents' journal says when an agent worked for it.
 * What is left are the times in which none did: before a call, when nobody may hold the task, and after an answer, when
 * an executor holds the result and has to get it through. Times in which nothing could move (see standstill.ts) are taken
 * out, and so are times in which the run was held back, or an agent with a limit worked for others (see in-turn.ts). Nodes that call models are not measured: their calls are not in
 * the journal. Of nodes that are no tasks other times are measured (see overdue.ts): until a child run is started, until
 * its end is known to its parent, and until a wait ends that is over.
 */
import type { AgentCall } from '../../agents/journal.ts';
import { LONGEST_RETRY_WAIT_MS } from '../../load/graph.ts';
import { heldBack } from '../held-back.ts';
import { callsByRun, rule, type RoundHistory, type StoredRun } from '../history.ts';
import { turnsOfOthers } from '../in-turn.ts';
import { without, type Interval } from '../interval.ts';
import { overdues } from '../overdue.ts';
import { standstills } from '../standstill.ts';
import { waitings, type Waiting } from '../waiting.ts';

/** Longest time in which nobody works for a node that waits for an agent, before its call or after a call that was lost. */
export const HOLDER_LIMIT_MS = 5000;
/** Longest time from an agent's answer to the commit of what follows from it. */
export const RESULT_LIMIT_MS = 8000;

export const holder = rule(
  'holder',
  `no node waits longer than ${HOLDER_LIMIT_MS} ms without anybody working for it, no retry comes that much late, no answer takes longer than ${RESULT_LIMIT_MS} ms to be committed, and no child run, end of one or end of a wait is overdue as long`,
  (history) =>
    gapsWithoutHolder(history)
      .filter(({ kind, ms }) => ms > (kind === 'nobody' || kind === 'retry' ? HOLDER_LIMIT_MS : RESULT_LIMIT_MS))
      .map(({ runId, nodeId, attempt, kind, ms }) => ({
        runId,
        text: `${nodeId}, attempt ${attempt}: ${GAP_TEXT[kind]} ${Math.round(ms)} ms`,
      })),
);

const GAP_TEXT = {
  nobody: 'nobody worked for it for',
  result: "its agent's answer was not committed for",
  retry: 'the next attempt was overdue for',
  'child start': 'a child run was not started for',
  'child end': 'the end of a child run was not known to its parent for',
  wait: 'its time was over for',
} as const;

/** A time in which nobody worked for a node. */
export interface HolderGap extends Interval {
  readonly runId: string;
  readonly nodeId: string;
  readonly attempt: number;
  /** What was missing: somebody to work, the way of a result, the next attempt, or what is no task. */
  readonly kind: keyof typeof GAP_TEXT;
  /** How much too long it was or how long it lasted, without standstills. */
  readonly ms: number;
}

/** Every such time, of every run. */
export function gapsWithoutHolder(history: RoundHistory): HolderGap[] {
  const byRun = callsByRun(history.calls);
  const around = { still: standstills(history), turns: turnsOfOthers(history) };
  return [...history.runs.values()].flatMap((run) => ofRun(history, run, byRun.get(run.runId) ?? [], around));
}

function ofRun(
  history: RoundHistory,
  run: StoredRun,
  calls: readonly AgentCall[],
  { still, turns }: { readonly still: readonly Interval[]; readonly turns: ReturnType<typeof turnsOfOthers> },
): HolderGap[] {
  const { observedUntilMs } = history;
  const paused = heldBack(run, observedUntilMs);
  const gapOf = (
    { nodeId, attempt }: NodeAttempt,
    gap: Interval,
    kind: HolderGap['kind'],
    allowedMs = 0,
  ): HolderGap => {
    const ms = without(gap, still).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    return { ...gap, runId: run.runId, nodeId, attempt, kind, ms: Math.max(0, ms - allowedMs) };
  };
  const ofTasks = waitings(run, observedUntilMs).flatMap((waiting) => {
    if (waiting.kind === 'retry') return [gapOf(waiting, waiting, 'retry', LONGEST_RETRY_WAIT_MS)];
    const own = calls.filter(({ nodeId, attempt }) => nodeId === waiting.nodeId && attempt === waiting.attempt);
    return without(waiting, [...worked(own, waiting), ...paused]).flatMap((gap) => {
      if (hasAnswer(own, waiting, gap)) return [gapOf(waiting, gap, 'result')];
      return without(gap, turns.get(waiting.nodeId) ?? []).map((idle) => gapOf(waiting, idle, 'nobody'));
    });
  });
  const ofOthers = overdues(history, run, observedUntilMs).map((overdue) => gapOf(overdue, overdue, overdue.kind));
  return [...ofTasks, ...ofOthers];
}

type NodeAttempt = Pick<Waiting, 'nodeId' | 'attempt'>;

/** A call takes some time, however quick the answer: what lies before it and after it are two gaps. */
function worked(calls: readonly AgentCall[], { toMs: untilMs }: Waiting): Interval[] {
  return calls.map(({ startedAtMs, endedAtMs = untilMs }) => ({
    fromMs: startedAtMs,
    toMs: Math.max(endedAtMs, startedAtMs + 1),
  }));
}

/** Whether an answer was there before the gap began: somebody has it. A question that came before is known already. */
function hasAnswer(calls: readonly AgentCall[], waiting: Interval, { fromMs }: Interval): boolean {
  const sinceMs = Math.floor(waiting.fromMs);
  return calls.some(
    ({ startedAtMs, end }) =>
      startedAtMs >= sinceMs && startedAtMs < fromMs && (end === 'answered' || end === 'failed'),
  );
}
