/**
 * A scheduler without its surroundings: engine, dispatcher, commit lanes, outbox and keeper, put together.
 *
 * Owns: the wiring, and what it means that schedulers come and go. Does not own: who lives (Membership), the store, the
 * bus, and the streams of executors; the real service and the simulation each bring their own.
 */
import { needsDispatch } from '@skein/domain';
import { backoffMs } from '@skein/lifecycle';
import { CalledRuns, type CalledRunStore } from './called-runs.ts';
import { CommitLanes } from './commit-lanes.ts';
import { Dispatcher, type ExecutorSession, type TaskAddress } from './dispatcher.ts';
import type { SchedulerObserver } from './engine-observer.ts';
import { Outbox, type EventCarrier } from './outbox.ts';
import { handOver } from './hand-over.ts';
import { CallSlots } from './limits/call-slots.ts';
import { LimitBook } from './limits/limit-book.ts';
import type { LimitStore } from './limits/limit-store.ts';
import { RunAdmission } from './limits/run-admission.ts';
import type { Member, Ownership } from './ownership.ts';
import type { PayloadObjects } from './payloads/payload-objects.ts';
import { PayloadShelf } from './payloads/payload-shelf.ts';
import type { Peers } from './peers.ts';
import type { PlanSource } from './plan-source.ts';
import { RunEngine } from './run-engine.ts';
import { RunElsewhereError } from './run-errors.ts';
import { RunKeeper } from './run-keeper.ts';
import type { RunStore } from './run-store.ts';

/** What a scheduler is made of. */
export interface SchedulerCoreOptions {
  readonly store: RunStore;
  /** Where limits are, with who holds and who waits. */
  readonly limits: LimitStore;
  /** Where large payloads go; undefined: into the store, with their transitions. */
  readonly objects?: PayloadObjects | undefined;
  /** Which runs agents have started. */
  readonly calledRuns: CalledRunStore;
  readonly plans: PlanSource;
  readonly carrier: EventCarrier;
  readonly observer: SchedulerObserver;
  readonly ownership: Ownership;
  /** The other schedulers. */
  readonly peers: Peers;
  /** A new UUIDv7. */
  readonly newCommitId: () => string;
  /** Now, in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Draws a number in [0, 1). */
  readonly random: () => number;
}

/** One scheduler's parts. */
export class SchedulerCore implements AsyncDisposable {
  readonly engine: RunEngine;
  readonly dispatcher: Dispatcher;
  readonly outbox: Outbox;
  readonly keeper: RunKeeper;
  /** Which limits operators have set. */
  readonly book: LimitBook;
  readonly admission: RunAdmission;
  /** Child runs that agents have started. */
  readonly called: CalledRuns;
  /** Who waits for a slot of an agent's limit. */
  readonly calls: CallSlots;
  readonly #lanes: CommitLanes;
  readonly #shelf: PayloadShelf;
  readonly #options: SchedulerCoreOptions;
  /** Changes of the members are taken one after the other. */
  #changing: Promise<void> = Promise.resolve();
  #isStopped = false;
  /** What is being settled that executors have in hand, and at which of their sessions. */
  readonly #settling = new Map<string, ExecutorSession>();

