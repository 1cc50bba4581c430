import type { EventService } from '@skein/contracts/eventlog';
import type { Client } from '@connectrpc/connect';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { exchangeOf } from '../../edge/exchange.ts';
import type { OpenStreams } from '../../edge/open-streams.ts';
import { errorAnswer } from '../../errors/error-body.ts';
import { followFeed } from '../../feed/run-feed.ts';
import { writeSse } from '../../feed/sse.ts';
import { writeWebSocketFeed } from '../../feed/websocket-feed.ts';
import { JsonSocket } from '../../feed/websocket.ts';
import { runEventItem, taskEventItem } from '../../presentation/event-item.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, pageOf, pageQuery, pageSchema, pathParams, type PageQuery } from '../route-schema.ts';

interface EventsRoute {
  Params: { readonly run_id: string };
  Querystring: PageQuery & {
    readonly after_seq?: number;
    readonly min_seq?: number;
    readonly type?: readonly string[];
    readonly include_task_events?: boolean;
    readonly cursor?: string;
  };
}

type EventsRequest = FastifyRequest<EventsRoute>;

const DESCRIPTION = [
  'One path, three ways to read:',
  '- JSON, a page at a time;',
  '- `Accept: text/event-stream`: server-sent events, first what is stored, then live, until the run has ended. `id:` is',
  '  the cursor; `Last-Event-ID` or `?cursor=` goes on from it. Errors under way are an event `stream_error`. 204: the run',
  '  has ended and nothing is left to say;',
  '- as a WebSocket: the same items as JSON messages; `?cursor=` goes on. It closes with 1000 when the run has ended, 1001',
  '  when the gateway stops, and 4000 + the HTTP status after a message with an error.',
].join('\n');

/** `GET /api/v1/runs/:run_id/events`, as a page, as server-sent events or as a WebSocket. */
export function runEventRoutes(app: RestApp, { events }: Clients, streams: OpenStreams): void {
  const page = pageSchema('events', 'EventItem', 'A page of events; or the stream.');
  const stream = { type: 'string', description: 'Server-sent events; the data of each is an `EventItem`.' };
  app.route<EventsRoute>({
    method: 'GET',
    url: '/api/v1/runs/:run_id/events',
    schema: {
      operationId: 'listRunEvents',
      tags: ['runs'],
      summary: 'Read or follow the events of a run',
      description: DESCRIPTION,
      params: pathParams({ run_id: 'The run, a UUID.' }),
      querystring: pageQuery({
        after_seq: { type: 'integer', minimum: 0, description: 'JSON: only events after this seq.' },
        min_seq: {
          type: 'integer',
          minimum: 0,
          description: 'JSON: the list reaches at least this seq, unless the page is full before.',
        },
        type: { type: 'array', items: { type: 'string' }, description: 'JSON: only events of these types.' },
        include_task_events: {
          type: 'boolean',
          default: true,
          description: 'Whether streamed text and progress are included.',
        },
        cursor: { type: 'string', description: 'Streams: go on after the item with this cursor.' },
      }),
      headers: {
        type: 'object',
        properties: { 'last-event-id': { type: 'string', description: 'Server-sent events: as `cursor`.' } },
      },
      response: answers({
        200: {
          description: 'Events, oldest first.',
          content: { 'application/json': { schema: page }, 'text/event-stream': { schema: stream } },
        },
        204: { type: 'null', description: 'Server-sent events: the run has ended before the cursor.' },
      }),
    },
    handler: (request, reply) =>
      request.headers.accept?.includes('text/event-stream') === true
        ? followBySse(events, streams, request, reply)
        : listEvents(events, request),
    wsHandler: (socket, request) => followByWebSocket(events, streams, new JsonSocket(socket), request),
  });
}

async function listEvents(events: Client<typeof EventService>, request: EventsRequest): Promise<object> {
  const { namespace = '', after_seq: afterSeq = 0, type = [], page_size: pageSize = 0 } = request.query;
  const listed = await events.listEvents(
    {
      namespace,
      runId: request.params.run_id,
      afterSeq: BigInt(afterSeq),
      eventNames: [...type],
      includeTaskEvents: request.query.include_task_events ?? true,
      pageSize,
      pageToken: request.query.page_token ?? '',
      minSeq: BigInt(request.query.min_seq ?? 0),
    },
    callOptions(request),
  );
  const items = listed.entries.flatMap(({ entry }) => {
    if (entry.case === undefined) return [];
    return [entry.case === 'runEvent' ? runEventItem(entry.value).json : taskEventItem(entry.value).json];
  });
  return pageOf('events', items, listed.nextPageToken);
}

async function followBySse(
  events: Client<typeof EventService>,
  streams: OpenStreams,
  request: EventsRequest,
  reply: FastifyReply,
): Promise<void> {
  using _open = streams.open('sse');
  const { traceId, signal: gone } = exchangeOf(request.raw);
  const { stopping } = streams;
  const feed = followFeed(events, feedRequest(request), AbortSignal.any([gone, stopping]));
  const begin = () => {
    reply.hijack();
    return reply.raw;
  };
  await writeSse(feed, { begin, gone, stopping, describe: (error) => errorAnswer(error, traceId) });
}

async function followByWebSocket(
  events: Client<typeof EventService>,
  streams: OpenStreams,
  socket: JsonSocket,
  request: EventsRequest,
): Promise<void> {
  using _open = streams.open('websocket');
  const { traceId } = exchangeOf(request.raw);
  const { stopping } = streams;
  const feed = followFeed(events, feedRequest(request), AbortSignal.any([socket.gone, stopping]));
  await writeWebSocketFeed(feed, { socket, stopping, describe: (error) => errorAnswer(error, traceId) });
}

function feedRequest({ params, query, headers }: EventsRequest) {
  const lastEventId = headers['last-event-id'];
  return {
    namespace: query.namespace ?? '',
    runId: params.run_id,
    cursor: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : (query.cursor ?? ''),
    includeTaskEvents: query.include_task_events ?? true,
  };
}
