/** Everything that is known of a round when it is over: what was asked, seen, stored, called and hurt. */
import type { RunEvent } from '@skein/contracts/event';
import type { AgentCall } from '../agents/journal.ts';
import type { OrderRecord, SeenRun } from '../load/record.ts';
import type { PlacedSchedule } from '../load/schedule.ts';
import type { SetSize } from '../set/layout.ts';
import type { UnaskedEnd } from '../set/member.ts';
import type { DeletedRun } from './deletions.ts';
import type { Interval } from './interval.ts';

/** One transition as the scheduler stored it. */
export interface StoredTransition {
  readonly firstSeq: number;
  /** As the row says it. */
  readonly eventCount: number;
  /** By Postgres, which no fault moves. */
  readonly committedAtMs: number;
  readonly events: readonly RunEvent[];
}

/** A run as it was stored. */
export interface StoredRun {
  readonly runId: string;
  /** The order that it was started for; `canary` for the small ones; empty for those of schedules. */
  readonly orderId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The run that it does the work of a node for; empty: none. */
  readonly parentRunId: string;
  /** Of its row, such as RUNNING, WAITING or DONE. */
  readonly status: string;
  readonly transitions: readonly StoredTransition[];
  /** What event-log has of it. */
  readonly logged: readonly RunEvent[];
  /** What the API says of it in the end, and again later. */
  readonly answers: readonly SeenRun[];
  /** What it waits for, where it is open. */
  readonly waitingFor: string;
}

/** A part that could not do its work for a time: dead, frozen, starved or cut off. */
export interface Silence extends Interval {
  /** `scheduler-1`, `executor-2`, `postgres`, `agents`, … */
  readonly who: string;
}

/** A round that is over. */
export interface RoundHistory {
  readonly size: SetSize;
  readonly records: readonly OrderRecord[];
  readonly schedules: readonly PlacedSchedule[];
  readonly runs: ReadonlyMap<string, StoredRun>;
  /** Calls of agents for runs of this round, in order of arrival. */
  readonly calls: readonly AgentCall[];
  readonly silences: readonly Silence[];
  /** Times when any connection was cut or slow, or anything was frozen: what was under way may have come late. */
  readonly held: readonly Interval[];
  /** Times in which the harness itself got no turn: the machine was too busy to judge by. */
  readonly stalls: readonly Interval[];
  readonly unaskedEnds: readonly UnaskedEnd[];
  /** Rows left in the outbox after the time they had to go. */
  readonly outboxLeft: number;
  /** Slots of limits, of runs and of calls, that are held or waited for after every run has ended, and time to give them back. */
  readonly slotsLeft: number;
  /** Runs that were deleted, after event-log has had time to follow. */
  readonly deletions: readonly DeletedRun[];
  /** When looking ended. */
  readonly observedUntilMs: number;
}

/** A broken promise. */
export interface Violation {
  /** Name of the rule. */
  readonly rule: string;
  /** The run that it was broken to. Undefined: none in particular. */
  readonly runId: string | undefined;
  /** What happened, with the evidence. */
  readonly text: string;
}

/** A promise, and who finds where it was broken. */
export interface Rule {
  readonly name: string;
  /** The promise in words. */
  readonly promise: string;
  check(history: RoundHistory): readonly Violation[];
}

/** A violation of a rule, to be named by it. */
export interface Finding {
  readonly runId?: string;
  readonly text: string;
}

/** Makes a rule of a function that finds where it is broken. */
export function rule(name: string, promise: string, find: (history: RoundHistory) => readonly Finding[]): Rule {
  const check = (history: RoundHistory): Violation[] =>
    find(history).map(({ runId, text }) => ({ rule: name, runId, text }));
  return { name, promise, check };
}

/** An event with where it stands and when it was durable. */
export interface PlacedEvent {
  readonly seq: number;
  readonly committedAtMs: number;
  readonly event: RunEvent['event'];
}

/** The events of a run in order. */
export function placedEvents(run: StoredRun): PlacedEvent[] {
  return run.transitions.flatMap(({ firstSeq, committedAtMs, events }) =>
    events.map(({ event }, index) => ({ seq: firstSeq + index, committedAtMs, event })),
  );
}

/** Whether a run in this state has not ended. */
export function isOpen(status: string): boolean {
  return !['DONE', 'FAILED', 'CANCELLED', 'TERMINATED'].includes(status);
}

/** Whether an event ends its run. */
export function endsRun({ event }: Pick<PlacedEvent, 'event'>): boolean {
  return /^run(Done|Failed|Cancelled|Terminated)$/.test(event.case ?? '');
}

/** Calls by run. */
export function callsByRun(calls: readonly AgentCall[]): ReadonlyMap<string, readonly AgentCall[]> {
  return Map.groupBy(calls, ({ runId }) => runId);
}
