/**
 * Follows the events of one run to its end.
 *
 * I1. What is handed out has no gap and no repeat: a broken stream goes on after the last cursor received.
 * I2. It ends after the run's last event, or throws what kept it from going on.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Code, ConnectError } from '@connectrpc/connect';
import type { SubscribeEventsResponse } from '@skein/contracts/eventlog';
import { Backoff } from '@skein/lifecycle';
import type { Api } from '../api/api.ts';

export interface FollowOptions {
  /** Whether streamed text and progress of agents are wanted too. */
  readonly taskEvents: boolean;
  readonly signal?: AbortSignal;
}

/** Anything but a keep-alive. */
export type FollowedItem = SubscribeEventsResponse & {
  readonly item: Exclude<SubscribeEventsResponse['item'], { case: 'keepAlive' | undefined }>;
};

const MAX_TRIES_WITHOUT_NEWS = 8;
const TRANSIENT: ReadonlySet<Code> = new Set([Code.Unavailable, Code.Unknown, Code.Aborted, Code.Internal]);

/** Yields every item in order. */
export async function* followRun(api: Api, runId: string, options: FollowOptions): AsyncGenerator<FollowedItem> {
  const { signal } = options;
  const backoff = new Backoff({ initialMs: 50, maxMs: 2_000 });
  let cursor = '';
  for (;;) {
    try {
      const request = { namespace: api.namespace, runId, cursor, includeTaskEvents: options.taskEvents };
      for await (const response of api.events.subscribeEvents(request, signal ? { signal } : {})) {
        cursor = response.cursor || cursor;
        backoff.reset();
        if (!isNews(response)) continue;
        yield response;
        if (isLast(response)) return;
      }
    } catch (error) {
      if (!TRANSIENT.has(ConnectError.from(error).code) || backoff.attempt >= MAX_TRIES_WITHOUT_NEWS) throw error;
    }
    if (backoff.attempt >= MAX_TRIES_WITHOUT_NEWS) {
      throw new ConnectError(`the event stream of run ${runId} ends before the run does`, Code.Unavailable);
    }
    await delay(backoff.nextMs(), undefined, signal ? { signal } : {});
  }
}

function isNews(response: SubscribeEventsResponse): response is FollowedItem {
  return response.item.case !== undefined && response.item.case !== 'keepAlive';
}

function isLast({ item }: FollowedItem): boolean {
  return item.case === 'runEvent' && /^run(Done|Failed|Cancelled|Terminated)$/.test(item.value.event.case ?? '');
}