  constructor(options: SchedulerCoreOptions) {
    const { store, observer, random, ownership } = options;
    this.#options = options;
    const onPublishFailed = (error: unknown) => observer.publishFailed(error);
    this.outbox = new Outbox({ carrier: options.carrier, store, onPublishFailed });
    this.#lanes = new CommitLanes({
      store,
      outbox: this.outbox,
      newCommitId: options.newCommitId,
      onRetry: (error) => observer.storeFailed(error),
      pause: (tries) => retryPause(tries, random),
    });
    const submit = (...[runId, command]: Parameters<RunEngine['submit']>): void => {
      this.engine.submit(runId, command).catch((error: unknown) => {
        if (!(error instanceof RunElsewhereError)) observer.reportFailed(runId, error);
      });
    };
    this.dispatcher = new Dispatcher({
      onTimeout: (runId, key, timeout) => {
        if (ownership.isActive) submit(runId, { kind: 'task_timed_out', key, timeout });
      },
      onLost: (runId, key, reason) => submit(runId, { kind: 'lose_dispatch', key, reason }),
      onSlotNeeded: (limit, order) => this.calls.need(limit, order),
      onSlotUnneeded: (limit, order) => this.calls.giveBack(limit, order),
      onUnclaimed: (session, address) => void this.#settleUnclaimed(session, address),
    });
    this.calls = new CallSlots({
      limits: options.limits,
      isWaiting: ({ runId, key }) => this.dispatcher.placeOf(runId, key.nodeId)?.place === 'limited',
      isOwn: (runId) => ownership.owns(runId),
      onGranted: (order) => this.dispatcher.slotGranted(order),
      isUsed: (slot) => this.dispatcher.usesSlot(slot),
      onWaiting: (count) => observer.callsWaiting(count),
      onFailed: (error) => observer.storeFailed(error),
    });
    this.#shelf = new PayloadShelf({
      objects: options.objects,
      commit: this.#lanes.add.bind(this.#lanes),
      onRetry: (error) => observer.storeFailed(error),
      pause: (tries) => retryPause(tries, random),
    });
    const commit = this.#shelf.add.bind(this.#shelf);
    this.book = new LimitBook(options.limits);
    this.admission = new RunAdmission({
      ...options,
      book: this.book,
      calls: this.calls,
      host: {
        submit: (runId, command) => this.engine.submit(runId, command),
        adopt: (runId) => this.engine.adopt(runId),
      },
      onFailed: (error) => observer.storeFailed(error),
      onWaiting: (count) => observer.runsWaiting(count),
    });
    this.called = new CalledRuns({
      store: options.calledRuns,
      stateOf: (runId) => this.engine.peek(runId)?.state,
      adopt: (runId) => this.engine.adopt(runId),
      submit: (runId, command) => this.engine.submit(runId, command),
      onFailed: (error) => observer.storeFailed(error),
    });
    const { book, admission, called } = this;
    this.engine = new RunEngine({ ...options, dispatcher: this.dispatcher, commit, book, admission, called });
    const handOverRun = (runId: string) => handOver(options, runId);
    const { engine, outbox } = this;
    this.keeper = new RunKeeper({ ...options, engine, outbox, admission, called, handOver: handOverRun });
  }

  /**
   * To be called when the live schedulers have changed, this one among them. `rejoined`: it was not until now, and
   * others may have gone on with anything. Resolves when what became this one's is in memory.
   */
  membersChanged(members: readonly Member[], rejoined: boolean): Promise<void> {
    const { ownership } = this.#options;
    ownership.update(members);
    this.engine.release((runId) => rejoined || !ownership.owns(runId));
    this.called.release((runId) => rejoined || !ownership.owns(runId));
    const adopted = this.#changing.then(() => this.#adopt(members));
    this.#changing = adopted.catch(() => {});
    return adopted;
  }

  /** A peer cannot read a run and leaves it to this scheduler. @throws where this one cannot either. */
  async takeRun(runId: string): Promise<void> {
    this.#options.ownership.take(runId);
    await this.engine.adopt(runId);
    this.dispatcher.askAnnouncements();
  }

  /** To be called when this scheduler is none of the live ones any more. */
  excluded(): void {
    this.#options.ownership.update([]);
    this.engine.release(() => true);
    this.called.release(() => true);
  }

  /** To be called when this scheduler is sure again that it lives, after it was not; nobody has taken its place. */
  resumed(): void {
    this.engine.resume();
  }

  /** Resolves when what has become this scheduler's so far is in memory, or could not be brought there. */
  get adopted(): Promise<void> {
    return this.#changing;
  }

  /** Ends rounds and timers, then waits for the commits under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    await this.keeper[Symbol.asyncDispose]();
    this.admission[Symbol.dispose]();
    this.calls[Symbol.dispose]();
    this.engine.stop();
    await this.#shelf.stop();
    await this.#lanes.idle();
  }

  async #adopt(members: readonly Member[]): Promise<void> {
    if (this.#isStopped || this.#options.ownership.members !== members) return;
    try {
      await this.keeper.adoptAll();
    } finally {
      this.dispatcher.askAnnouncements();
    }
  }

  /**
   * What an executor has in hand without a task for it here is reported here, and stopped if nobody wants it. The
   * executor says it once, so a store that is away meanwhile is asked again for as long as the executor is there.
   */
  async #settleUnclaimed(session: ExecutorSession, address: TaskAddress): Promise<void> {
    const { runId, key } = address;
    const task = `${session.executorId}/${runId}/${key.nodeId}/${key.attempt}.${key.dispatch}`;
    if (this.#settling.get(task) === session) return;
    this.#settling.set(task, session);
    for (let tries = 1; this.#settling.get(task) === session; tries++) {
      try {
        await this.#settle(session, address);
        break;
      } catch (error) {
        if (error instanceof RunElsewhereError) break;
        this.#options.observer.reportFailed(runId, error);
        await pause(backoffMs(tries, SETTLE_RETRY, this.#options.random));
        if (this.#isStopped || !this.dispatcher.isConnected(session)) break;
      }
    }
    if (this.#settling.get(task) === session) this.#settling.delete(task);
  }

  async #settle({ channel, executorId }: ExecutorSession, { runId, key }: TaskAddress): Promise<void> {
    const cell = await this.engine.adopt(runId);
    if (this.dispatcher.placeOf(runId, key.nodeId)?.executorId === executorId) return;
    const node = cell?.state?.nodes.get(key.nodeId);
    channel.sendClaim(runId, key);
    const isWanted = node !== undefined && needsDispatch(node) && node.attempt === key.attempt;
    if (!isWanted) channel.sendCancellation(runId, key, 'result not wanted any more');
  }
}

const RETRY = { initialMs: 10, maxMs: 1000, jitter: 0.5 };
/** A run that cannot be read is asked for in vain until an operator has mended it: seldom, then. */
const SETTLE_RETRY = { initialMs: 10, maxMs: 5000, jitter: 0.5 };

/** Waits between tries at a store that fails. */
function retryPause(tries: number, random: () => number): Promise<void> {
  return pause(backoffMs(tries, RETRY, random));
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
