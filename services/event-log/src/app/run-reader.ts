import type { RunEvent } from '@skein/contracts/event';
import { msOfTimestamp } from '@skein/events';
import type { Position } from '../domain/position.ts';
import { dispatchEndOf, isTerminal } from '../domain/run-event-facts.ts';
import type { RunKey } from '../domain/run-key.ts';
import { eventsOf } from '../domain/transition-events.ts';
import type { TransitionRecord } from '../domain/transition-record.ts';
import type { RunHistory } from './run-history.ts';
import type { TaskEventReader, TaskItem } from './task-event-reader.ts';

/** What a reader of a run is given. */
export type RunItem = { readonly kind: 'run_event'; readonly event: RunEvent } | TaskItem;

/** An item with the place to go on from after it. */
export interface PlacedItem {
  readonly item: RunItem;
  readonly position: Position;
}

/**
 * One reader's way through a run: turns transitions into items, each with its task events before it.
 *
 * Owns the reader's position. Does not own where transitions come from.
 *
 * Invariants: I1. Run events are given in the order of seq, each once. I2. All task events of a dispatch that will
 * ever be given are given before the run event that ends it. I3. Nothing is given after a terminal event.
 */
export class RunReader {
  readonly #run: RunKey;
  readonly #tasks: TaskEventReader | undefined;
  #seq: number;
  #ended = false;

  constructor(run: RunKey, seq: number, tasks: TaskEventReader | undefined) {
    this.#run = run;
    this.#seq = seq;
    this.#tasks = tasks;
  }

  /** seq of the last run event that was given. */
  get seq(): number {
    return this.#seq;
  }

  /** Whether the terminal event was given. */
  get ended(): boolean {
    return this.#ended;
  }

  get position(): Position {
    return { seq: this.#seq, open: this.#tasks?.progress.open() ?? [] };
  }

  /** Takes up a position that was reached before: learns which dispatches had ended by then. */
  async resume(history: RunHistory, from: Position): Promise<void> {
    const tasks = this.#tasks;
    this.#seq = from.seq;
    if (tasks === undefined) return;
    for await (const record of history.upTo(this.#run, from.seq)) {
      for (const event of eventsOf(record)) {
        const end = dispatchEndOf(event);
        if (end !== undefined && event.seq <= BigInt(from.seq)) tasks.progress.learnEnd(end);
      }
    }
    tasks.progress.restore(from.open);
  }

  /** The items of a transition that continues the position. */
  async *read(record: TransitionRecord): AsyncGenerator<PlacedItem> {
    for (const event of eventsOf(record)) {
      const seq = Number(event.seq);
      if (seq <= this.#seq) continue;
      if (this.#tasks !== undefined) yield* this.placed(this.#endings(this.#tasks, event));
      this.#seq = seq;
      this.#ended = isTerminal(event);
      yield { item: { kind: 'run_event', event }, position: this.position };
      if (this.#ended) return;
    }
  }

  /** Task items with the place after each. */
  async *placed(items: AsyncIterable<TaskItem>): AsyncGenerator<PlacedItem> {
    for await (const item of items) yield { item, position: this.position };
  }

  async *#endings(tasks: TaskEventReader, event: RunEvent): AsyncGenerator<TaskItem> {
    const end = dispatchEndOf(event);
    if (end !== undefined) yield* tasks.finish(end, msOfTimestamp(event.occurredAt));
    if (isTerminal(event)) yield* tasks.finishAll();
  }
}
