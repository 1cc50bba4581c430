/** What a round came to, in numbers. */
import { isCalled } from '../checker/family.ts';
import type { Interval } from '../checker/interval.ts';
import { gapsWithoutHolder } from '../checker/rules/holder.ts';
import type { RoundResult } from '../round.ts';

export interface RoundFigures {
  readonly runs: number;
  readonly byState: ReadonlyMap<string, number>;
  readonly events: number;
  readonly calls: number;
  /** Calls beyond the first of the same attempt, each with its reason. */
  readonly repeatedCalls: ReadonlyMap<string, number>;
  /** Attempts beyond the first of a node, by why the one before failed. */
  readonly retries: ReadonlyMap<string, number>;
  /** Requests that clients had to repeat, by reason. */
  readonly unanswered: ReadonlyMap<string, number>;
  /** What clients did besides: answers that were taken, deletions that were answered, and how many of them during a fault. */
  readonly deeds: ReadonlyMap<string, number>;
  /** Longest time in which nobody worked for a node that waited, in milliseconds; without standstills. */
  readonly longestGapMs: number;
  /** Longest time from a client's first request until its acknowledgement, in milliseconds. */
  readonly longestAckMs: number;
  /** From the beginning of a fault until small runs went through again as before, in milliseconds; 0: nobody noticed. */
  readonly recoveryMs: readonly number[];
}

/** A small run that takes longer was held up. */
const HELD_UP_MS = 1000;

/** The figures of a round. */
export function figuresOf(result: RoundResult): RoundFigures {
  const { history, faults, canary, endedAtMs } = result;
  const runs = [...history.runs.values()];
  const events = runs.flatMap(({ transitions }) => transitions.flatMap((transition) => transition.events));
  const acks = history.records.flatMap(({ askedAtMs, acknowledgedAtMs }) =>
    askedAtMs === undefined || acknowledgedAtMs === undefined ? [] : [acknowledgedAtMs - askedAtMs],
  );
  const lost = events.flatMap(({ event }) => (event.case === 'taskDispatchLost' ? [event.value.reason] : []));
  const repeated = history.calls.filter(({ dispatch }) => dispatch > 1).length;
  const failures = events.flatMap(({ event }) =>
    event.case === 'nodeRetryScheduled' ? [event.value.failure?.code ?? 'unknown'] : [],
  );
  return {
    runs: runs.length,
    byState: counted(runs.map(({ status }) => status)),
    events: events.length,
    calls: history.calls.length,
    repeatedCalls: new Map([
      ['called again after a lost dispatch', repeated],
      ...counted(lost.map((reason) => `dispatches lost: ${LOSS[reason] ?? 'for no reason'}`)),
    ]),
    retries: counted(failures),
    unanswered: totals(history.records.map((record) => record.unanswered)),
    deeds: deedsOf(result),
    longestGapMs: Math.max(0, ...gapsWithoutHolder(history).map(({ ms }) => ms)),
    longestAckMs: Math.max(0, ...acks),
    recoveryMs: faults.map((fault) => recoveryOf(fault, canary, endedAtMs)),
  };
}

function deedsOf({ history, faults }: RoundResult): Map<string, number> {
  const { records, runs } = history;
  const isInFault = (atMs: number): boolean => faults.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  const answers = records.flatMap((record) => record.answers.map(({ atMs }) => atMs));
  const deletions = records.flatMap(({ deletion }) => deletion?.answeredAtMs ?? []);
  return new Map([
    ['questions answered', answers.length],
    ['of them during a fault', answers.filter(isInFault).length],
    ['runs deleted', deletions.length],
    ['of those during a fault', deletions.filter(isInFault).length],
    ['runs started by agents', [...runs.values()].filter(isCalled).length],
  ]);
}

const LOSS: Readonly<Record<number, string>> = { 1: 'executor lost', 2: 'scheduler lost' };

function recoveryOf({ fromMs, toMs }: Interval, canary: RoundResult['canary'], endedAtMs: number): number {
  const heldUp = canary.filter(({ startedAtMs, answeredAtMs = endedAtMs }) => {
    return answeredAtMs > fromMs && startedAtMs < toMs && answeredAtMs - startedAtMs > HELD_UP_MS;
  });
  const last = heldUp.at(-1);
  return last === undefined ? 0 : (last.answeredAtMs ?? endedAtMs) - fromMs;
}

function counted(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function totals(maps: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const map of maps) for (const [word, count] of map) sums.set(word, (sums.get(word) ?? 0) + count);
  return sums;
}
