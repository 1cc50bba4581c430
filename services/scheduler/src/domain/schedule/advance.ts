/**
 * Brings a schedule up to a time: decides what has become due. Pure; the same state, time and open runs give the same
 * decisions.
 *
 * G1. Every fire time is decided once: started, skipped, buffered, or missed together with others.
 * G2. Fires are decided in the order of their times, those that wait before those that come.
 * G3. One call decides at most MAX_FIRES and asks to be called again at once where more are due.
 * G4. What is decided to be started stays pending until somebody says what came of it (settle.ts).
 */
import { runIdOfFire } from './derived.ts';
import type { FireTimes } from './fire-times.ts';
import type {
  Backfill,
  Fire,
  OverlapPolicy,
  PendingFire,
  ScheduleKey,
  ScheduleSpec,
  ScheduleState,
  SettledFire,
} from './schedule.ts';

/** Fires that one call decides. */
export const MAX_FIRES = 100;
/** Fires that may wait under `buffer_all`. */
export const MAX_BUFFERED = 1000;
/** Fires of the past that are remembered. */
export const MAX_RECENT = 10;
/** When a schedule is looked at again that waits for something nobody tells of. */
export const LOOK_AGAIN_MS = 1000;

/** A schedule that is to be brought up to date. */
export interface AdvanceInput {
  readonly key: ScheduleKey;
  readonly spec: Pick<ScheduleSpec, 'overlap' | 'catchUpWindowMs' | 'jitterMs'>;
  readonly state: ScheduleState;
  readonly times: FireTimes;
  readonly nowMs: number;
  /** Runs of the schedule that are known to have ended. */
  readonly ended: ReadonlySet<string>;
}

/** What it has come to. */
export interface Advanced {
  readonly state: ScheduleState;
  /** The next fire time, without jitter; undefined: none, or paused. */
  readonly nextFireMs: number | undefined;
  /** When somebody has to look again; undefined: when a user changes something. */
  readonly checkAtMs: number | undefined;
  /** Whether fire times have come that are not decided yet (G3). */
  readonly isBehind: boolean;
}

/** Decides what is due. */
export function advance(input: AdvanceInput): Advanced {
  const decision = new Decision(input);
  decision.startBuffered();
  decision.fireDue();
  decision.fireBackfills();
  return decision.result();
}

/** Decides one fire that is due now, besides what is due by time. */
export function fireNow(input: AdvanceInput, fire: Fire, overlap: OverlapPolicy): Advanced {
  const decision = new Decision(input);
  decision.startBuffered();
  decision.fireDue();
  decision.take(fire, overlap);
  decision.fireBackfills();
  return decision.result();
}

class Decision {
  readonly #input: AdvanceInput;
  readonly #pending: PendingFire[];
  readonly #running: ScheduleState['running'];
  readonly #buffered: Fire[];
  #backfills: readonly Backfill[];
  #recent: readonly SettledFire[];
  #decidedUntilMs: number;
  #nextFireMs: number | undefined;
  #nextDueMs: number | undefined;
  #isBehind = false;
  #firesLeft = MAX_FIRES;

  constructor(input: AdvanceInput) {
    const { state, ended } = input;
    this.#input = input;
    this.#pending = [...state.pending];
    this.#running = state.running.filter(({ runId }) => !ended.has(runId));
    this.#buffered = [...state.buffered];
    this.#backfills = state.backfills;
    this.#recent = state.recent;
    this.#decidedUntilMs = state.decidedUntilMs;
  }

