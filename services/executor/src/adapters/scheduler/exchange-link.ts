/**
 * The stream to one scheduler, opened again for as long as the executor lives.
 *
 * Owns: the stream, the credits granted on it, and what waits for the end of this turn of the event loop. Does not
 * own: tasks and reports (TaskDesk): after a break everything is asked of the desk anew.
 *
 * X1. hello is the first message of every stream and names all that is in hand, whoever it came from; all reports to
 *     this scheduler without an acknowledgement follow it.
 * X2. Credits are granted after the scheduler's welcome, and never so many that with the tasks that take up room
 *     they are more than this scheduler's share.
 * X3. Everything that becomes ready in one turn goes out as one message of its kind.
 * X4. After `drain` no credits are granted, on this stream or a later one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import type {
  ExchangeRequestSchema,
  ExchangeResponse,
  SchedulerMember,
  SchedulerWelcome,
  TaskRef,
  TaskReport,
  TaskService,
} from '@skein/contracts/scheduler';
import { Backoff } from '@skein/lifecycle';
import type { ConcurrencyBudget } from '../../app/concurrency-budget.ts';
import { MessageQueue } from '../../app/message-queue.ts';
import { reportBatches } from '../../app/report-batches.ts';
import type { SchedulerHome } from '../../app/scheduler-home.ts';
import type { TaskDesk } from '../../app/task-desk.ts';

type Outgoing = MessageInitShape<typeof ExchangeRequestSchema>;

/** A stream that lasted this long was a good one: the next attempt after it is made at once. */
const STABLE_MS = 1000;
/** A report without an acknowledgement is sent again after this long even on an open stream. */
const RESEND_MS = 10_000;

/** Told of streams. */
export interface ExchangeObserver {
  connected(scheduler: string, schedulerId: string): void;
  /** The stream ended or could not be opened; another attempt follows. */
  disconnected(scheduler: string, error: unknown): void;
}

/** What a link needs. */
export interface ExchangeLinkOptions {
  /** Address, for messages. */
  readonly name: string;
  readonly tasks: Client<typeof TaskService>;
  readonly executorId: string;
  /** Says how many tasks of this scheduler there may be at a time. */
  readonly budget: ConcurrencyBudget;
  readonly desk: TaskDesk;
  readonly observer: ExchangeObserver;
  /** The scheduler has said who it is, and which schedulers live. */
  readonly onWelcome?: (link: ExchangeLink) => void;
  /** The scheduler says which schedulers live now. */
  readonly onMembers?: (members: readonly SchedulerMember[]) => void;
}

export class ExchangeLink implements SchedulerHome, AsyncDisposable {
  readonly name: string;
  readonly #options: ExchangeLinkOptions;
  readonly #closed = new AbortController();
  readonly #resendTimer: NodeJS.Timeout;
  readonly #running: Promise<void>;
  #outgoing: MessageQueue<Outgoing> | undefined;
  #welcomed = false;
  #schedulerId = '';
  /** Granted on this stream and not used yet. */
  #credits = 0;
  #taking = false;
  #draining = false;
  #reports: TaskReport[] = [];
  #flushing = false;

  constructor(options: ExchangeLinkOptions) {
    this.name = options.name;
    this.#options = options;
    this.#resendTimer = setInterval(() => this.#resend(), RESEND_MS / 2).unref();
    this.#running = this.#keepOpen();
  }

  /** Whether the scheduler has answered on the present stream. */
  get connected(): boolean {
    return this.#welcomed;
  }

  /** Who has answered on the present stream; empty: nobody. */
  get schedulerId(): string {
    return this.#welcomed ? this.#schedulerId : '';
  }

  /** Says what is in hand: some of it may have become this scheduler's, or nobody's. */
  announce(): void {
    if (!this.#welcomed) return;
    this.#outgoing?.push({ message: { case: 'announcement', value: { inHand: this.#options.desk.refs } } });
  }

  /** From now on tasks are taken. */
  take(): void {
    this.#taking = true;
    this.#flushSoon();
  }

  /** X4. */
  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#flush();
    this.#outgoing?.push({ message: { case: 'drain', value: {} } });
  }

