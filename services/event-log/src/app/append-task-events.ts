import type { TaskEvent } from '@skein/contracts/event';
import { chunksOf } from '../domain/task-chunk.ts';
import type { EventLogObserver } from './event-log-observer.ts';
import type { TaskEventStore } from './task-event-store.ts';

/** Stores task events, whole and of any runs, in as few rows as possible. Storing the same again changes nothing. */
export async function appendTaskEvents(
  parts: { readonly tasks: TaskEventStore; readonly observer: EventLogObserver },
  events: readonly TaskEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const chunks = chunksOf(events);
  await parts.tasks.append(chunks);
  parts.observer.taskEventsStored({ events: events.length, chunks: chunks.length });
}
