/**
 * Gathers the events of a delivery before they are stored: event-log keeps what comes together as one row.
 *
 * Owns what has gathered. Does not own the way to the store (AppendQueue).
 *
 * S1. Events are handed on when 16 KiB of text are together, 100 ms have passed, or the delivery ends.
 * S2. The events of a delivery are handed on in the order of task_seq.
 * S3. A delivery without events costs nothing.
 */
import type { TaskEvent } from '@skein/contracts/event';
import type { AppendQueue } from './append-queue.ts';

const GATHER_BYTES = 16 * 1024;
const GATHER_MS = 100;

/** The events of one delivery on their way to the store. */
export interface SpooledDelivery {
  /** Takes the next event in the order of task_seq. */
  add(event: TaskEvent, sizeBytes: number): void;
  /** Hands on what has gathered; resolves when it and everything before it is stored or dropped. */
  flush(): Promise<void>;
}

interface Gathered {
  events: TaskEvent[];
  sizeBytes: number;
}

export class EventSpool {
  readonly #queue: AppendQueue;
  readonly #waiting = new Set<Gathered>();
  #timer: NodeJS.Timeout | undefined;

  constructor(queue: AppendQueue) {
    this.#queue = queue;
  }

  open(): SpooledDelivery {
    const gathered: Gathered = { events: [], sizeBytes: 0 };
    return {
      add: (event, sizeBytes) => {
        gathered.events.push(event);
        gathered.sizeBytes += sizeBytes;
        if (gathered.sizeBytes >= GATHER_BYTES) return this.#hand(gathered);
        this.#waiting.add(gathered);
        this.#timer ??= setTimeout(() => this.#handAll(), GATHER_MS);
      },
      flush: () => {
        this.#hand(gathered);
        return this.#queue.settled();
      },
    };
  }

  /** Hands everything on; resolves when it is stored or dropped. */
  flush(): Promise<void> {
    this.#handAll();
    return this.#queue.settled();
  }

  #handAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const gathered of this.#waiting) this.#hand(gathered);
  }

  #hand(gathered: Gathered): void {
    this.#waiting.delete(gathered);
    const { events } = gathered;
    if (events.length === 0) return;
    gathered.events = [];
    gathered.sizeBytes = 0;
    this.#queue.push(events);
  }
}
