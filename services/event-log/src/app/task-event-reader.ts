import type { TaskEvent } from '@skein/contracts/event';
import type { DispatchRef } from '../domain/dispatch.ts';
import type { DispatchEnd } from '../domain/run-event-facts.ts';
import type { RunKey } from '../domain/run-key.ts';
import { taskEventsOf } from '../domain/task-chunk.ts';
import { TaskProgress } from '../domain/task-progress.ts';
import type { Clock } from './clock.ts';
import type { EventLogObserver } from './event-log-observer.ts';
import { HeldTaskEvents } from './held-task-events.ts';
import type { LiveMailbox } from './live-mailbox.ts';
import type { StoredDispatch, TaskEventStore } from './task-event-store.ts';

/** How much of a dispatch is in memory at a time. */
const PAGE = { maxRows: 100, maxBytes: 1024 * 1024 };
/** Longest wait for the rest of a dispatch's text after the run event that ends it. */
const DRAIN_MS = 2_000;
/** Pause between two looks into the store meanwhile. */
const DRAIN_POLL_MS = 50;
/** What ended longer ago has had its time: what is not stored by then never will be. */
const FRESH_MS = 10_000;

/** What a reader is given. */
export type TaskItem =
  | { readonly kind: 'task_event'; readonly event: TaskEvent }
  /** Forget the text of this node: a newer dispatch begins. */
  | { readonly kind: 'stream_reset'; readonly ref: DispatchRef };

/** What reading task events needs. */
export interface TaskReaderParts {
  readonly store: TaskEventStore;
  readonly clock: Clock;
  readonly observer: EventLogObserver;
}

/** Where live task events come from, and until when. */
export interface LiveSource {
  readonly mailbox: LiveMailbox;
  readonly signal: AbortSignal;
}

/**
 * The task events of one run for one reader, from the store and, where there is one, from the live stream:
 *
 *   live ──► next? ──► reader
 *             │ ahead           ┌─► next ──► reader
 *             └─► held ─► store ┤
 *                               └─► still missing after a while: go on without
 *
 * Owns what the reader has and what is held back for it. Does not own the run events, nor when the run has ended.
 *
 * Invariants:
 * I1. TaskProgress decides what the reader gets; its invariants hold for every way an event can come.
 * I2. No call waits longer than DRAIN_MS, and none waits for what ended long ago or is not followed live.
 */
export class TaskEventReader {
  readonly progress = new TaskProgress();
  readonly #parts: TaskReaderParts;
  readonly #run: RunKey;
  readonly #live: LiveSource | undefined;
  readonly #held: HeldTaskEvents;
  #stored: ReadonlyMap<string, readonly StoredDispatch[]> = new Map();

  constructor(parts: TaskReaderParts, run: RunKey, live?: LiveSource) {
    this.#parts = parts;
    this.#run = run;
    this.#live = live;
    this.#held = new HeldTaskEvents(parts.clock);
  }

  /** When `retryHeld` has something to do. */
  get nextRetryMs(): number {
    return this.#held.nextRetryMs;
  }

  /** Looks which dispatches the store has something of. */
  async look(): Promise<void> {
    const dispatches = await this.#parts.store.dispatches(this.#run);
    this.#stored = Map.groupBy(dispatches, (dispatch) => dispatch.nodeId);
  }

  /** Whether `look` found anything. */
  get hasStored(): boolean {
    return this.#stored.size > 0;
  }

