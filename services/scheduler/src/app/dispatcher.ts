/**
 * Which task is where: waiting for an executor, held by one, or waiting to be announced after a restart.
 *
 * Owns: the queue of tasks, the executors' sessions and credits, and the timeouts that count from a
 * task's dispatch. Does not own: run state. Whether a task should exist at all is said by `reconcile`.
 *
 * T1. A node has at most one entry here, that of its current attempt and dispatch.
 * T2. An executor gets no more tasks than it granted credits for.
 * T3. Whatever a broken stream held is reported lost at once.
 * T4. A task of a run that was adopted waits for executors to announce what they have in hand; whoever has it is told
 *     by a claim to report it here. What nobody announces in time is lost.
 * T5. A task stays here until `reconcile` or `adopt` takes it away: a report or a loss that was told is only on its
 *     way to becoming a fact, and what is decided meanwhile must not bring the same task here again.
 * T6. An executor that has another stream is not lost with one: it is asked there what it has in hand.
 * T7. A task that is held back goes to nobody until it is not; whoever has it already keeps it.
 * T8. Where tasks wait for credits, priority goes first, and fairness keys take turns (TaskQueue).
 * T9. A delivery that was lost may be at work all the same, and its end would count. When its attempt is not wanted any
 *     more every executor is told to stop it: who has a delivery up to that one in hand does.
 * T10. A task whose agent has a limit goes to nobody before its attempt has a slot; when the attempt is over, or held back,
 *     the slot is given back. One that was adopted may have it, and is taken to.
 */
import type { DispatchKey, LossReason, TimeoutKind } from '@skein/domain';
import type { CallSlot, LimitKey } from './limits/limit-store.ts';
import type { TaskOrder } from './task-order.ts';
import { TaskQueue } from './task-queue.ts';

/** How an executor is reached; calls are buffered and never fail. */
export interface ExecutorChannel {
  sendTask(order: TaskOrder): void;
  sendCancellation(runId: string, key: DispatchKey, reason: string): void;
  /** The executor has this task in hand and is to report it here. */
  sendClaim(runId: string, key: DispatchKey): void;
  /** Asks what the executor has in hand. */
  sendAnnouncementRequest(): void;
}

/** One delivery of a task. */
export interface TaskAddress {
  readonly runId: string;
  readonly key: DispatchKey;
}

/** An executor on its stream. */
export interface ExecutorSession {
  readonly executorId: string;
  readonly channel: ExecutorChannel;
  /** Tasks that may still be sent. */
  credits: number;
  draining: boolean;
  /** Entries by node. */
  readonly held: Map<string, Entry>;
  /** What it said it has in hand and nobody here has asked for yet; undefined: it was asked and has not answered. */
  announced: Map<string, TaskAddress> | undefined;
}

/** What becomes of tasks, told to whoever owns run state. */
export interface DispatchListener {
  onTimeout(runId: string, key: DispatchKey, timeout: TimeoutKind): void;
  onLost(runId: string, key: DispatchKey, reason: LossReason): void;
  /** An executor has something in hand that there is no task for. */
  onUnclaimed(session: ExecutorSession, address: TaskAddress): void;
  /** A task needs a slot of its agent's limit (T10). */
  onSlotNeeded(limit: LimitKey, order: TaskOrder): void;
  /** What a task holds of its agent's limit may go to another one. */
  onSlotUnneeded(limit: LimitKey, order: TaskOrder): void;
}

/** Time a held task has over its start_to_close before the scheduler steps in: the executor's own timer comes first. */
export const TIMEOUT_GRACE_MS = 5000;
/** Time for executors to announce what they have in hand, from the last one to connect or to be asked. */
export const ANNOUNCE_MS = 200;
/** Longest time for that in all. */
export const MAX_ANNOUNCE_MS = 1000;
/** A timeout that has not changed anything is told again after this long: a command may be lost with the store. */
const REPEAT_TIMEOUT_MS = 60_000;
/** Longest delay that a timer of the platform keeps. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Entry {
  readonly order: TaskOrder;
  /**
   * `lost`: told, and waiting to be replaced by its next dispatch. `paused`: somebody has to let it go on. `limited`: it
   * has no slot of its agent's limit yet.
   */
  place: 'limited' | 'queued' | 'held' | 'unannounced' | 'lost' | 'paused';
  session: ExecutorSession | undefined;
  /** What its holder waits for before it calls anybody. Empty: nothing. */
  waitsFor: string;
  /** Its holder has said how it ended. */
  reported: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** The tasks of one scheduler. */
