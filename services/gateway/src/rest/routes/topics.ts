import { PublishMessageRequestSchema, type MessageService } from '@skein/contracts/eventlog';
import type { Client } from '@connectrpc/connect';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { exchangeOf } from '../../edge/exchange.ts';
import type { OpenStreams } from '../../edge/open-streams.ts';
import { errorAnswer } from '../../errors/error-body.ts';
import { writeSse } from '../../feed/sse.ts';
import { followTopic } from '../../feed/topic-feed.ts';
import { ref } from '../../presentation/message-schema.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import {
  answers,
  fields,
  pageOf,
  pageQuery,
  pageSchema,
  pathParams,
  query,
  type NamespaceQuery,
  type PageQuery,
} from '../route-schema.ts';
import { MESSAGE_FIELDS, othersOf, outgoingOf, type MessageBody } from './message-body.ts';
import { shownMessage } from './messages.ts';

interface TopicRoute {
  Params: { readonly topic: string };
  Querystring: PageQuery & { readonly cursor?: string; readonly from_now?: boolean };
}

const tags = ['messages'];
const PARAMS = pathParams({ topic: 'The topic, with `%2F` for each `/`; it need not be made.' });

/** `POST` and `GET /api/v1/topics/:topic/messages`. */
export function topicRoutes(app: RestApp, { messages }: Clients, streams: OpenStreams): void {
  app.route<{ Params: TopicRoute['Params']; Querystring: NamespaceQuery; Body: MessageBody }>({
    method: 'POST',
    url: '/api/v1/topics/:topic/messages',
    schema: {
      operationId: 'publishMessage',
      tags,
      summary: 'Add a message to a topic',
      params: PARAMS,
      querystring: query(),
      body: { ...fields(MESSAGE_FIELDS), examples: [{ from_agent: 'feed', payload: { eur: 1.09 } }] },
      response: answers({
        200: {
          description: 'It is stored.',
          ...fields(
            { message: ref('AgentMessage'), created: { type: 'boolean', description: 'Whether it was new.' } },
            ['message', 'created'],
          ),
        },
      }),
    },
    async handler(request) {
      const { namespace = '' } = request.query;
      const asked = {
        ...othersOf(PublishMessageRequestSchema, request.body),
        namespace,
        topic: request.params.topic,
        message: outgoingOf(request.body),
      };
      const { message, created } = await messages.publishMessage(asked, callOptions(request));
      return { message: shownMessage(message), created };
    },
  });

  const page = pageSchema('messages', 'AgentMessage', 'A page, newest first; or the stream, oldest first.');
  const stream = {
    type: 'string',
    description: 'Server-sent events `message`; the data of each is an `AgentMessage`.',
  };
  app.route<TopicRoute>({
    method: 'GET',
    url: '/api/v1/topics/:topic/messages',
    schema: {
      operationId: 'listTopicMessages',
      tags,
      summary: 'Read or follow a topic',
      description:
        'JSON, a page at a time; or with `Accept: text/event-stream` server-sent events, first what is stored, then live. ' +
        '`id:` is the cursor; `Last-Event-ID` or `?cursor=` goes on from it.',
      params: PARAMS,
      querystring: pageQuery({
        cursor: { type: 'string', description: 'Stream: go on after the message with this cursor.' },
        from_now: { type: 'boolean', description: 'Stream without a cursor: begin with what comes from now on.' },
      }),
      headers: {
        type: 'object',
        properties: { 'last-event-id': { type: 'string', description: 'Server-sent events: as `cursor`.' } },
      },
      response: answers({
        200: {
          description: 'Messages.',
          content: { 'application/json': { schema: page }, 'text/event-stream': { schema: stream } },
        },
      }),
    },
    async handler(request, reply) {
      if (request.headers.accept?.includes('text/event-stream') === true) {
        return follow(messages, streams, request, reply);
      }
      const { namespace = '', page_size: pageSize = 0, page_token: pageToken = '' } = request.query;
      const asked = { namespace, topic: request.params.topic, pageSize, pageToken };
      const listed = await messages.listMessages(asked, callOptions(request));
      return pageOf('messages', listed.messages.map(shownMessage), listed.nextPageToken);
    },
  });
}

async function follow(
  messages: Client<typeof MessageService>,
  streams: OpenStreams,
  request: FastifyRequest<TopicRoute>,
  reply: FastifyReply,
): Promise<void> {
  using _open = streams.open('sse');
  const { traceId, signal: gone } = exchangeOf(request.raw);
  const { stopping } = streams;
  const { namespace = '', cursor = '', from_now: fromNow = false } = request.query;
  const lastEventId = request.headers['last-event-id'];
  const asked = {
    namespace,
    topic: request.params.topic,
    cursor: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : cursor,
    fromNow,
  };
  const feed = followTopic(messages, asked, AbortSignal.any([gone, stopping]));
  const begin = () => {
    reply.hijack();
    return reply.raw;
  };
  await writeSse(feed, { begin, gone, stopping, describe: (error) => errorAnswer(error, traceId) });
}
