import type { AgentCall } from '../../agents/journal.ts';
import { mostAtOnce } from '../at-once.ts';
import { endedAtMs } from '../family.ts';
import { callsByRun, placedEvents, rule, type Finding, type RoundHistory, type StoredRun } from '../history.ts';
import type { Interval } from '../interval.ts';

/** A limit is never exceeded, and every slot comes back. */
export const limited = rule(
  'limited',
  'never more runs of a limit are under way than it allows, by the commits that began and ended them and by what the agents counted; no agent is called for a run before it was admitted; no slot is held and nobody waits in the end',
  (history) => {
    const byRun = callsByRun(history.calls);
    const under = runsUnderLimits(history);
    const findings = [...Map.groupBy(under, ({ key }) => key)].flatMap(([key, members]) => {
      const [most = 0] = members.map((member) => member.most);
      return [
        ...exceeded(
          `${key} by its commits`,
          most,
          members.map(({ run }) => ({ run, times: [admission(run, history)] })),
        ),
        ...exceeded(
          `${key} by its agents`,
          most,
          members.map(({ run }) => ({ run, times: worked(run, byRun.get(run.runId) ?? [], history) })),
        ),
      ];
    });
    const runs = new Set(under.map(({ run }) => run));
    const early = [...runs].flatMap((run) => calledEarly(run, byRun.get(run.runId) ?? [], history));
    return [...findings, ...early, ...left(history)];
  },
);

interface LimitedRun {
  readonly key: string;
  readonly most: number;
  readonly run: StoredRun;
}

function runsUnderLimits({ records, runs }: RoundHistory): LimitedRun[] {
  return records.flatMap(({ order, runIds: [runId = ''] }) => {
    const run = runs.get(runId);
    if (run === undefined) return [];
    return (order.graph.limits ?? []).map(({ most, keyOf }) => ({ key: keyOf(order.input), most, run }));
  });
}

/** From when to when a run held its slots at least; nothing where it never began. */
function admission(run: StoredRun, { observedUntilMs }: RoundHistory): Interval {
  const admitted = placedEvents(run).find(({ event }) => event.case === 'runAdmitted');
  const toMs = endedAtMs(run) ?? observedUntilMs;
  return { fromMs: admitted?.committedAtMs ?? toMs, toMs };
}

/** When agents worked for a run. What goes on after its end is for a dispatch that was lost. */
function worked(run: StoredRun, calls: readonly AgentCall[], history: RoundHistory): Interval[] {
  const { toMs: endMs } = admission(run, history);
  return calls.map(({ startedAtMs, endedAtMs: toMs = endMs }) => ({
    fromMs: startedAtMs,
    toMs: Math.min(toMs, endMs),
  }));
}

function exceeded(
  what: string,
  most: number,
  members: readonly { readonly run: StoredRun; readonly times: readonly Interval[] }[],
): Finding[] {
  const { atMs, names } = mostAtOnce(members.map(({ run, times }) => ({ name: run.runId, times })));
  const runId = names.at(-1);
  if (runId === undefined || names.length <= most) return [];
  return [{ runId, text: `${what}: ${names.join(', ')} were under way at ${atMs}, at most ${most} may be` }];
}

function calledEarly(run: StoredRun, calls: readonly AgentCall[], history: RoundHistory): Finding[] {
  const { runId } = run;
  const { fromMs } = admission(run, history);
  return calls
    .filter(({ startedAtMs }) => startedAtMs < Math.floor(fromMs))
    .map(({ nodeId, startedAtMs }) => ({
      runId,
      text: `${nodeId} was called ${Math.round(fromMs - startedAtMs)} ms before the run was admitted`,
    }));
}

function left({ slotsLeft }: RoundHistory): Finding[] {
  return slotsLeft === 0 ? [] : [{ text: `${slotsLeft} slots are held or waited for, and nobody is under way` }];
}
