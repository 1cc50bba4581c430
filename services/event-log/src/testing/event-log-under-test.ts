import { createClient, type Client } from '@connectrpc/connect';
import type { EventBus } from '@skein/bus';
import { EventService, MessageService, MetricsService, type SubscribeEventsResponse } from '@skein/contracts/eventlog';
import { directTransport } from '@skein/rpc';
import { testDatabase } from '@skein/testkit';
import { pino, type Logger } from 'pino';
import { createEventLogService, type EventLogOptions } from '../service.ts';
import { FakeScheduler } from './fake-scheduler.ts';

/** A whole event-log on a database of its own, with a scheduler that does what tests say. */
export interface EventLogUnderTest extends AsyncDisposable {
  readonly events: Client<typeof EventService>;
  readonly messages: Client<typeof MessageService>;
  readonly metrics: Client<typeof MetricsService>;
  readonly scheduler: FakeScheduler;
  readonly bus: EventBus;
  /** Stops it and starts it again on the same database. */
  restart(): Promise<void>;
}

export const silent: Logger = pino({ level: 'silent' });

/** Starts one. The bus belongs to whoever calls. */
export async function eventLogUnderTest(
  bus: EventBus,
  options: Partial<EventLogOptions> = {},
): Promise<EventLogUnderTest> {
  await using cleanup = new AsyncDisposableStack();
  const database = cleanup.use(await testDatabase());
  const scheduler = new FakeScheduler(bus);
  cleanup.use(await scheduler.watchConfirmations());
  const create = () =>
    createEventLogService({
      databaseUrl: database.url,
      databasePoolMax: 4,
      bus,
      schedulerTasks: scheduler.tasks,
      logger: silent,
      ...options,
    });
  let service = await create();
  cleanup.defer(() => service[Symbol.asyncDispose]());
  let transport = directTransport(service.bindings);
  const running = cleanup.move();
  return {
    get events() {
      return createClient(EventService, transport);
    },
    get metrics() {
      return createClient(MetricsService, transport);
    },
    get messages() {
      return createClient(MessageService, transport);
    },
    scheduler,
    bus,
    async restart() {
      await service[Symbol.asyncDispose]();
      service = await create();
      transport = directTransport(service.bindings);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** One line for each item of a stream, to compare with. */
export function lineOf({ item }: Pick<SubscribeEventsResponse, 'item'>): string {
  switch (item.case) {
    case 'runEvent':
      return `${item.value.seq} ${item.value.event.case}`;
    case 'taskEvent': {
      const { nodeId, attempt, dispatch, taskSeq, event } = item.value;
      return `${nodeId}/${attempt}/${dispatch} ${taskSeq} ${event.case === 'agentStreamDelta' ? event.value.text : ''}`;
    }
    case 'streamReset':
      return `reset ${item.value.nodeId}/${item.value.attempt}/${item.value.dispatch}`;
    case 'keepAlive':
      return 'keep-alive';
    default:
      return 'nothing';
  }
}

/** Everything a stream gives until it ends, as lines. */
export async function linesOf(stream: AsyncIterable<SubscribeEventsResponse>): Promise<string[]> {
  const lines: string[] = [];
  for await (const response of stream) lines.push(lineOf(response));
  return lines;
}
