/**
 * Task events on the bus, for whoever watches right now.
 *
 * Owns what gathers in one turn of the event loop: the events of one run go out together. Does not own the bus.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { EventBus } from '@skein/bus';
import { TaskEventBatchSchema, type TaskEvent } from '@skein/contracts/event';
import type { LiveEvents } from '../../app/task-events.ts';

/** What an event takes besides its text, about. */
const EVENT_OVERHEAD_BYTES = 200;

export class BusLiveEvents implements LiveEvents {
  readonly #bus: Pick<EventBus, 'publishTaskEvents' | 'maxPayloadBytes'>;
  #byRun = new Map<string, TaskEvent[]>();

  constructor(bus: Pick<EventBus, 'publishTaskEvents' | 'maxPayloadBytes'>) {
    this.#bus = bus;
  }

  publish(event: TaskEvent): void {
    if (this.#byRun.size === 0) setImmediate(() => this.flush());
    const key = `${event.namespace}/${event.runId}`;
    const gathered = this.#byRun.get(key);
    if (gathered === undefined) this.#byRun.set(key, [event]);
    else gathered.push(event);
  }

  /** Sends what has gathered. */
  flush(): void {
    const byRun = this.#byRun;
    this.#byRun = new Map();
    for (const events of byRun.values()) this.#send(events);
  }

  #send(events: readonly TaskEvent[]): void {
    const limitBytes = this.#bus.maxPayloadBytes / 2;
    let batch: TaskEvent[] = [];
    let bytes = 0;
    for (const event of events) {
      const sizeBytes = EVENT_OVERHEAD_BYTES + textLength(event) * 3;
      if (batch.length > 0 && bytes + sizeBytes > limitBytes) {
        this.#publish(batch);
        batch = [];
        bytes = 0;
      }
      batch.push(event);
      bytes += sizeBytes;
    }
    this.#publish(batch);
  }

  #publish(events: TaskEvent[]): void {
    const [first] = events;
    if (first === undefined) return;
    const { namespace, runId } = first;
    const batch = create(TaskEventBatchSchema, { events, sentAt: timestampFromMs(Date.now()) });
    this.#bus.publishTaskEvents({ namespace, runId, body: toBinary(TaskEventBatchSchema, batch) });
  }
}

function textLength({ event }: TaskEvent): number {
  return event.case === 'agentStreamDelta' ? event.value.text.length : 1100;
}
