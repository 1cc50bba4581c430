/** A schedule as the domain has it: what it says, and where it stands. All of it is plain JSON. */
import type { JsonObject, JsonValue, SearchAttributes } from '@skein/domain';

/** What becomes of a fire while a run is open; see the contract. */
export type OverlapPolicy = 'skip' | 'buffer_one' | 'buffer_all' | 'cancel_other' | 'terminate_other' | 'allow_all';

/** When runs are started, and which. Checked. */
export interface ScheduleSpec extends TimesSpec {
  readonly description: string;
  readonly overlap: OverlapPolicy;
  readonly catchUpWindowMs: number;
  readonly action: ScheduleAction;
}

/** When: everything that fire times follow from. */
export interface TimesSpec {
  readonly crons: readonly string[];
  /** An IANA name. */
  readonly timeZone: string;
  readonly intervals: readonly IntervalSpec[];
  readonly jitterMs: number;
  /** Inclusive, in milliseconds since 1970. */
  readonly startMs: number | null;
  /** Exclusive. */
  readonly endMs: number | null;
  readonly skip: SkipSpec;
}

/** Fire times at a fixed distance, counted from 1970 and the offset. */
export interface IntervalSpec {
  readonly everyMs: number;
  readonly offsetMs: number;
}

/** Fire times that are left out. */
export interface SkipSpec {
  /** Days as `2026-12-24`, both included. */
  readonly dates: readonly { readonly first: string; readonly last: string }[];
  readonly crons: readonly string[];
}

/** A start. */
export interface ScheduleAction {
  readonly target: ScheduleTarget;
  readonly input: JsonValue;
  readonly labels: Readonly<Record<string, string>>;
  readonly sessionId: string;
  /** They go before those that the workflow makes of its input. Default: none. */
  readonly searchAttributes?: SearchAttributes;
  /** Default: none. */
  readonly memo?: JsonObject;
  /** 1 to 5. Default: what the definition says. */
  readonly priority?: number;
  /** Default: what the definition says. */
  readonly fairnessKey?: string;
}

/** What to run. */
export type ScheduleTarget =
  | { readonly kind: 'workflow'; readonly workflowId: string; readonly version: number }
  | { readonly kind: 'agent'; readonly agentId: string; readonly skillId: string; readonly config: JsonObject }
  | { readonly kind: 'llm'; readonly model: string }
  | { readonly kind: 'tool'; readonly toolId: string };

/** Names a schedule. */
export interface ScheduleKey {
  readonly namespace: string;
  readonly scheduleId: string;
}

/** Where a schedule stands. */
export interface ScheduleState {
  readonly isPaused: boolean;
  readonly pauseReason: string;
  /** Fire times up to this one are decided, in milliseconds since 1970. */
  readonly decidedUntilMs: number;
  /** Decided to be started, oldest first; whether the runs exist is not on record yet. */
  readonly pending: readonly PendingFire[];
  /** Started and, as far as it was looked at, open; oldest first. */
  readonly running: readonly RunningFire[];
  /** Wait for the end of a run, oldest first. */
  readonly buffered: readonly Fire[];
  readonly backfills: readonly Backfill[];
  /** What became of the last fires, newest first. */
  readonly recent: readonly SettledFire[];
  /** The last triggers that had a request id, newest first. */
  readonly triggers: readonly { readonly requestId: string; readonly fire: Fire }[];
}

/** What made a schedule fire. */
export type FireKind = 'time' | 'trigger' | 'backfill';

/** One fire. */
export interface Fire {
  readonly kind: FireKind;
  /** The time that the spec names; for a trigger, its time. */
  readonly fireMs: number;
  /** The run that it starts, should it come to that. */
  readonly runId: string;
}

/** A fire whose run is to be started. */
export interface PendingFire extends Fire {
  readonly decidedMs: number;
  /** Runs that are to be ended before. */
  readonly ends: readonly string[];
  readonly endsBy: 'cancel' | 'terminate';
}

/** A fire whose run exists. */
export type RunningFire = Pick<Fire, 'fireMs' | 'runId'>;

/** Fire times of the past that are to be acted upon. */
export interface Backfill {
  /** The first that counts still, in milliseconds since 1970. */
  readonly nextMs: number;
  /** Exclusive. */
  readonly endMs: number;
  readonly overlap: OverlapPolicy;
}

/** A fire and what became of it. */
export interface SettledFire extends Fire {
  readonly decidedMs: number;
  readonly outcome: 'started' | 'skipped' | 'failed';
  readonly skipReason?: SkipReason;
  readonly failure?: FireFailure;
  /** With the reason `missed`: all fire times from this one to before that were. */
  readonly missedUntilMs?: number;
}

/** Why nothing was started. */
export type SkipReason = 'overlap' | 'buffer_full' | 'missed';

/** Why nothing could be started. */
export interface FireFailure {
  readonly code: string;
  readonly message: string;
  readonly place: string;
  readonly remedy: string;
}

/** A schedule that has just been made. */
export function newScheduleState(nowMs: number, pauseReason: string): ScheduleState {
  return {
    isPaused: pauseReason !== '',
    pauseReason,
    decidedUntilMs: nowMs,
    pending: [],
    running: [],
    buffered: [],
    backfills: [],
    recent: [],
    triggers: [],
  };
}
