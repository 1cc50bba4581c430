/**
 * One executor's stream: its reports become commands, and what is for it is buffered into few messages.
 *
 * X1. A report is acknowledged only after its effect is committed, or when it can have none.
 * X2. Everything that becomes ready in one turn of the event loop goes out as one message of its kind.
 */
import type { DispatchKey, RunCommand } from '@skein/domain';
import type { Dispatcher, ExecutorChannel, ExecutorSession, TaskAddress } from './dispatcher.ts';
import type { Member } from './ownership.ts';
import type { TaskOrder } from './task-order.ts';

/** What one message to an executor may hold. */
export interface Outgoing {
  readonly tasks: readonly TaskOrder[];
  readonly acknowledged: readonly TaskAddress[];
  readonly cancelled: readonly (TaskAddress & { readonly reason: string })[];
  readonly claimed: readonly TaskAddress[];
  /** Asks what the executor has in hand. */
  readonly asksAnnouncement: boolean;
  /** The live schedulers, where they have changed. */
  readonly members: readonly Member[] | undefined;
}

/** A report of an executor. */
export interface Report extends TaskAddress {
  readonly command: Extract<RunCommand, { kind: 'task_started' | 'task_heartbeat' | 'task_ended' }>;
}

/** What a stream needs. */
export interface ExecutorStreamOptions {
  readonly dispatcher: Dispatcher;
  /** Hands a report to the run it is for, here or at another scheduler; resolves when its effect is durable. */
  readonly submit: (report: Report) => Promise<void>;
  /** Told of reports that could not be taken; the executor sends them again. */
  readonly onReportFailed: (runId: string, error: unknown) => void;
}

/** The scheduler's end of one stream. */
export class ExecutorStream implements ExecutorChannel, Disposable {
  readonly #options: ExecutorStreamOptions;
  #session: ExecutorSession | undefined;
  #tasks: TaskOrder[] = [];
  #acknowledged: TaskAddress[] = [];
  #cancelled: (TaskAddress & { reason: string })[] = [];
  #claimed: TaskAddress[] = [];
  #asksAnnouncement = false;
  #members: readonly Member[] | undefined;
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(options: ExecutorStreamOptions) {
    this.#options = options;
  }

  /** Once, and not after the end: nobody would ever close the session. */
  open(executorId: string, inHand: readonly TaskAddress[]): void {
    if (this.#closed || this.#session !== undefined) return;
    this.#session = this.#options.dispatcher.connect(executorId, this, inHand);
  }

  grant(credits: number): void {
    if (this.#session !== undefined) this.#options.dispatcher.grant(this.#session, credits);
  }

  drain(): void {
    if (this.#session !== undefined) this.#options.dispatcher.drain(this.#session);
  }

  announce(inHand: readonly TaskAddress[]): void {
    if (this.#session !== undefined) this.#options.dispatcher.announce(this.#session, inHand);
  }

  refuse(address: TaskAddress): void {
    if (this.#session !== undefined) this.#options.dispatcher.refuse(this.#session, address);
  }

  /** A task waits before it calls anybody; for people alone. */
  noteWaiting(address: TaskAddress, waitsFor: string): void {
    if (this.#session !== undefined) this.#options.dispatcher.noteWaiting(this.#session, address, waitsFor);
  }

  /** X1. */
  report(report: Report): void {
    const { runId, key, command } = report;
    this.#options.submit(report).then(
      () => this.#acknowledge(report),
      (error: unknown) => this.#options.onReportFailed(runId, error),
    );
    if (command.kind === 'task_ended' && this.#session !== undefined) {
      this.#options.dispatcher.reported(this.#session, runId, key);
    }
  }

  sendTask(order: TaskOrder): void {
    this.#tasks.push(order);
    this.#notify();
  }

  sendCancellation(runId: string, key: DispatchKey, reason: string): void {
    const unsent = this.#tasks.findIndex((order) => isAddressed(order, runId, key));
    if (unsent >= 0) {
      this.#tasks.splice(unsent, 1);
      // The executor knows nothing of the task, and so will never give back the room for it.
      return this.grant(1);
    }
    this.#cancelled.push({ runId, key, reason });
    this.#notify();
  }

  sendClaim(runId: string, key: DispatchKey): void {
    this.#claimed.push({ runId, key });
    this.#notify();
  }

  sendAnnouncementRequest(): void {
    this.#asksAnnouncement = true;
    this.#notify();
  }

  /** These are the live schedulers now. */
  sendMembers(members: readonly Member[]): void {
    if (members.length === 0) return;
    this.#members = members;
    this.#notify();
  }

  /** Everything there is to send, as it gathers, until the stream is disposed. */
  async *outgoing(): AsyncGenerator<Outgoing> {
    while (!this.#closed) {
      if (!this.#hasNews()) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        // X2: let the rest of this turn add to the message.
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      yield this.#takeNews();
    }
  }

  /** Ends the stream because the executor is gone; what it held is lost. */
  [Symbol.dispose](): void {
    if (this.#close() && this.#session !== undefined) this.#options.dispatcher.disconnect(this.#session);
  }

  #hasNews(): boolean {
    const listed = this.#tasks.length + this.#acknowledged.length + this.#cancelled.length + this.#claimed.length;
    return listed > 0 || this.#asksAnnouncement || this.#members !== undefined;
  }

  #takeNews(): Outgoing {
    const news = {
      tasks: this.#tasks,
      acknowledged: this.#acknowledged,
      cancelled: this.#cancelled,
      claimed: this.#claimed,
      asksAnnouncement: this.#asksAnnouncement,
      members: this.#members,
    };
    this.#tasks = [];
    this.#acknowledged = [];
    this.#cancelled = [];
    this.#claimed = [];
    this.#asksAnnouncement = false;
    this.#members = undefined;
    return news;
  }

  #close(): boolean {
    const wasOpen = !this.#closed;
    this.#closed = true;
    this.#notify();
    return wasOpen;
  }

  #acknowledge({ runId, key, command }: Report): void {
    if (command.kind !== 'task_ended') return;
    this.#acknowledged.push({ runId, key });
    this.#notify();
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

function isAddressed(order: TaskOrder, runId: string, { nodeId, attempt, dispatch }: DispatchKey): boolean {
  const { key } = order;
  return order.runId === runId && key.nodeId === nodeId && key.attempt === attempt && key.dispatch === dispatch;
}
