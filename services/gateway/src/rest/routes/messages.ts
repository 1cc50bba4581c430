import {
  AgentMessageSchema,
  BroadcastMessageRequestSchema,
  BroadcastMessageResponseSchema,
  ReceiveMessagesRequestSchema,
  SendMessageRequestSchema,
  type AgentMessage,
} from '@skein/contracts/eventlog';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import { messageOfBody } from '../plain-body.ts';
import type { RestApp } from '../rest-app.ts';
import {
  answers,
  durationSchema,
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

interface FilterQuery extends PageQuery {
  readonly run_id?: string;
  readonly session_id?: string;
  readonly agent_id?: string;
  readonly topic?: string;
}

const tags = ['messages'];
const AGENT = { type: 'string', maxLength: 256 };
const LIST = answers({ 200: pageSchema('messages', 'AgentMessage', 'A page of messages, newest first.') });

/** Sending, receiving and listing under `/api/v1/messages`, and `GET /api/v1/runs/:run_id/messages`. */
export function messageRoutes(app: RestApp, { messages }: Clients): void {
  app.route<{ Querystring: NamespaceQuery; Body: MessageBody }>({
    method: 'POST',
    url: '/api/v1/messages',
    schema: {
      operationId: 'sendMessage',
      tags,
      summary: 'Send a message to an agent or a session, and on request wait for the answer',
      description: 'Once answered, the message is durable. Without a recipient, an answer goes to who asked.',
      querystring: query(),
      body: {
        ...fields({
          ...MESSAGE_FIELDS,
          to_agent: { ...AGENT, description: 'The agent it goes to.' },
          to_session: { ...AGENT, description: 'The session it goes to.' },
          reply_timeout: durationSchema('How long to wait for the answer, at most 60 s. Default: not at all.'),
        }),
        examples: [{ to_agent: 'writer', from_agent: 'editor', payload: { draft: 3 }, reply_timeout: '30s' }],
      },
      response: answers({
        200: {
          description: 'It is stored.',
          ...fields(
            {
              message: ref('AgentMessage'),
              created: { type: 'boolean', description: 'Whether it was new.' },
              reply: ref('AgentMessage'),
            },
            ['message', 'created'],
          ),
        },
      }),
    },
    async handler(request) {
      const asked = othersOf(SendMessageRequestSchema, request.body);
      const message = outgoingOf(request.body);
      const sent = await messages.sendMessage({ ...asked, ...tenant(request), message }, callOptions(request));
      const reply = sent.reply === undefined ? {} : { reply: shownMessage(sent.reply) };
      return { message: shownMessage(sent.message), created: sent.created, ...reply };
    },
  });

  app.route<{ Querystring: NamespaceQuery; Body: object }>({
    method: 'POST',
    url: '/api/v1/messages/receive',
    schema: {
      operationId: 'receiveMessages',
      tags,
      summary: 'Take messages out of the mailbox of an agent or a session, waiting for a first',
      description: 'They come again after `visibility_timeout` unless they are acknowledged, by `cursor` or by id.',
      querystring: query(),
      body: {
        ...fields({
          agent_id: { ...AGENT, description: 'Whose mailbox.' },
          session_id: { ...AGENT, description: 'Or of which session.' },
          timeout: durationSchema('How long to wait, at most 60 s. Default: 5 s.'),
          max_messages: { type: 'integer', minimum: 1, maximum: 100, description: 'At most this many. Default: 1.' },
          visibility_timeout: durationSchema('How long they are nobody else’s, 100 ms to 12 h. Default: 30 s.'),
          cursor: { type: 'string', description: 'Of an earlier answer: all that it gave is acknowledged.' },
        }),
        examples: [{ agent_id: 'writer', max_messages: 10, timeout: '20s' }],
      },
      response: answers({
        200: {
          description: 'What was there, in the order of each sender.',
          ...fields(
            {
              messages: { type: 'array', items: ref('AgentMessage') },
              cursor: { type: 'string', description: 'Acknowledges these; absent where there are none.' },
            },
            ['messages'],
          ),
        },
      }),
    },
    async handler(request) {
      const asked = messageOfBody(ReceiveMessagesRequestSchema, request.body);
      const received = await messages.receiveMessages({ ...asked, ...tenant(request) }, callOptions(request));
      const cursor = received.cursor === '' ? {} : { cursor: received.cursor };
      return { messages: received.messages.map(shownMessage), ...cursor };
    },
  });

  app.route<{ Querystring: NamespaceQuery; Body: { readonly message_ids: string[] } }>({
    method: 'POST',
    url: '/api/v1/messages/acknowledge',
    schema: {
      operationId: 'acknowledgeMessages',
      tags,
      summary: 'Say that messages need not come again',
      querystring: query(),
      body: {
        ...fields({ message_ids: { type: 'array', items: { type: 'string' }, description: 'Which; 1 to 1,000.' } }, [
          'message_ids',
        ]),
        examples: [{ message_ids: ['01a1fcd3-853f-7648-a691-43958cca9465'] }],
      },
      response: answers({
        200: {
          description: 'They are acknowledged.',
          ...fields({ acknowledged_count: { type: 'integer', description: 'How many were not before.' } }, [
            'acknowledged_count',
          ]),
        },
      }),
    },
    async handler(request) {
      const asked = { ...tenant(request), messageIds: request.body.message_ids };
      const { acknowledgedCount } = await messages.acknowledgeMessages(asked, callOptions(request));
      return { acknowledged_count: acknowledgedCount };
    },
  });

  app.route<{ Querystring: NamespaceQuery; Body: MessageBody }>({
    method: 'POST',
    url: '/api/v1/messages/broadcast',
    schema: {
      operationId: 'broadcastMessage',
      tags,
      summary: 'Send a message to several agents, to each a copy of its own',
      querystring: query(),
      body: {
        ...fields({
          ...MESSAGE_FIELDS,
          to_agents: { type: 'array', items: AGENT, description: 'The agents; at most 1,000.' },
          to_participants: {
            type: 'boolean',
            description: 'To every agent that had to do with `run_id` too, but the sender.',
          },
        }),
        examples: [{ to_agents: ['writer', 'critic'], from_agent: 'editor', payload: 'stop' }],
      },
      response: answers({ 200: { ...ref('BroadcastMessageResponse'), description: 'What became of each copy.' } }),
    },
    async handler(request) {
      const asked = othersOf(BroadcastMessageRequestSchema, request.body);
      const message = outgoingOf(request.body);
      const sent = await messages.broadcastMessage({ ...asked, ...tenant(request), message }, callOptions(request));
      return present(BroadcastMessageResponseSchema, sent);
    },
  });

  app.route<{ Querystring: FilterQuery }>({
    method: 'GET',
    url: '/api/v1/messages',
    schema: {
      operationId: 'listMessages',
      tags,
      summary: 'List messages of a run, session, agent or topic, newest first',
      querystring: pageQuery({
        run_id: { type: 'string', description: 'Only of this run. One of the four is required.' },
        session_id: { type: 'string', description: 'Only of this session, or sent to it.' },
        agent_id: { type: 'string', description: 'Only from or to this agent.' },
        topic: { type: 'string', description: 'Only of this topic.' },
      }),
      response: LIST,
    },
    async handler(request) {
      const { run_id: runId = '', session_id: sessionId = '', agent_id: agentId = '', topic = '' } = request.query;
      const asked = { ...page(request), runId, sessionId, agentId, topic };
      const listed = await messages.listMessages(asked, callOptions(request));
      return pageOf('messages', listed.messages.map(shownMessage), listed.nextPageToken);
    },
  });

  app.route<{ Params: { run_id: string }; Querystring: PageQuery }>({
    method: 'GET',
    url: '/api/v1/runs/:run_id/messages',
    schema: {
      operationId: 'listRunMessages',
      tags,
      summary: 'List the messages of a run, newest first',
      params: pathParams({ run_id: 'The run, a UUID.' }),
      querystring: pageQuery(),
      response: LIST,
    },
    async handler(request) {
      const asked = { ...page(request), runId: request.params.run_id };
      const listed = await messages.listMessages(asked, callOptions(request));
      return pageOf('messages', listed.messages.map(shownMessage), listed.nextPageToken);
    },
  });

  app.route<{ Params: { message_id: string }; Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/api/v1/messages/:message_id',
    schema: {
      operationId: 'getMessage',
      tags,
      summary: 'Get a message',
      params: pathParams({ message_id: 'The message, a UUID.' }),
      querystring: query(),
      response: answers({ 200: { ...ref('AgentMessage'), description: 'The message.' } }),
    },
    async handler(request) {
      const asked = { ...tenant(request), messageId: request.params.message_id };
      return shownMessage((await messages.getMessage(asked, callOptions(request))).message);
    },
  });
}

/** A message as REST shows it. */
export function shownMessage(message: AgentMessage | undefined): object {
  if (message === undefined) throw new Error('event-log answered without the message');
  return present(AgentMessageSchema, message);
}

function tenant({ query: { namespace = '' } }: { readonly query: NamespaceQuery }) {
  return { namespace };
}

function page({ query: asked }: { readonly query: PageQuery }) {
  const { namespace = '', page_size: pageSize = 0, page_token: pageToken = '' } = asked;
  return { namespace, pageSize, pageToken };
}