export class Dispatcher {
  readonly #listener: DispatchListener;
  readonly #entries = new Map<string, Entry>();
  readonly #sessions = new Set<ExecutorSession>();
  readonly #queue = new TaskQueue<Entry>();
  #announceTimer: NodeJS.Timeout | undefined;
  #announceLimit: NodeJS.Timeout | undefined;

  constructor(listener: DispatchListener) {
    this.#listener = listener;
  }

  /** For metrics and answers to "what does this run wait for". */
  get counts() {
    const credits = [...this.#sessions].reduce((sum, session) => sum + session.credits, 0);
    return { executors: this.#sessions.size, credits, tasks: this.#entries.size };
  }

  /** Whether the stream of this session still is there. */
  isConnected(session: ExecutorSession): boolean {
    return this.#sessions.has(session);
  }

  /** Where the task of a node is. */
  placeOf(
    runId: string,
    nodeId: string,
  ): { readonly place: Entry['place']; readonly executorId: string; readonly waitsFor: string } | undefined {
    const entry = this.#entries.get(entryKey(runId, nodeId));
    return entry && { place: entry.place, executorId: entry.session?.executorId ?? '', waitsFor: entry.waitsFor };
  }

  /** Whoever holds this delivery says what it waits for; for people alone. */
  noteWaiting(session: ExecutorSession, { runId, key }: TaskAddress, waitsFor: string): void {
    const entry = session.held.get(entryKey(runId, key.nodeId));
    if (entry !== undefined && sameDispatch(entry.order.key, key)) entry.waitsFor = waitsFor;
  }

  /** Says which task a node should have now; undefined: none. What does not fit is dropped and told to stop (T1). */
  reconcile(runId: string, nodeId: string, order: TaskOrder | undefined, reason: string): void {
    const isMissing = this.#isMissing(runId, nodeId, order, reason);
    if (order === undefined) return;
    if (isMissing) this.#enter(order);
    else this.#pauseOrResume(order);
  }

  /** The same for a run that this scheduler has just loaded: somebody may be working on the task already (T4). */
  adopt(runId: string, nodeId: string, order: TaskOrder | undefined): void {
    // What was told of a lost task has not arrived: it will be told again.
    const known = this.#entries.get(entryKey(runId, nodeId));
    if (known?.place === 'lost') this.#remove(known);
    if (!this.#isMissing(runId, nodeId, order, 'result not wanted any more') || order === undefined) return;
    const entry = newEntry(order, 'unannounced');
    this.#entries.set(entryKey(runId, nodeId), entry);
    for (const session of this.#sessions) if (this.#claim(entry, session)) return;
    if (this.#sessions.size > 0) this.#expectAnnouncements();
  }

  /** T10. The task has its slot; false: nobody has use for it any more. */
  slotGranted({ runId, key }: TaskOrder): boolean {
    const entry = this.#entries.get(entryKey(runId, key.nodeId));
    if (entry === undefined || entry.order.key.attempt !== key.attempt || entry.place === 'paused') return false;
    if (entry.place === 'limited') this.#enqueue(entry);
    return true;
  }

  /** Whether an attempt may have use for the slot that it holds. */
  usesSlot({ runId, nodeId, attempt }: CallSlot): boolean {
    const entry = this.#entries.get(entryKey(runId, nodeId));
    return entry !== undefined && entry.order.key.attempt === attempt && entry.place !== 'paused';
  }

  /** An executor has opened its stream and says what it is working on. */
  connect(executorId: string, channel: ExecutorChannel, inHand: readonly TaskAddress[]): ExecutorSession {
    const held = new Map<string, Entry>();
    const session: ExecutorSession = { executorId, channel, credits: 0, draining: false, held, announced: undefined };
    this.#sessions.add(session);
    this.announce(session, inHand);
    this.#expectAnnouncements(true);
    return session;
  }

  /** T4. An executor says what it has in hand. */
  announce(session: ExecutorSession, inHand: readonly TaskAddress[]): void {
    session.announced = new Map(inHand.map((address) => [entryKey(address.runId, address.key.nodeId), address]));
    for (const key of session.announced.keys()) {
      const entry = this.#entries.get(key);
      if (entry?.session?.executorId === session.executorId) session.announced.delete(key);
      else if (entry?.place === 'unannounced') this.#claim(entry, session);
    }
    if (session.announced.size > 0) this.#expectAnnouncements();
  }

  /** T4. Runs have been adopted: asks every executor what it has in hand. */
  askAnnouncements(): void {
    for (const session of this.#sessions) this.#ask(session);
  }

  /** An executor does not have what was claimed: it was settled elsewhere. */
  refuse(session: ExecutorSession, { runId, key }: TaskAddress): void {
    const entry = session.held.get(entryKey(runId, key.nodeId));
    if (entry !== undefined && sameDispatch(entry.order.key, key)) this.#lose(entry, 'executor_lost');
  }

  /** T3, T6. */
  disconnect(session: ExecutorSession): void {
    this.#leave(session);
    const sibling = [...this.#sessions].find(({ executorId }) => executorId === session.executorId);
    for (const entry of Array.from(session.held.values())) {
      if (sibling === undefined) this.#lose(entry, 'executor_lost');
      else this.#letGo(entry, 'unannounced');
    }
    if (sibling !== undefined) this.#ask(sibling);
  }

  /** T2. */
  grant(session: ExecutorSession, credits: number): void {
    session.credits += credits;
    this.#assign();
  }

  /** The executor wants nothing new; what it holds it will finish. */
  drain(session: ExecutorSession): void {
    session.draining = true;
  }

  /** An executor has said how a task ended: it need not be told to stop when the task is taken away (T5). */
  reported(session: ExecutorSession, runId: string, key: DispatchKey): void {
    const entry = session.held.get(entryKey(runId, key.nodeId));
    if (entry !== undefined && sameDispatch(entry.order.key, key)) entry.reported = true;
  }

  /** Forgets the tasks of runs that are somebody else's now; nobody is told, and executors go on with them. */
  release(isReleased: (runId: string) => boolean): void {
    for (const entry of Array.from(this.#entries.values())) if (isReleased(entry.order.runId)) this.#remove(entry);
  }

  #enter(order: TaskOrder): void {
    const entry = newEntry(order, 'paused');
    this.#entries.set(entryKey(order.runId, order.key.nodeId), entry);
    if (!order.isHeldBack) this.#letGoOn(entry);
  }

  /** T7. */
  #pauseOrResume({ runId, key, isHeldBack }: TaskOrder): void {
    const entry = this.#entries.get(entryKey(runId, key.nodeId));
    if ((entry?.place === 'queued' || entry?.place === 'limited') && isHeldBack) {
      if (entry.place === 'queued') this.#giveSlotBack(entry);
      this.#letGo(entry, 'paused');
    } else if (entry?.place === 'paused' && !isHeldBack) this.#letGoOn(entry);
  }

  /** It may go to an executor, as soon as it has a slot of its agent's limit. */
  #letGoOn(entry: Entry): void {
    const { order } = entry;
    const { scheduleToStartMs } = order.node.timeouts;
    if (scheduleToStartMs !== undefined) this.#arm(entry, scheduleToStartMs, 'schedule_to_start');
    if (order.callLimit === undefined) return this.#enqueue(entry);
    entry.place = 'limited';
    this.#listener.onSlotNeeded(order.callLimit, order);
  }

  #enqueue(entry: Entry): void {
    entry.place = 'queued';
    this.#queue.push(entry);
    this.#assign();
  }

  /** T10. */
  #giveSlotBack({ order }: Entry): void {
    if (order.callLimit !== undefined) this.#listener.onSlotUnneeded(order.callLimit, order);
  }

  #assign(): void {
    for (;;) {
      const session = this.#freest();
      if (session === undefined) return;
      const entry = this.#queue.shift();
      if (entry === undefined) return;
      if (entry.place !== 'queued' || !this.#isCurrent(entry)) continue;
      session.credits -= 1;
      this.#hold(entry, session);
      session.channel.sendTask(entry.order);
    }
  }

  #freest(): ExecutorSession | undefined {
    let freest: ExecutorSession | undefined;
    for (const session of this.#sessions) {
      if (session.draining || session.credits <= 0) continue;
      if (freest === undefined || session.credits > freest.credits) freest = session;
    }
    return freest;
  }

  #hold(entry: Entry, session: ExecutorSession): void {
    entry.place = 'held';
    entry.session = session;
    session.held.set(entryKey(entry.order.runId, entry.order.key.nodeId), entry);
    this.#arm(entry, entry.order.node.timeouts.startToCloseMs + TIMEOUT_GRACE_MS, 'start_to_close');
  }

  #arm(entry: Entry, delayMs: number, timeout: TimeoutKind): void {
    clearTimeout(entry.timer);
    const stepMs = Math.min(delayMs, MAX_TIMER_MS);
    entry.timer = setTimeout(() => {
      if (stepMs < delayMs) return this.#arm(entry, delayMs - stepMs, timeout);
      this.#arm(entry, REPEAT_TIMEOUT_MS, timeout);
      this.#listener.onTimeout(entry.order.runId, entry.order.key, timeout);
    }, stepMs);
    entry.timer.unref();
  }

  /** Drops the task of a node if it is not the one it should be; answers whether that one is missing (T1). */
  #isMissing(runId: string, nodeId: string, order: TaskOrder | undefined, reason: string): boolean {
    const entry = this.#entries.get(entryKey(runId, nodeId));
    if (entry === undefined) return true;
    if (order !== undefined && sameDispatch(entry.order.key, order.key)) return false;
    const { session, place } = entry;
    const { key } = entry.order;
    this.#remove(entry);
    const isPlaceless = place === 'limited' || place === 'paused';
    if (!isPlaceless && order?.key.attempt !== key.attempt) this.#giveSlotBack(entry);
    if (!entry.reported) session?.channel.sendCancellation(runId, key, reason);
    const mayBeElsewhere = key.dispatch > 1 || place === 'lost' || place === 'unannounced';
    if (mayBeElsewhere && order?.key.attempt !== key.attempt) {
      // T9.
      for (const other of this.#sessions) if (other !== session) other.channel.sendCancellation(runId, key, reason);
    }
    return true;
  }

  #ask(session: ExecutorSession): void {
    session.announced = undefined;
    session.channel.sendAnnouncementRequest();
    this.#expectAnnouncements(true);
  }