  report(report: TaskReport): void {
    if (this.#outgoing === undefined) return;
    this.#reports.push(report);
    this.#flushSoon();
  }

  roomChanged(): void {
    this.#flushSoon();
  }

  /** Ends the stream; the scheduler takes back what it held. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#resendTimer);
    this.#flush();
    this.#outgoing?.end();
    this.#closed.abort();
    await this.#running;
  }

  async #keepOpen(): Promise<void> {
    const { signal } = this.#closed;
    const backoff = new Backoff({ initialMs: 50, maxMs: 1000 });
    while (!signal.aborted) {
      const openedAtMs = performance.now();
      const error = await this.#exchange();
      if (signal.aborted) return;
      this.#options.observer.disconnected(this.name, error);
      if (performance.now() - openedAtMs >= STABLE_MS) backoff.reset();
      const atOnce = backoff.attempt === 0;
      const pauseMs = backoff.nextMs();
      await delay(atOnce ? 0 : pauseMs, undefined, { signal }).catch(() => {});
    }
  }

  /** One stream from hello to its end; answers why it ended. */
  async #exchange(): Promise<unknown> {
    // Leaving the loop does not cancel the call, an abort does.
    const over = new AbortController();
    const onClosed = () => over.abort();
    this.#closed.signal.addEventListener('abort', onClosed);
    const outgoing = new MessageQueue<Outgoing>();
    this.#outgoing = outgoing;
    this.#greet(outgoing);
    try {
      const responses = this.#options.tasks.exchange(outgoing, { signal: over.signal });
      for await (const response of responses) this.#receive(response);
      return new Error('the scheduler ended the stream');
    } catch (error) {
      return error;
    } finally {
      this.#outgoing = undefined;
      this.#welcomed = false;
      this.#options.budget.leave(this);
      outgoing.end();
      over.abort();
      this.#closed.signal.removeEventListener('abort', onClosed);
    }
  }

  /** X1. */
  #greet(outgoing: MessageQueue<Outgoing>): void {
    const { desk, executorId } = this.#options;
    this.#credits = 0;
    outgoing.push({ message: { case: 'hello', value: { executorId, running: desk.refs } } });
    this.#reports = desk.reportsFor(this);
    this.#flush();
    if (this.#draining) outgoing.push({ message: { case: 'drain', value: {} } });
  }

  #receive({ message }: ExchangeResponse): void {
    const { desk, onMembers } = this.#options;
    switch (message.case) {
      case 'welcome':
        return this.#welcome(message.value);
      case 'tasks':
        this.#credits = Math.max(0, this.#credits - message.value.tasks.length);
        for (const task of message.value.tasks) desk.receive(this, task);
        return this.#flushSoon();
      case 'acknowledgements':
        for (const ref of message.value.refs) desk.acknowledge(ref);
        return;
      case 'cancellations':
        for (const { ref, reason } of message.value.cancellations) if (ref !== undefined) desk.cancel(ref, reason);
        return;
      case 'members':
        return onMembers?.(message.value.members);
      case 'announcementRequest':
        return this.announce();
      case 'claims':
        return this.#claim(message.value.refs);
      case undefined:
    }
  }

  #welcome({ schedulerId, members }: SchedulerWelcome): void {
    const { budget, observer, onMembers, onWelcome } = this.#options;
    this.#welcomed = true;
    this.#schedulerId = schedulerId;
    budget.join(this, () => this.#flushSoon());
    this.#flushSoon();
    observer.connected(this.name, schedulerId);
    onWelcome?.(this);
    if (members.length > 0) onMembers?.(members);
  }

  #claim(refs: readonly TaskRef[]): void {
    const missing = refs.filter((ref) => !this.#options.desk.claim(this, ref));
    if (missing.length > 0) this.#outgoing?.push({ message: { case: 'refusals', value: { refs: missing } } });
  }

  /** X3. */
  #flushSoon(): void {
    if (this.#flushing || this.#outgoing === undefined) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    const outgoing = this.#outgoing;
    if (outgoing === undefined) return;
    for (const reports of reportBatches(this.#reports)) {
      outgoing.push({ message: { case: 'reports', value: { reports } } });
    }
    this.#reports = [];
    const room = this.#room();
    if (room <= 0) return;
    this.#credits += room;
    outgoing.push({ message: { case: 'credits', value: { count: room } } });
  }

  /** X2, X4. */
  #room(): number {
    if (!this.#welcomed || !this.#taking || this.#draining) return 0;
    return this.#options.budget.shareOf(this) - this.#options.desk.busyOf(this) - this.#credits;
  }

  #resend(): void {
    if (!this.#welcomed) return;
    this.#reports.push(...this.#options.desk.overdueReports(this, RESEND_MS));
    this.#flushSoon();
  }
}
