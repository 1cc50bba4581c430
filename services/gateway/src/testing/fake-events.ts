import { create } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import {
  EventService,
  type EventEntry,
  type ListEventsRequest,
  type SubscribeEventsResponse,
} from '@skein/contracts/eventlog';
import { RunEventSchema, TaskEventSchema, type RunEvent, type TaskEvent } from '@skein/contracts/event';
import { eventName, timestampOfMs } from '@skein/events';
import { bind, skeinError, type ServiceBinding } from '@skein/rpc';

type Item = SubscribeEventsResponse['item'];
type Fact = RunEvent['event'] | TaskEvent['event'];

interface History {
  readonly items: Item[];
  ended: boolean;
}

/** First event's time; each later one is a second after the one before. */
export const FIRST_EVENT_MS = Date.UTC(2026, 10, 5, 9, 30);

/** The history of runs, kept in this process; cursors are positions. */
export class FakeEvents {
  readonly #histories = new Map<string, History>();
  #changed = Promise.withResolvers<void>();
  /** Subscriptions that are open now. */
  open = 0;
  /** Items that subscriptions have handed out. */
  handedOut = 0;
  readonly lists: ListEventsRequest[] = [];

  /** Adds a fact; terminal ones end the run. */
  append(runId: string, fact: Fact): void {
    const history = this.#historyOf(runId);
    const occurredAt = timestampOfMs(FIRST_EVENT_MS + history.items.length * 1000);
    const seq = history.items.filter(({ case: kind }) => kind === 'runEvent').length + 1;
    const common = { namespace: 'default', runId, occurredAt };
    if (fact.case === 'agentStreamDelta' || fact.case === 'agentState') {
      const taskSeq = BigInt(history.items.length);
      const place = { nodeId: 'reply', attempt: 1, dispatch: 1, taskSeq };
      history.items.push({
        case: 'taskEvent',
        value: create(TaskEventSchema, { ...common, ...place, event: fact }),
      });
    } else {
      const value = create(RunEventSchema, { ...common, seq: BigInt(seq), event: fact });
      history.items.push({ case: 'runEvent', value });
      history.ended = ['run_done', 'run_failed', 'run_cancelled', 'run_terminated'].includes(eventName(value));
    }
    this.#announce();
  }

  /** Adds an item that is no event: a reset or a sign of life. */
  appendItem(runId: string, item: Item): void {
    this.#historyOf(runId).items.push(item);
    this.#announce();
  }

  readonly binding: ServiceBinding = bind(EventService, {
    appendTaskEvents: () => ({}),
    getRunTimeline: ({ runId }) => {
      this.#find(runId);
      const nodes = [{ nodeId: 'reply', outcome: 'succeeded', attempts: 1, firstAt: timestampOfMs(0) }];
      return { timeline: { runId, workflowId: 'greeting', outcome: 'run_done', nodes } };
    },
    listEvents: (request) => {
      this.lists.push(request);
      const { runId, afterSeq, eventNames, includeTaskEvents, pageSize, pageToken } = request;
      const { items } = this.#find(runId);
      const from = pageToken === '' ? 0 : position(pageToken);
      const entries: EventEntry['entry'][] = [];
      let next = from;
      while (next < items.length && entries.length < (pageSize || 100)) {
        const item = items[next];
        next += 1;
        if (item?.case !== 'runEvent' && !(item?.case === 'taskEvent' && includeTaskEvents)) continue;
        if (item.case === 'runEvent' && item.value.seq <= afterSeq) continue;
        if (eventNames.length > 0 && !eventNames.includes(eventName(item.value))) continue;
        entries.push(item);
      }
      return { entries: entries.map((entry) => ({ entry })), nextPageToken: next < items.length ? `p${next}` : '' };
    },
    subscribeEvents: (request, { signal }) => this.#subscribe(request, signal),
  });

  async *#subscribe(
    { runId, cursor, includeTaskEvents }: { runId: string; cursor: string; includeTaskEvents: boolean },
    signal: AbortSignal,
  ) {
    const history = this.#find(runId);
    this.open += 1;
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    try {
      for (let at = cursor === '' ? 0 : position(cursor); ;) {
        const changed = this.#changed.promise;
        const item = history.items[at];
        at += 1;
        if (item === undefined) {
          if (history.ended || signal.aborted) return;
          at -= 1;
          await Promise.race([changed, aborted]);
        } else if (item.case !== 'taskEvent' || includeTaskEvents) {
          this.handedOut += 1;
          yield { item, cursor: `p${at}` };
        }
      }
    } finally {
      this.open -= 1;
      this.#announce();
    }
  }

  #historyOf(runId: string): History {
    const history = this.#histories.get(runId) ?? { items: [], ended: false };
    this.#histories.set(runId, history);
    return history;
  }

  #find(runId: string): History {
    const history = this.#histories.get(runId);
    if (history !== undefined) return history;
    throw skeinError({
      reason: 'RUN_NOT_FOUND',
      code: Code.NotFound,
      message: `there is no run ${runId}`,
      place: 'run_id',
    });
  }

  #announce(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function position(cursor: string): number {
  if (/^p\d+$/.test(cursor)) return Number(cursor.slice(1));
  throw skeinError({
    reason: 'INVALID_CURSOR',
    code: Code.InvalidArgument,
    message: 'not a cursor of this list',
    place: 'cursor',
  });
}
