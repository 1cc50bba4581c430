/**
 * Which task is where: waiting for an executor, held by one, or waiting to be announced after a restart.
 *
 * Owns: the queue of tasks, the executors' sessions and credits, and the timeouts that count from a
 * task's dispatch. Does not own: run state. Whether a task should exist at all is said by `reconcile`.
 *
 * T1. A node has at most one entry here, that of its current attempt and dispatch.
 * T2. An executor gets no more tasks than it granted credits for.
 * T3. Whatever a broken stream held is reported lost at once.
 * T4. After a restart a task waits `announceMs` for an executor to say that it is working on it.
 * T5. A task stays here until `reconcile` or `adopt` takes it away: a report or a loss that was told is only on its
 *     way to becoming a fact, and what is decided meanwhile must not bring the same task here again.
 */
import type { DispatchKey, LossReason, TimeoutKind } from '@skein/domain';
import type { TaskOrder } from './task-order.ts';

/** How an executor is reached; calls are buffered and never fail. */
export interface ExecutorChannel {
  sendTask(order: TaskOrder): void;
  sendCancellation(runId: string, key: DispatchKey, reason: string): void;
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
}

/** What becomes of tasks, told to whoever owns run state. */
export interface DispatchListener {
  onTimeout(runId: string, key: DispatchKey, timeout: TimeoutKind): void;
  onLost(runId: string, key: DispatchKey, reason: LossReason): void;
}

/** Time a held task has over its start_to_close before the scheduler steps in: the executor's own timer comes first. */
export const TIMEOUT_GRACE_MS = 5000;
/** Time for executors to announce what they are working on. */
export const ANNOUNCE_MS = 200;
/** A timeout that has not changed anything is told again after this long: a command may be lost with the store. */
const REPEAT_TIMEOUT_MS = 60_000;
/** Longest delay that a timer of the platform keeps. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Entry {
  readonly order: TaskOrder;
  /** `lost`: told, and waiting to be replaced by its next dispatch. */
  place: 'queued' | 'held' | 'unannounced' | 'lost';
  session: ExecutorSession | undefined;
  /** Its holder has said how it ended. */
  reported: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** The tasks of one scheduler. */
export class Dispatcher {
  readonly #listener: DispatchListener;
  readonly #entries = new Map<string, Entry>();
  readonly #sessions = new Set<ExecutorSession>();
  #queue: Entry[] = [];
  #queueHead = 0;
  #announceTimer: NodeJS.Timeout | undefined;

  constructor(listener: DispatchListener) {
    this.#listener = listener;
  }

