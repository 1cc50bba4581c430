import { create, toBinary } from '@bufbuild/protobuf';
import { TaskEventBatchSchema, type TaskEvent } from '@skein/contracts/event';
import { MemoryRunEventStore } from '../adapters/memory/memory-run-event-store.ts';
import { MemoryTaskEventStore } from '../adapters/memory/memory-task-event-store.ts';
import { SchedulerHistorySource } from '../adapters/scheduler/scheduler-history-source.ts';
import { appendTaskEvents } from '../app/append-task-events.ts';
import { followRun, type FollowedItem } from '../app/follow-run.ts';
import { IngestEventBatches } from '../app/ingest-event-batches.ts';
import { LiveRuns } from '../app/live-runs.ts';
import { RunHistory } from '../app/run-history.ts';
import { START, decodePosition, encodePosition } from '../domain/position.ts';
import type { RunKey } from '../domain/run-key.ts';
import { FakeScheduler } from './fake-scheduler.ts';
import { lossyBus, type LossyBus, type Losses } from './lossy-bus.ts';
import { recordingObserver, type RecordingObserver } from './recording-observer.ts';
import { VirtualClock } from './virtual-clock.ts';

/** The use cases of event-log on stores and a bus in memory, with time that tests let pass. */
export interface MemoryEventLog extends AsyncDisposable {
  readonly bus: LossyBus;
  readonly scheduler: FakeScheduler;
  readonly clock: VirtualClock;
  readonly observer: RecordingObserver;
  /** Follows a run; the result can be left at any item. */
  follow(run: RunKey, options?: { readonly cursor?: string; readonly signal?: AbortSignal }): AsyncGenerator<Followed>;
  /** Sends task events to whoever watches. */
  publishLive(run: RunKey, events: readonly TaskEvent[]): void;
  /** Stores task events. */
  append(events: readonly TaskEvent[]): Promise<void>;
}

/** An item with its cursor, as a client gets it. */
export interface Followed {
  readonly item: FollowedItem['item'];
  readonly cursor: string;
}

/** Starts one. Where `ingests` is false, nothing that is published gets into the store. */
export async function memoryEventLog(
  options: { readonly losses?: Losses; readonly ingests?: boolean } = {},
): Promise<MemoryEventLog> {
  await using cleanup = new AsyncDisposableStack();
  const bus = cleanup.use(lossyBus(options.losses));
  const clock = new VirtualClock();
  const observer = recordingObserver();
  const scheduler = new FakeScheduler(bus);
  const store = new MemoryRunEventStore();
  const tasks = new MemoryTaskEventStore();
  const source = new SchedulerHistorySource(scheduler.tasks);
  const history = new RunHistory({ store, source, observer });
  const live = cleanup.use(new LiveRuns(bus));
  // Not told of what was stored: what the tail loses is found by other means then.
  const ingest = new IngestEventBatches({ bus, store, source, observer, onStored: () => {} });
  if (options.ingests !== false) {
    const handler: IngestEventBatches['handle'] = (messages) => ingest.handle(messages);
    cleanup.use(await bus.consumeEventBatches({ consumer: 'event-log', handler }));
  }
  const parts = { history, tasks, live, clock, observer };
  const running = cleanup.move();
  return {
    bus,
    scheduler,
    clock,
    observer,
    async *follow(run, { cursor = '', signal = new AbortController().signal } = {}) {
      const from = cursor === '' ? START : decodePosition(cursor, run, 'follow');
      for await (const { item, position } of followRun(parts, { run, from, taskEvents: true, signal })) {
        yield { item, cursor: encodePosition(position, run, 'follow') };
      }
    },
    publishLive(run, events) {
      const body = toBinary(TaskEventBatchSchema, create(TaskEventBatchSchema, { events: [...events] }));
      bus.publishTaskEvents({ ...run, body });
    },
    append: (events) => appendTaskEvents({ tasks, observer }, events),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** One line for an item, to compare with. */
export function followedLine({ item }: Pick<Followed, 'item'>): string {
  switch (item.kind) {
    case 'run_event':
      return `${item.event.seq} ${item.event.event.case}`;
    case 'task_event': {
      const { nodeId, attempt, dispatch, taskSeq } = item.event;
      return `${nodeId}/${attempt}/${dispatch} ${taskSeq}`;
    }
    case 'stream_reset':
      return `reset ${item.ref.nodeId}/${item.ref.attempt}/${item.ref.dispatch}`;
    case 'keep_alive':
      return 'keep-alive';
  }
}
