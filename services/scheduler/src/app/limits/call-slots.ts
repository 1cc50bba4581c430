/**
 * Gets the calls of agents that have a limit their slots, and gives them back.
 *
 * Owns: who waits here, in which order. Does not own: who holds a slot (LimitStore), nor where tasks are (Dispatcher).
 *
 * C1. A task of an agent with a limit goes to an executor only after its slot is durable. The slot is its attempt's: a
 *     delivery that follows a lost one has it already.
 * C2. What is asked and given back under one limit happens in the order in which it was said.
 * C3. A slot that came free is told to every scheduler, and they ask for it alike; whoever did not hear asks with the
 *     next round.
 * C4. A slot whose attempt is over, and that nobody gave back, is found by the round, whoever left it.
 * C5. Who has no use for a slot gives it back only as long as the run is its own: the next owner may be using it for the
 *     same attempt.
 */
import type { TaskAddress } from '../dispatcher.ts';
import type { TaskOrder } from '../task-order.ts';
import { TaskQueue } from '../task-queue.ts';
import type { CallSlot, HeldSlot, LimitKey, LimitStore } from './limit-store.ts';

/** What this takes. */
export interface CallSlotsOptions {
  readonly limits: Pick<LimitStore, 'takeCalls' | 'releaseCalls'>;
  /** Whether the task still waits for its slot. */
  readonly isWaiting: (order: TaskOrder) => boolean;
  /** Whether a run is this scheduler's. */
  readonly isOwn: (runId: string) => boolean;
  /** The task has its slot; answers whether it still has use for it. */
  readonly onGranted: (order: TaskOrder) => boolean;
  /** Whether an attempt may have use for the slot that it holds. */
  readonly isUsed: (slot: CallSlot) => boolean;
  /** Told with each round how many tasks wait here. */
  readonly onWaiting: (count: number) => void;
  /** Told of what went wrong; the next round tries again. */
  readonly onFailed: (error: unknown) => void;
}

/** Most tasks that ask at a time: those behind them can still be overtaken by better priorities. */
const MAX_ASKING = 32;
/** Longest wait for a token that is timed here; the round comes before. */
const MAX_TOKEN_WAIT_MS = 1000;

/** Those that wait under one limit. */
interface Line {
  readonly limit: LimitKey;
  readonly queue: TaskQueue<{ readonly order: TaskOrder }>;
  /** Taken from the queue to ask, or in it: also who does not wait any more and has not been asked for yet. */
  waitingCount: number;
  /** Given back, and not written yet. */
  released: CallSlot[];
  isBusy: boolean;
  /** There is something to ask for that nobody has asked for yet. */
  isStale: boolean;
  token: NodeJS.Timeout | undefined;
}

export class CallSlots implements Disposable {
  readonly #options: CallSlotsOptions;
  readonly #lines = new Map<string, Line>();
  #isStopped = false;

  constructor(options: CallSlotsOptions) {
    this.#options = options;
  }

  /** C1. The task needs a slot. */
  need(limit: LimitKey, order: TaskOrder): void {
    const line = this.#lineOf(limit);
    line.queue.push({ order });
    line.waitingCount += 1;
    this.#askAgain(line);
  }

  /** The attempt of this task is over, or is not to go on for now. */
  giveBack(limit: LimitKey, { runId, key }: TaskAddress): void {
    const line = this.#lineOf(limit);
    line.released.push({ runId, nodeId: key.nodeId, attempt: key.attempt });
    this.#serve(line);
  }

  /** C3. There may be room under this limit. */
  changed(limit: LimitKey): void {
    const line = this.#lines.get(nameOf(limit));
    if (line !== undefined) this.#askAgain(line);
  }

