/**
 * Follows the events of one run.
 *
 * E1. What is handed out has no gap and no repeat: a broken stream goes on behind the last cursor.
 * E2. It ends with the run's last event.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@connectrpc/connect';
import type { EventService, SubscribeEventsResponse } from '../gen/skein/eventlog/v1/event_service_pb.ts';
import { SkeinError } from './skein-error.ts';

/** How a run is followed. */
export interface FollowOptions {
  /** The cursor of the last update that is known. Default: from the first event. */
  readonly cursor?: string;
  /** Whether streamed text and progress of agents are wanted too. Default: false. */
  readonly taskEvents?: boolean;
  readonly signal?: AbortSignal;
}

/** One thing that happened. */
export interface RunUpdate {
  /** Where to go on after it. */
  readonly cursor: string;
  /** A run event, a task event, or the word that a node streams anew. */
  readonly item: Exclude<SubscribeEventsResponse['item'], { case: 'keepAlive' | undefined }>;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
const MAX_TRIES_WITHOUT_NEWS = 8;
const TRANSIENT: ReadonlySet<string> = new Set(['UNAVAILABLE', 'UNKNOWN', 'ABORTED', 'INTERNAL']);
const LAST = /^run(?:Done|Failed|Cancelled|Terminated)$/;

/** Yields every update in order. Throws a SkeinError where it cannot go on. */
export async function* followRun(
  events: Client<typeof EventService>,
  run: { readonly namespace: string; readonly runId: string },
  { cursor: first = '', taskEvents = false, signal }: FollowOptions,
): AsyncGenerator<RunUpdate, void, undefined> {
  let cursor = first;
  let tries = 0;
  const options = signal === undefined ? {} : { signal };
  for (;;) {
    try {
      const request = { ...run, cursor, includeTaskEvents: taskEvents };
      for await (const response of events.subscribeEvents(request, options)) {
        cursor = response.cursor || cursor;
        tries = 0;
        const { item } = response;
        if (item.case === undefined || item.case === 'keepAlive') continue;
        yield { cursor, item };
        if (item.case === 'runEvent' && LAST.test(item.value.event.case ?? '')) return;
      }
    } catch (thrown) {
      const error = SkeinError.from(thrown);
      if (signal?.aborted === true || !TRANSIENT.has(error.code) || tries >= MAX_TRIES_WITHOUT_NEWS) throw error;
    }
    tries += 1;
    await delay(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries), undefined, options).catch((error: unknown) => {
      throw SkeinError.from(error);
    });
  }
}