  /** Gives a task to the session that has announced it. */
  #claim(entry: Entry, session: ExecutorSession): boolean {
    const { runId, key } = entry.order;
    const announced = session.announced?.get(entryKey(runId, key.nodeId));
    if (announced === undefined || !sameDispatch(announced.key, key)) return false;
    session.announced?.delete(entryKey(runId, key.nodeId));
    this.#hold(entry, session);
    session.channel.sendClaim(runId, key);
    return true;
  }

  /** Nobody works on it any more. */
  #lose(entry: Entry, reason: LossReason): void {
    this.#letGo(entry, 'lost');
    this.#listener.onLost(entry.order.runId, entry.order.key, reason);
  }

  #letGo(entry: Entry, place: Entry['place']): void {
    clearTimeout(entry.timer);
    entry.session?.held.delete(entryKey(entry.order.runId, entry.order.key.nodeId));
    entry.session = undefined;
    entry.place = place;
  }

  #remove(entry: Entry): void {
    this.#letGo(entry, 'lost');
    const key = entryKey(entry.order.runId, entry.order.key.nodeId);
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  /** Without an executor there is nobody to announce anything. */
  #leave(session: ExecutorSession): void {
    this.#sessions.delete(session);
    if (this.#sessions.size === 0) this.#stopAnnouncements();
  }

  #isCurrent(entry: Entry): boolean {
    return this.#entries.get(entryKey(entry.order.runId, entry.order.key.nodeId)) === entry;
  }

  /** `anew`: somebody has just connected or was just asked, and has its time from now on. */
  #expectAnnouncements(anew = false): void {
    if (this.#announceTimer !== undefined && !anew) return;
    clearTimeout(this.#announceTimer);
    this.#announceTimer = setTimeout(() => {
      const someStillThink = [...this.#sessions].some(({ announced }) => announced === undefined);
      if (someStillThink) this.#expectAnnouncements(true);
      else this.#concludeAnnouncements();
    }, ANNOUNCE_MS);
    this.#announceTimer.unref();
    this.#announceLimit ??= setTimeout(() => this.#concludeAnnouncements(), MAX_ANNOUNCE_MS).unref();
  }

  #stopAnnouncements(): void {
    clearTimeout(this.#announceTimer);
    clearTimeout(this.#announceLimit);
    this.#announceTimer = undefined;
    this.#announceLimit = undefined;
  }

  #concludeAnnouncements(): void {
    this.#stopAnnouncements();
    for (const session of this.#sessions) {
      const unclaimed = [...(session.announced?.values() ?? [])];
      session.announced = new Map();
      for (const address of unclaimed) this.#listener.onUnclaimed(session, address);
    }
    for (const entry of Array.from(this.#entries.values())) {
      if (entry.place === 'unannounced') this.#lose(entry, 'scheduler_restarted');
    }
  }
}

function newEntry(order: TaskOrder, place: Entry['place']): Entry {
  return { order, place, session: undefined, waitsFor: '', reported: false, timer: undefined };
}

function entryKey(runId: string, nodeId: string): string {
  return `${runId}/${nodeId}`;
}

function sameDispatch(a: DispatchKey, b: DispatchKey): boolean {
  return a.attempt === b.attempt && a.dispatch === b.dispatch;
}