  /** C3. */
  round(): void {
    const lines = Array.from(this.#lines.values());
    this.#options.onWaiting(lines.reduce((sum, { waitingCount }) => sum + waitingCount, 0));
    for (const line of this.#lines.values()) this.#askAgain(line);
  }

  /** C4. Gives back what an attempt of a run of this scheduler holds without use. The run is in memory, or over. */
  settle({ limit, runId, nodeId, attempt }: HeldSlot): void {
    if (this.#options.isOwn(runId) && !this.#options.isUsed({ runId, nodeId, attempt })) {
      this.giveBack(limit, { runId, key: { nodeId, attempt, dispatch: 1 } });
    }
  }

  [Symbol.dispose](): void {
    this.#isStopped = true;
    for (const { token } of this.#lines.values()) clearTimeout(token);
    this.#lines.clear();
  }

  #lineOf(limit: LimitKey): Line {
    const name = nameOf(limit);
    let line = this.#lines.get(name);
    if (line === undefined) {
      const queue = new TaskQueue<{ readonly order: TaskOrder }>();
      line = { limit, queue, waitingCount: 0, released: [], isBusy: false, isStale: false, token: undefined };
      this.#lines.set(name, line);
    }
    return line;
  }

  #askAgain(line: Line): void {
    line.isStale = true;
    this.#serve(line);
  }

  /** C2. What is only given back is not asked for here before the others have heard of it (C3). */
  #serve(line: Line): void {
    if (line.isBusy || this.#isStopped) return;
    line.isBusy = true;
    void this.#work(line);
  }

  async #work(line: Line): Promise<void> {
    try {
      // Whoever is told in the same moment goes with the first statement.
      await Promise.resolve();
      while (!this.#isStopped) {
        if (line.released.length > 0) await this.#release(line);
        else if (line.isStale) {
          line.isStale = false;
          if (await this.#ask(line)) line.isStale = true;
        } else break;
      }
    } catch (error) {
      if (!this.#isStopped) this.#options.onFailed(error);
    } finally {
      line.isBusy = false;
      if (line.queue.isEmpty && line.released.length === 0 && !line.isStale) this.#lines.delete(nameOf(line.limit));
    }
  }

  async #release(line: Line): Promise<void> {
    const released = line.released;
    line.released = [];
    try {
      await this.#options.limits.releaseCalls(line.limit, released);
    } catch (error) {
      line.released = [...released, ...line.released];
      throw error;
    }
  }

  /** Asks for the first in line; answers whether it is worth asking for the next. Nothing may wait to be given back. */
  async #ask(line: Line): Promise<boolean> {
    const asking = this.#next(line);
    if (asking.length === 0) return false;
    let granted: ReadonlySet<number> = new Set();
    try {
      const slots = asking.map(({ runId, key }) => ({ runId, nodeId: key.nodeId, attempt: key.attempt }));
      const answer = await this.#options.limits.takeCalls(line.limit, slots);
      granted = new Set(answer.granted);
      line.waitingCount -= granted.size;
      if (answer.afterMs !== undefined) this.#awaitToken(line, answer.afterMs);
    } finally {
      for (const [index, order] of Array.from(asking.entries()).toReversed()) {
        if (!granted.has(index)) line.queue.unshift({ order });
      }
    }
    for (const index of granted) {
      const order = asking[index];
      if (order === undefined || this.#options.onGranted(order)) continue;
      // C5.
      if (this.#options.isOwn(order.runId)) this.giveBack(line.limit, order);
    }
    return granted.size === asking.length;
  }

  #next(line: Line): readonly TaskOrder[] {
    const next: TaskOrder[] = [];
    while (next.length < MAX_ASKING) {
      const waiting = line.queue.shift();
      if (waiting === undefined) break;
      if (this.#options.isWaiting(waiting.order)) next.push(waiting.order);
      else line.waitingCount -= 1;
    }
    return next;
  }

  #awaitToken(line: Line, afterMs: number): void {
    if (afterMs > MAX_TOKEN_WAIT_MS || line.token !== undefined) return;
    line.token = setTimeout(() => {
      line.token = undefined;
      this.#askAgain(line);
    }, afterMs);
    line.token.unref();
  }
}

function nameOf({ namespace, key }: LimitKey): string {
  return JSON.stringify([namespace, key]);
}
