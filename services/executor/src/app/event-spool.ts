/**
 * Makes few, larger events of many small ones before they are stored.
 *
 * Owns the open chunks of all deliveries. Does not own the way to the store (AppendQueue).
 *
 * S1. Consecutive deltas of a delivery become one, until 16 KiB are together, something else happens, 100 ms have
 *     passed or the delivery ends. The chunk has the offset of its first delta and the task_seq of its last, so that
 *     every live event up to that number is covered by what is stored.
 * S2. A chunk does not change once it was handed on: sent twice, it is stored once.
 * S3. A delivery without events costs nothing.
 */
import { create } from '@bufbuild/protobuf';
import { TaskEventSchema, type AgentStreamDelta, type TaskEvent } from '@skein/contracts/event';
import { MAX_DELTA_BYTES } from '../domain/text-pieces.ts';
import type { AppendQueue } from './append-queue.ts';

const CHUNK_BYTES = 16 * 1024;
const CHUNK_MS = 100;

/** The events of one delivery on their way to the store. */
export interface SpooledDelivery {
  /** Takes the next event in the order of task_seq. */
  add(event: TaskEvent): void;
  /** Hands on what has gathered; resolves when it and everything before it is stored or dropped. */
  flush(): Promise<void>;
}

export class EventSpool {
  readonly #queue: AppendQueue;
  readonly #dirty = new Set<Chunk>();
  #timer: NodeJS.Timeout | undefined;

  constructor(queue: AppendQueue) {
    this.#queue = queue;
  }

  open(): SpooledDelivery {
    const chunk = new Chunk();
    return {
      add: (event) => {
        chunk.add(event);
        if (chunk.sizeBytes >= CHUNK_BYTES) return this.#hand(chunk);
        this.#dirty.add(chunk);
        this.#timer ??= setTimeout(() => this.#handAll(), CHUNK_MS);
      },
      flush: () => {
        this.#hand(chunk);
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
    for (const chunk of this.#dirty) this.#queue.push(chunk.take());
    this.#dirty.clear();
  }

  #hand(chunk: Chunk): void {
    this.#dirty.delete(chunk);
    const events = chunk.take();
    if (events.length > 0) this.#queue.push(events);
  }
}

/** Gathers events of one delivery (S1). */
class Chunk {
  #events: TaskEvent[] = [];
  #deltas: { readonly event: TaskEvent; readonly delta: AgentStreamDelta }[] = [];
  /** UTF-8 bytes of text that wait, at least until the next `take`. */
  sizeBytes = 0;

  add(event: TaskEvent): void {
    if (event.event.case !== 'agentStreamDelta') {
      this.#closeDelta();
      this.#events.push(event);
      return;
    }
    const delta = event.event.value;
    const sizeBytes = Buffer.byteLength(delta.text);
    if (this.sizeBytes + sizeBytes > MAX_DELTA_BYTES) this.#closeDelta();
    this.#deltas.push({ event, delta });
    this.sizeBytes += sizeBytes;
  }

  take(): readonly TaskEvent[] {
    this.#closeDelta();
    const events = this.#events;
    this.#events = [];
    this.sizeBytes = 0;
    return events;
  }

  /** S2. */
  #closeDelta(): void {
    const [first] = this.#deltas;
    const last = this.#deltas.at(-1);
    if (first === undefined || last === undefined) return;
    const text = this.#deltas.map(({ delta }) => delta.text).join('');
    const value = { text, offsetBytes: first.delta.offsetBytes };
    const { namespace, runId, nodeId, attempt, dispatch, taskSeq } = last.event;
    const address = { namespace, runId, nodeId, attempt, dispatch, taskSeq };
    const { occurredAt } = first.event;
    const time = occurredAt === undefined ? {} : { occurredAt };
    this.#events.push(create(TaskEventSchema, { ...address, ...time, event: { case: 'agentStreamDelta', value } }));
    this.#deltas = [];
  }
}
