import type { AgentCall } from '../../agents/journal.ts';
import type { CallLimit } from '../../load/graph.ts';
import { CALL_LIMITS } from '../../load/graphs/crowded.ts';
import { rule, type Finding, type RoundHistory } from '../history.ts';
import { mostAtOnce } from '../at-once.ts';
import { waitings, type Waiting } from '../waiting.ts';

/** The limits of agents hold, by what the agents saw. */
export const crowded = rule(
  'crowded',
  'no agent with a limit works on more attempts at a time than it bears, nor begins more of them in any time than its rate allows',
  (history) => {
    const attempts = attemptsOf(history);
    return CALL_LIMITS.flatMap((limit) => {
      const own = attempts.filter(({ agentId }) => agentId === limit.agentId);
      return [...tooMany(limit, own), ...tooFast(limit, own)];
    });
  },
);

/** An attempt of a node whose agent was called for it. */
interface CalledAttempt {
  readonly agentId: string;
  readonly runId: string;
  readonly name: string;
  /** When it was ready for the first of its calls. */
  readonly readyAtMs: number;
  /** When the first of its calls began. */
  readonly begunAtMs: number;
  /** When the agent worked on it. A lost delivery may go on beside its repetition, and beyond the end of the attempt. */
  readonly worked: readonly { readonly fromMs: number; readonly toMs: number }[];
}

function attemptsOf({ runs, calls, observedUntilMs }: RoundHistory): CalledAttempt[] {
  const byAttempt = Map.groupBy(calls, ({ runId, nodeId, attempt }) => `${runId}/${nodeId}/${attempt}`);
  const ready = new Map<string, Waiting>();
  for (const run of runs.values()) {
    for (const waiting of waitings(run, observedUntilMs)) {
      const name = `${run.runId}/${waiting.nodeId}/${waiting.attempt}`;
      if (waiting.kind === 'agent' && !ready.has(name)) ready.set(name, waiting);
    }
  }
  return [...byAttempt].flatMap(([name, its]): CalledAttempt[] => {
    const [first] = its as [AgentCall];
    const known = ready.get(name);
    if (known === undefined) return [];
    const { agentId, runId, startedAtMs: begunAtMs } = first;
    const worked = its.map(({ startedAtMs, endedAtMs = known.toMs }) => ({
      fromMs: startedAtMs,
      toMs: Math.min(endedAtMs, known.toMs),
    }));
    return [{ agentId, runId, name, readyAtMs: known.fromMs, begunAtMs, worked }];
  });
}

function tooMany({ agentId, maxConcurrency }: CallLimit, attempts: readonly CalledAttempt[]): Finding[] {
  if (maxConcurrency === undefined) return [];
  const most = mostAtOnce(attempts.map(({ name, worked }) => ({ name, times: worked })));
  if (most.names.length <= maxConcurrency) return [];
  const text = `${agentId} worked on ${most.names.join(', ')} at ${most.atMs}, at most ${maxConcurrency} at a time`;
  return [{ text }];
}

/**
 * An attempt got its slot after it was ready and before it was called. So those that were ready after the beginning of a
 * time, and called before its end, got theirs in it.
 */
function tooFast({ agentId, rate }: CallLimit, attempts: readonly CalledAttempt[]): Finding[] {
  if (rate === undefined) return [];
  const inOrder = attempts.toSorted((a, b) => a.begunAtMs - b.begunAtMs);
  for (const { readyAtMs: fromMs } of attempts) {
    let count = 0;
    for (const { readyAtMs, begunAtMs: toMs } of inOrder) {
      if (readyAtMs < fromMs) continue;
      count += 1;
      const most = rate.limit + ((toMs + SLACK_MS - fromMs) * rate.limit) / rate.perMs;
      if (count > most) {
        const ms = Math.round(toMs - fromMs);
        return [
          {
            text: `${agentId} was called for ${count} attempts in the ${ms} ms after ${fromMs}, at most ${Math.floor(most)} may be`,
          },
        ];
      }
    }
  }
  return [];
}

/** Clocks of Postgres and of the agents tell milliseconds. */
const SLACK_MS = 1;