  /** What has arrived live. */
  async *takeLive(): AsyncGenerator<TaskItem> {
    for (const event of this.#live?.mailbox.takeTasks() ?? []) yield* this.#offer(event);
  }

  /** Looks for what the held events wait for; gives them up where that has taken too long. */
  async *retryHeld(): AsyncGenerator<TaskItem> {
    for (const ref of this.#held.due()) {
      yield* this.#readStored(ref);
      if (this.#held.postpone(ref) === 'expired') yield* this.#releaseAll(ref);
    }
  }

  /** What is stored of the dispatches that have not ended, the newest of each node. */
  async *catchUp(): AsyncGenerator<TaskItem> {
    await this.look();
    for (const dispatches of this.#stored.values()) {
      const newest = dispatches.at(-1);
      if (newest !== undefined && this.#isBehind(newest)) yield* this.#readStored(newest);
    }
  }

  /** The rest of a dispatch, before the run event that ends it. `endedAtMs` is that event's time. */
  async *finish(end: DispatchEnd, endedAtMs: number): AsyncGenerator<TaskItem> {
    const { streamedBytes = 0 } = end;
    const { nodeId, attempt, dispatch } = end.ref;
    const ref = { nodeId, attempt, dispatch };
    yield* this.takeLive();
    if (this.progress.isOver(ref)) return;
    if (this.#mayHaveMore(ref, streamedBytes)) yield* this.#drain(ref, streamedBytes, endedAtMs);
    // A dispatch that streamed nothing still makes an older one's text void.
    yield* this.#turnTo(ref);
    this.#held.drop(ref);
    this.progress.end(ref);
  }

  /** The rest of every dispatch, before the event that ends the run. */
  async *finishAll(): AsyncGenerator<TaskItem> {
    yield* this.takeLive();
    yield* this.catchUp();
    for (const ref of this.#held.refs()) yield* this.#releaseAll(ref);
    this.progress.endAll();
  }

  async *#drain(ref: DispatchRef, streamedBytes: number, endedAtMs: number): AsyncGenerator<TaskItem> {
    const { clock, observer } = this.#parts;
    const isFresh = this.#live !== undefined && clock.wallMs() - endedAtMs < FRESH_MS;
    const deadlineMs = clock.nowMs() + (isFresh ? DRAIN_MS : 0);
    yield* this.#readStored(ref);
    while (this.#live !== undefined && !this.#live.signal.aborted) {
      if (this.progress.isOver(ref) || this.progress.offsetOf(ref) >= streamedBytes) break;
      if (clock.nowMs() >= deadlineMs) break;
      await this.#live.mailbox.changed(Math.min(deadlineMs, clock.nowMs() + DRAIN_POLL_MS), this.#live.signal);
      yield* this.takeLive();
      if (this.progress.offsetOf(ref) < streamedBytes) yield* this.#readStored(ref);
    }
    yield* this.#releaseAll(ref);
    const missingBytes = streamedBytes - this.progress.offsetOf(ref);
    if (missingBytes > 0 && isFresh && !this.progress.isOver(ref)) {
      observer.taskEventsMissing(this.#run, { nodeId: ref.nodeId, missingBytes });
    }
  }

  /** Whether it is worth looking into the store before a dispatch is called ended. */
  #mayHaveMore(ref: DispatchRef, streamedBytes: number): boolean {
    return streamedBytes > this.progress.offsetOf(ref) || this.progress.taskSeqOf(ref) > 0 || this.#isStored(ref);
  }

  #isStored(ref: DispatchRef): boolean {
    const ofNode = this.#stored.get(ref.nodeId) ?? [];
    return ofNode.some((stored) => stored.attempt === ref.attempt && stored.dispatch === ref.dispatch);
  }

  #isBehind(stored: StoredDispatch): boolean {
    return !this.progress.isOver(stored) && this.progress.taskSeqOf(stored) < stored.lastTaskSeq;
  }

  /** What the store has next of a dispatch, up to the first event that is missing there. */
  async *#readStored(ref: DispatchRef): AsyncGenerator<TaskItem> {
    for (;;) {
      const before = this.progress.taskSeqOf(ref);
      const chunks = await this.#parts.store.readAfter(this.#run, ref, before, PAGE);
      for (const event of chunks.flatMap(taskEventsOf)) yield* this.#offer(event);
      if (chunks.length === 0 || this.progress.taskSeqOf(ref) === before) return;
    }
  }

  /** Everything that is held of a dispatch, and what the store has beyond what is missing. */
  async *#releaseAll(ref: DispatchRef): AsyncGenerator<TaskItem> {
    for (let event = this.#held.takeFirst(ref); event !== undefined; event = this.#held.takeFirst(ref)) {
      if (this.progress.judge(event) === 'drop') continue;
      this.progress.advance(event);
      yield { kind: 'task_event', event };
      yield* this.#readStored(ref);
    }
  }

  *#turnTo({ nodeId, attempt, dispatch }: DispatchRef): Generator<TaskItem> {
    const ref = { nodeId, attempt, dispatch };
    if (!this.progress.isNewer(ref)) return;
    this.#held.dropNode(nodeId);
    if (this.progress.begin(ref)) yield { kind: 'stream_reset', ref };
  }

  /** I1. */
  async *#offer(event: TaskEvent): AsyncGenerator<TaskItem> {
    yield* this.#turnTo(event);
    let next: TaskEvent | undefined = event;
    while (next !== undefined) {
      const verdict = this.progress.judge(next);
      if (verdict === 'ahead') this.#held.hold(next);
      if (verdict !== 'deliver') return;
      this.progress.advance(next);
      yield { kind: 'task_event', event: next };
      next = this.#held.take(event, this.progress.taskSeqOf(event) + 1);
    }
  }
}
