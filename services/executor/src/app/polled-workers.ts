/**
 * Workers that ask for tasks with unary calls, on top of the hub.
 *
 * Owns what was handed out and its leases. To the hub such a worker is one like any other, with credits while it asks.
 *
 * P1. A task that was handed out is heard of within its lease, or its call fails.
 * P2. A task that a poll was given and did not carry away is given to the next one.
 * P3. A worker that does not ask for `idleMs`, and has no tasks, is gone.
 */
import { create } from '@bufbuild/protobuf';
import { durationMs } from '@bufbuild/protobuf/wkt';
import { InvokeResponseSchema, type InvokeResponse } from '@skein/contracts/agent';
import { TaskSchema, type Task } from '@skein/contracts/worker';
import { workerKey, type WorkerIdentity } from '../domain/worker-address.ts';
import type { WorkerHandle, WorkerHub, WorkerMessage } from './worker-hub.ts';

/** Times, in milliseconds. */
export interface PolledWorkersOptions {
  readonly hub: WorkerHub;
  readonly leaseMs: number;
  readonly idleMs: number;
}

/** A task that was handed out. */
export interface HandedOut {
  readonly task: Task;
  readonly leaseMs: number;
}

interface Lease {
  seq: number;
  readonly leaseMs: number;
  timer: NodeJS.Timeout | undefined;
}

interface Poller {
  readonly identity: WorkerIdentity;
  handle: WorkerHandle;
  /** Given by the hub and not carried away yet (P2). */
  readonly mailbox: Task[];
  readonly leases: Map<string, Lease>;
  readonly cancelled: Set<string>;
  /** The last ones that ended, so that their end may be said twice. */
  readonly ended: Set<string>;
  credits: number;
  wake: (() => void) | undefined;
  idleTimer: NodeJS.Timeout | undefined;
}

export class PolledWorkers implements Disposable {
  readonly #options: PolledWorkersOptions;
  readonly #pollers = new Map<string, Poller>();

  constructor(options: PolledWorkersOptions) {
    this.#options = options;
  }

  /** Waits for the first task; answers at most `maxTasks`, none when the time is over. */
  async poll(identity: WorkerIdentity, maxTasks: number, waitMs: number, signal: AbortSignal): Promise<HandedOut[]> {
    const poller = this.#poller(identity);
    clearTimeout(poller.idleTimer);
    const missing = maxTasks - poller.mailbox.length - poller.credits;
    if (missing > 0) {
      poller.credits += missing;
      poller.handle.credits(missing);
    }
    if (poller.mailbox.length === 0) await this.#firstTask(poller, waitMs, signal);
    this.#idle(poller);
    if (signal.aborted) return [];
    return poller.mailbox.splice(0, maxTasks).map((task) => this.#handOut(poller, task));
  }

  /** A word about a task that was handed out; false: nobody waits for it. */
  say(identity: WorkerIdentity, taskId: string, event: InvokeResponse['event']): boolean {
    const poller = this.#pollers.get(workerKey(identity));
    const lease = poller?.leases.get(taskId);
    if (poller === undefined || lease === undefined) return poller?.ended.has(taskId) === true;
    lease.timer?.refresh();
    if (poller.cancelled.has(taskId)) return true;
    lease.seq += 1;
    const isLast = event.case === 'result' || event.case === 'error';
    poller.handle.event(taskId, lease.seq, create(InvokeResponseSchema, { event: event as never }));
    if (isLast) {
      this.#release(poller, taskId);
      remember(poller.ended, taskId);
    }
    return true;
  }

  /** Whether a task that was handed out is not wanted any more. */
  isCancelled(identity: WorkerIdentity, taskId: string): boolean {
    return this.#pollers.get(workerKey(identity))?.cancelled.has(taskId) === true;
  }

  [Symbol.dispose](): void {
    for (const poller of this.#pollers.values()) this.#drop(poller);
  }

  #poller(identity: WorkerIdentity): Poller {
    const key = workerKey(identity);
    const known = this.#pollers.get(key);
    if (known !== undefined) return known;
    const poller: Poller = {
      identity,
      handle: this.#options.hub.attach(identity, [], {
        send: (message) => this.#take(poller, message),
        close: () => this.#drop(poller),
        // P3.
        mayBeSilent: true,
      }),
      mailbox: [],
      leases: new Map(),
      cancelled: new Set(),
      ended: new Set(),
      credits: 0,
      wake: undefined,
      idleTimer: undefined,
    };
    this.#pollers.set(key, poller);
    return poller;
  }

  #take(poller: Poller, { message }: WorkerMessage): void {
    if (message?.case === 'task') {
      poller.credits -= 1;
      poller.mailbox.push(create(TaskSchema, message.value));
      poller.wake?.();
    }
    if (message?.case === 'cancel') {
      const { taskId = '' } = message.value;
      const at = poller.mailbox.findIndex((task) => task.taskId === taskId);
      if (at >= 0) poller.mailbox.splice(at, 1);
      else if (poller.leases.has(taskId)) poller.cancelled.add(taskId);
    }
  }

  async #firstTask(poller: Poller, waitMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    // A worker that asks twice at a time is answered with what there is; the later call waits.
    poller.wake?.();
    poller.wake = resolve;
    const timer = setTimeout(resolve, waitMs);
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
    await promise;
    clearTimeout(timer);
    if (poller.wake === resolve) poller.wake = undefined;
  }

  /** P1. */
  #handOut(poller: Poller, task: Task): HandedOut {
    const { taskId } = task;
    const timeoutMs = task.timeout === undefined ? Infinity : durationMs(task.timeout);
    const leaseMs = Math.max(1, Math.min(this.#options.leaseMs, timeoutMs));
    const timer = setTimeout(() => {
      const message = `nothing was heard of the task for ${leaseMs} ms`;
      const error = { code: 'AGENT_UNREACHABLE', message, retryable: true };
      this.say(poller.identity, taskId, { case: 'error', value: error as never });
      // Whoever comes now is told that nobody waits any more.
      poller.ended.delete(taskId);
    }, leaseMs);
    poller.leases.set(taskId, { seq: 0, leaseMs, timer });
    return { task, leaseMs };
  }

  #release(poller: Poller, taskId: string): void {
    clearTimeout(poller.leases.get(taskId)?.timer);
    poller.leases.delete(taskId);
    poller.cancelled.delete(taskId);
    this.#idle(poller);
  }

  /** P3. */
  #idle(poller: Poller): void {
    clearTimeout(poller.idleTimer);
    poller.idleTimer = setTimeout(() => {
      if (poller.leases.size > 0) this.#idle(poller);
      else this.#drop(poller);
    }, this.#options.idleMs);
  }

  #drop(poller: Poller): void {
    const key = workerKey(poller.identity);
    if (this.#pollers.get(key) !== poller) return;
    this.#pollers.delete(key);
    clearTimeout(poller.idleTimer);
    for (const { timer } of poller.leases.values()) clearTimeout(timer);
    poller.wake?.();
    poller.handle.detach();
  }
}

const MAX_REMEMBERED = 1000;

function remember(ended: Set<string>, taskId: string): void {
  ended.add(taskId);
  const { value: oldest } = ended.values().next();
  if (ended.size > MAX_REMEMBERED && oldest !== undefined) ended.delete(oldest);
}
