import { fromBinary } from '@bufbuild/protobuf';
import type { EventBus } from '@skein/bus';
import { EventBatchSchema, TaskEventBatchSchema } from '@skein/contracts/event';
import { recordsOf } from '../domain/event-batch.ts';
import { runKeyText, type RunKey } from '../domain/run-key.ts';
import type { TransitionRecord } from '../domain/transition-record.ts';
import type { LiveMailbox } from './live-mailbox.ts';
import { SharedSubscription } from './shared-subscription.ts';

/** A run that somebody follows here. */
interface LiveRun {
  readonly mailboxes: Set<LiveMailbox>;
  readonly taskMailboxes: Set<LiveMailbox>;
  readonly tasks: SharedSubscription;
}

/**
 * Hands what arrives live to whoever follows the run.
 *
 * Owns the subscriptions: one tail for the process, one of task events for each run, both only while somebody needs
 * them. Does not own completeness: live news may be lost, doubled and out of order.
 *
 * Invariants: I1. After `join` has resolved nothing that is published is missed while the bus is connected.
 * I2. After each time the bus was away every mailbox is told. I3. Nobody following costs nothing.
 */
export class LiveRuns implements Disposable {
  readonly #bus: EventBus;
  readonly #runs = new Map<string, LiveRun>();
  readonly #tail: SharedSubscription;
  readonly #forgetReconnects: () => void;

  constructor(bus: EventBus) {
    this.#bus = bus;
    this.#tail = new SharedSubscription(() => bus.tailEventBatches((message) => this.#onBatch(message.body)));
    this.#forgetReconnects = bus.onReconnect(() => {
      for (const { mailboxes } of this.#runs.values()) for (const mailbox of mailboxes) mailbox.markMissed();
    });
  }

  /** Lets the mailbox get what arrives of a run, until the result is disposed. */
  async join(run: RunKey, mailbox: LiveMailbox, options: { readonly taskEvents: boolean }): Promise<AsyncDisposable> {
    await using cleanup = new AsyncDisposableStack();
    const live = this.#liveRun(run);
    live.mailboxes.add(mailbox);
    cleanup.defer(() => {
      live.mailboxes.delete(mailbox);
      live.taskMailboxes.delete(mailbox);
      if (live.mailboxes.size === 0 && this.#runs.get(runKeyText(run)) === live) this.#runs.delete(runKeyText(run));
    });
    if (options.taskEvents) {
      live.taskMailboxes.add(mailbox);
      cleanup.defer(await live.tasks.join());
    }
    cleanup.defer(await this.#tail.join());
    return cleanup.move();
  }

  /** Tells those who follow these runs what this process has just stored. */
  stored(records: readonly TransitionRecord[]): void {
    if (this.#runs.size === 0) return;
    for (const record of records) {
      const live = this.#runs.get(runKeyText(record));
      if (live === undefined) continue;
      // A copy: the body is a view of the whole message, which must not stay in memory for it.
      const own = { ...record, body: record.body.slice() };
      for (const mailbox of live.mailboxes) mailbox.offerTransition(own);
    }
  }

  [Symbol.dispose](): void {
    this.#forgetReconnects();
  }

  #liveRun(run: RunKey): LiveRun {
    const key = runKeyText(run);
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const taskMailboxes = new Set<LiveMailbox>();
    const tasks = new SharedSubscription(() =>
      this.#bus.subscribeTaskEvents(run, (body) => {
        // The subject says whose events these are, whatever is in them.
        const events = fromBinary(TaskEventBatchSchema, body).events.map((event) => Object.assign(event, run));
        for (const mailbox of taskMailboxes) mailbox.offerTasks(events);
      }),
    );
    const live = { mailboxes: new Set<LiveMailbox>(), taskMailboxes, tasks };
    this.#runs.set(key, live);
    return live;
  }

  #onBatch(body: Uint8Array): void {
    if (this.#runs.size > 0) this.stored(recordsOf(fromBinary(EventBatchSchema, body)));
  }
}