  /** G2. Of those that wait the first is started once nothing is open any more; a pause holds what came by time. */
  startBuffered(): void {
    const index = this.#nextBuffered();
    if (this.#hasOpen || index === -1) return;
    const [fire] = this.#buffered.splice(index, 1);
    if (fire !== undefined) this.#start(fire, 'allow_all');
  }

  /** G1. What came by time since the last call. */
  fireDue(): void {
    const { key, spec, state, times, nowMs } = this.#input;
    if (state.isPaused) return;
    const windowMs = nowMs - spec.catchUpWindowMs;
    let next = times.after(this.#decidedUntilMs);
    while (next !== undefined && next.dueMs <= nowMs && this.#firesLeft > 0) {
      const { fireMs, dueMs, isLeftOut } = next;
      this.#decidedUntilMs = fireMs;
      if (!isLeftOut && dueMs < windowMs) this.#miss(fireMs, windowMs - spec.jitterMs - 1);
      else if (!isLeftOut) this.take({ kind: 'time', fireMs, runId: runIdOfFire(key, fireMs) }, spec.overlap);
      this.#firesLeft -= 1;
      next = times.after(this.#decidedUntilMs);
    }
    this.#isBehind = next !== undefined && next.dueMs <= nowMs;
    this.#nextFireMs = next?.fireMs;
    this.#nextDueMs = next === undefined ? undefined : Math.max(next.dueMs, nowMs);
  }

  /** Fire times of the past; under `buffer_all` they wait where they are. */
  fireBackfills(): void {
    this.#backfills = this.#backfills.flatMap((backfill) => this.#fireBackfill(backfill) ?? []);
  }

  /** Decides one fire by the overlap policy. */
  take(fire: Fire, overlap: OverlapPolicy): void {
    if (!this.#isBusy || overlap === 'allow_all' || overlap === 'cancel_other' || overlap === 'terminate_other') {
      this.#start(fire, overlap);
    } else if (overlap === 'skip') {
      this.#settle({ ...fire, decidedMs: this.#input.nowMs, outcome: 'skipped', skipReason: 'overlap' });
    } else if (this.#buffered.length >= (overlap === 'buffer_one' ? 1 : MAX_BUFFERED)) {
      this.#settle({ ...fire, decidedMs: this.#input.nowMs, outcome: 'skipped', skipReason: 'buffer_full' });
    } else {
      this.#buffered.push(fire);
    }
  }

  result(): Advanced {
    return {
      state: {
        ...this.#input.state,
        decidedUntilMs: this.#decidedUntilMs,
        pending: this.#pending,
        running: this.#running,
        buffered: this.#buffered,
        backfills: this.#backfills,
        recent: this.#recent,
      },
      nextFireMs: this.#nextFireMs,
      checkAtMs: this.#checkAt(),
      isBehind: this.#isBehind,
    };
  }

  get #hasOpen(): boolean {
    return this.#pending.length > 0 || this.#running.length > 0;
  }

  /** Whether a fire overlaps with something; what a pause holds back is nothing to wait for. */
  get #isBusy(): boolean {
    return this.#hasOpen || this.#nextBuffered() !== -1;
  }

  #nextBuffered(): number {
    return this.#buffered.findIndex(({ kind }) => !this.#input.state.isPaused || kind !== 'time');
  }

  #start(fire: Fire, overlap: OverlapPolicy): void {
    const isEnding = overlap === 'cancel_other' || overlap === 'terminate_other';
    this.#pending.push({
      ...fire,
      decidedMs: this.#input.nowMs,
      ends: isEnding ? [...this.#running, ...this.#pending].map(({ runId }) => runId) : [],
      endsBy: overlap === 'terminate_other' ? 'terminate' : 'cancel',
    });
  }

  /** All fire times from one to the end of what nobody makes up for, in one step. */
  #miss(fireMs: number, untilMs: number): void {
    const { key, nowMs } = this.#input;
    this.#decidedUntilMs = Math.max(fireMs, untilMs);
    const missedUntilMs = this.#decidedUntilMs + 1;
    const [last, ...before] = this.#recent;
    const isContinued = last?.skipReason === 'missed' && last.missedUntilMs !== undefined && last.decidedMs === nowMs;
    if (isContinued) this.#recent = [{ ...last, missedUntilMs }, ...before];
    else {
      const fire: Fire = { kind: 'time', fireMs, runId: runIdOfFire(key, fireMs) };
      this.#settle({ ...fire, decidedMs: nowMs, outcome: 'skipped', skipReason: 'missed', missedUntilMs });
    }
  }

  /** What is left of a backfill. */
  #fireBackfill(backfill: Backfill): Backfill | undefined {
    const { key, times } = this.#input;
    let { nextMs } = backfill;
    for (;;) {
      const next = times.after(nextMs - 1);
      if (next === undefined || next.fireMs >= backfill.endMs) return undefined;
      const { fireMs, isLeftOut } = next;
      if (this.#firesLeft === 0 || (backfill.overlap === 'buffer_all' && this.#isBusy)) return { ...backfill, nextMs };
      this.#firesLeft -= 1;
      if (!isLeftOut) this.take({ kind: 'backfill', fireMs, runId: runIdOfFire(key, fireMs) }, backfill.overlap);
      nextMs = fireMs + 1;
    }
  }

  #settle(fire: SettledFire): void {
    this.#recent = [fire, ...this.#recent].slice(0, MAX_RECENT);
  }

  #checkAt(): number | undefined {
    const { nowMs } = this.#input;
    const isWaiting = this.#nextBuffered() !== -1 || this.#backfills.length > 0;
    // G3.
    if (isWaiting && this.#firesLeft === 0) return nowMs;
    const waitMs = isWaiting || this.#pending.length > 0 ? nowMs + LOOK_AGAIN_MS : Number.POSITIVE_INFINITY;
    const checkAtMs = Math.min(waitMs, this.#nextDueMs ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(checkAtMs) ? checkAtMs : undefined;
  }
}
