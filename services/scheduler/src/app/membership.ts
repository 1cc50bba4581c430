/**
 * This scheduler's place among the live ones.
 *
 * Owns: its session with the store of the members, its heartbeat, and whether it can be sure that it lives. Does not
 * own: what follows (SchedulerCore), nor the safety of runs (the key of their rows).
 *
 * M1. Who finds a member dead deletes its row and is thereby the judge: the dead finds out by its missing row.
 * M2. A member acts only while it is fresh: its last heartbeat is so young that nobody can have found it dead.
 * M3. Who has just connected judges nobody until JUDGE_AFTER_MS have passed: after an outage of the database every
 *     member looks dead, and deserves the time to come back.
 * M4. A row of another life with the same id is replaced when that life is over, and respected while it is not: two
 *     schedulers with one id must not take turns.
 * M5. Changes are told at once; the heartbeat finds what was not told.
 * M6. The time of durable deadlines is the store's: it is read with each heartbeat and kept by the monotonic clock.
 *
 *   connecting ─▶ joined ─▶ fresh ◀─▶ unsure (no heartbeat gets through)
 *        ▲                    │          │
 *        └──── excluded ◀─────┴──────────┘ (the row is gone)
 */
import type { LimitKey } from './limits/limit-store.ts';
import type { Heartbeat, Life, MemberSession, MemberStore } from './member-store.ts';
import type { Member } from './ownership.ts';

/** What a membership needs. */
export interface MembershipOptions {
  readonly store: MemberStore;
  readonly life: Life;
  /** The live schedulers have changed. `rejoined`: this one was not among them until now. */
  readonly onMembers: (members: readonly Member[], rejoined: boolean) => void;
  /** This scheduler was found dead, and joins again. */
  readonly onExcluded: () => void;
  /** It could not be sure for a while that it lives, and now is again. */
  readonly onResumed: () => void;
  /** Another process has applied a workflow; undefined: perhaps any, because word may have been missed. */
  readonly onWorkflowChanged: (workflow: string | undefined) => void;
  /** A user has changed schedules. */
  readonly onSchedulesChanged: () => void;
  /** A run has got its slots; undefined: operators may have changed limits. */
  readonly onLimitsChanged: (runId: string | undefined) => void;
  /** A slot for a call came free under this limit. */
  readonly onCallSlotFreed: (limit: LimitKey) => void;
  /** A try failed; the next follows. */
  readonly onRetry: (error: unknown) => void;
}

/** Another scheduler lives under the same id. */
export class SchedulerIdTakenError extends Error {
  override readonly name = 'SchedulerIdTakenError';
}

const HEARTBEAT_MS = 1000;
const RETRY_MS = 250;
const JUDGE_AFTER_MS = 1500;
/** M2: DEAD_AFTER_MS, with room for the way of the heartbeat and for clocks that run unevenly. */
const FRESH_MS = 2500;