  /** For metrics and answers to "what does this run wait for". */
  get counts() {
    const credits = [...this.#sessions].reduce((sum, session) => sum + session.credits, 0);
    return { executors: this.#sessions.size, credits, tasks: this.#entries.size };
  }

  /** Where the task of a node is. */
  placeOf(runId: string, nodeId: string): { readonly place: Entry['place']; readonly executorId: string } | undefined {
    const entry = this.#entries.get(entryKey(runId, nodeId));
    return entry && { place: entry.place, executorId: entry.session?.executorId ?? '' };
  }

  /** Says which task a node should have now; undefined: none. What does not fit is dropped and told to stop (T1). */
  reconcile(runId: string, nodeId: string, order: TaskOrder | undefined, reason: string): void {
    if (this.#isMissing(runId, nodeId, order, reason) && order !== undefined) this.#enqueue(order);
  }

  /** The same for a run that this scheduler has just loaded: somebody may be working on the task already (T4). */
  adopt(runId: string, nodeId: string, order: TaskOrder | undefined): void {
    // What was told of a lost task has not arrived: it will be told again.
    if (this.placeOf(runId, nodeId)?.place === 'lost') this.reconcile(runId, nodeId, undefined, '');
    if (!this.#isMissing(runId, nodeId, order, 'result not wanted any more') || order === undefined) return;
    this.#entries.set(entryKey(runId, nodeId), newEntry(order, 'unannounced'));
    if (this.#sessions.size > 0) this.#expectAnnouncements();
  }

  /** An executor has opened its stream and says what it is working on. */
  connect(
    executorId: string,
    channel: ExecutorChannel,
    running: readonly { runId: string; key: DispatchKey }[],
  ): ExecutorSession {
    const session: ExecutorSession = { executorId, channel, credits: 0, draining: false, held: new Map() };
    this.#sessions.add(session);
    for (const { runId, key } of running) {
      const entry = this.#entries.get(entryKey(runId, key.nodeId));
      if (entry?.place === 'unannounced' && sameDispatch(entry.order.key, key)) this.#hold(entry, session);
    }
    this.#expectAnnouncements();
    return session;
  }

  /** T3. */
  disconnect(session: ExecutorSession): void {
    this.#leave(session);
    for (const entry of Array.from(session.held.values())) this.#lose(entry, 'executor_lost');
  }

  /** This scheduler stands back: what the executor holds stays with it, to be announced when it returns (T4). */
  suspend(session: ExecutorSession): void {
    this.#leave(session);
    for (const entry of Array.from(session.held.values())) this.#letGo(entry, 'unannounced');
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

  /** Forgets everything; nobody is told. */
  clear(): void {
    clearTimeout(this.#announceTimer);
    this.#announceTimer = undefined;
    for (const entry of this.#entries.values()) clearTimeout(entry.timer);
    this.#entries.clear();
    for (const session of this.#sessions) session.held.clear();
    this.#queue = [];
    this.#queueHead = 0;
  }

  #enqueue(order: TaskOrder): void {
    const entry = newEntry(order, 'queued');
    this.#entries.set(entryKey(order.runId, order.key.nodeId), entry);
    this.#queue.push(entry);
    const { scheduleToStartMs } = order.node.timeouts;
    if (scheduleToStartMs !== undefined) this.#arm(entry, scheduleToStartMs, 'schedule_to_start');
    this.#assign();
  }

  #assign(): void {
    while (this.#queueHead < this.#queue.length) {
      const session = this.#freest();
      if (session === undefined) return this.#compact();
      const entry = this.#queue[this.#queueHead];
      this.#queueHead += 1;
      if (entry === undefined || !this.#isCurrent(entry)) continue;
      session.credits -= 1;
      this.#hold(entry, session);
      session.channel.sendTask(entry.order);
    }
    this.#queue = [];
    this.#queueHead = 0;
  }

  /** Lets go of what has been taken from a long queue. */
  #compact(): void {
    if (this.#queueHead < 1024) return;
    this.#queue = this.#queue.slice(this.#queueHead);
    this.#queueHead = 0;
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
    const { session } = entry;
    this.#remove(entry);
    if (!entry.reported) session?.channel.sendCancellation(runId, entry.order.key, reason);
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
    if (this.#sessions.size > 0) return;
    clearTimeout(this.#announceTimer);
    this.#announceTimer = undefined;
  }

  #isCurrent(entry: Entry): boolean {
    return this.#entries.get(entryKey(entry.order.runId, entry.order.key.nodeId)) === entry;
  }

  #expectAnnouncements(): void {
    if (this.#announceTimer !== undefined) return;
    this.#announceTimer = setTimeout(() => {
      this.#announceTimer = undefined;
      for (const entry of Array.from(this.#entries.values())) {
        if (entry.place === 'unannounced') this.#lose(entry, 'scheduler_restarted');
      }
    }, ANNOUNCE_MS);
    this.#announceTimer.unref();
  }
}

function newEntry(order: TaskOrder, place: Entry['place']): Entry {
  return { order, place, session: undefined, reported: false, timer: undefined };
}

function entryKey(runId: string, nodeId: string): string {
  return `${runId}/${nodeId}`;
}

function sameDispatch(a: DispatchKey, b: DispatchKey): boolean {
  return a.attempt === b.attempt && a.dispatch === b.dispatch;
}