export class Membership implements AsyncDisposable {
  readonly #options: MembershipOptions;
  readonly #first = Promise.withResolvers<void>();
  #session: MemberSession | undefined;
  #connectedAtMs = 0;
  /** Monotonic time at which the last heartbeat that was answered was sent. */
  #beatAtMs = Number.NEGATIVE_INFINITY;
  /** The store's time at monotonic time zero. */
  #epochMs = Date.now() - performance.now();
  #members: readonly Member[] = [];
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #beatAgain = false;
  #stopped = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#beat();
  }

  /** M2. */
  get isFresh(): boolean {
    return performance.now() - this.#beatAtMs < FRESH_MS;
  }

  /** Resolves after the first try, whatever came of it. */
  get firstTry(): Promise<void> {
    return this.#first.promise;
  }

  /** Now by the store's clock, in milliseconds since 1970 (M6). */
  nowMs(): number {
    return Math.round(this.#epochMs + performance.now());
  }

  /** Leaves: the others take over at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#beating;
    this.#beatAtMs = Number.NEGATIVE_INFINITY;
    const session = this.#session;
    this.#session = undefined;
    // A store that is away tells nobody; the others find out.
    await session?.leave(this.#options.life).catch(() => {});
    await session?.close().catch(() => {});
  }

  /** One heartbeat now, or right after the one under way. */
  #beat(): void {
    if (this.#stopped) return;
    this.#beatAgain = this.#beating !== undefined;
    if (this.#beatAgain) return;
    clearTimeout(this.#timer);
    this.#beating = this.#beatAndArm();
  }

  async #beatAndArm(): Promise<void> {
    const pauseMs = await this.#beatOnce();
    this.#beating = undefined;
    this.#first.resolve();
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#beat(), this.#beatAgain ? 0 : pauseMs);
    this.#beatAgain = false;
  }

  /** Answers how long to wait for the next one. */
  async #beatOnce(): Promise<number> {
    try {
      const session = this.#session ?? (await this.#connect());
      const sentAtMs = performance.now();
      const mayJudge = sentAtMs - this.#connectedAtMs >= JUDGE_AFTER_MS;
      const heartbeat = await session.heartbeat(this.#options.life, mayJudge);
      if (this.#stopped || session !== this.#session) return RETRY_MS;
      if (heartbeat.lives) this.#take(heartbeat, sentAtMs);
      else await this.#join(session);
      return heartbeat.lives ? HEARTBEAT_MS : 0;
    } catch (error) {
      this.#drop();
      if (!this.#stopped) this.#options.onRetry(error);
      return RETRY_MS;
    }
  }

  async #connect(): Promise<MemberSession> {
    let session: MemberSession | undefined;
    let isLost = false;
    session = await this.#options.store.open({
      membersChanged: () => this.#beat(),
      workflowChanged: (workflow) => this.#options.onWorkflowChanged(workflow),
      schedulesChanged: () => this.#options.onSchedulesChanged(),
      limitsChanged: (runId) => this.#options.onLimitsChanged(runId === '' ? undefined : runId),
      callSlotFreed: (limit) => this.#options.onCallSlotFreed(limit),
      lost: () => {
        // It may end before it was handed over.
        isLost = true;
        if (session === undefined || this.#session !== session) return;
        this.#session = undefined;
        this.#beat();
      },
    });
    if (isLost) throw new Error('the session with the store ended as soon as it was opened');
    this.#session = session;
    this.#connectedAtMs = performance.now();
    this.#options.onWorkflowChanged(undefined);
    this.#options.onLimitsChanged(undefined);
    await this.#join(session);
    return session;
  }

  /** M1, M4. A row of this life that is still there says that nobody has taken this scheduler's place. */
  async #join(session: MemberSession): Promise<void> {
    const { life, onExcluded } = this.#options;
    const outcome = await session.join(life);
    if (outcome !== 'known' && this.#members.length > 0) {
      this.#members = [];
      this.#beatAtMs = Number.NEGATIVE_INFINITY;
      onExcluded();
    }
    if (outcome !== 'taken') return;
    throw new SchedulerIdTakenError(
      `another scheduler named ${life.schedulerId} is alive; give each a name of its own in SKEIN_SCHEDULER_ID`,
    );
  }

  #take({ members, nowMs }: Heartbeat, sentAtMs: number): void {
    const { onMembers, onResumed } = this.#options;
    const answeredAtMs = performance.now();
    const hadLapsed = answeredAtMs - this.#beatAtMs >= FRESH_MS;
    this.#readClock(nowMs, sentAtMs, answeredAtMs);
    this.#beatAtMs = sentAtMs;
    const before = this.#members;
    if (!isSame(before, members)) {
      this.#members = members;
      onMembers(members, before.length === 0);
    }
    if (hadLapsed && before.length > 0) onResumed();
  }

  /** M6. What the clock was thought to be stands for as long as it fits what the store says. */
  #readClock(nowMs: number, sentAtMs: number, answeredAtMs: number): void {
    const earliestMs = nowMs - answeredAtMs;
    const latestMs = nowMs - sentAtMs;
    if (this.#epochMs >= earliestMs && this.#epochMs <= latestMs) return;
    this.#epochMs = (earliestMs + latestMs) / 2;
  }

  #drop(): void {
    const session = this.#session;
    this.#session = undefined;
    session?.close().catch(() => {});
  }
}

function isSame(some: readonly Member[], others: readonly Member[]): boolean {
  const textOf = (members: readonly Member[]) =>
    members.map((it) => `${it.schedulerId} ${it.address} ${it.historyVersion}`).join('\n');
  return textOf(some) === textOf(others);
}
