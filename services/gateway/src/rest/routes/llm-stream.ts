import { Code, type Client } from '@connectrpc/connect';
import { CompletionSchema, type LlmService } from '@skein/contracts/llm';
import { skeinError } from '@skein/rpc';
import type { FastifyRequest } from 'fastify';
import { exchangeOf } from '../../edge/exchange.ts';
import type { OpenStreams } from '../../edge/open-streams.ts';
import { errorAnswer } from '../../errors/error-body.ts';
import { StalledReaderError } from '../../feed/drain.ts';
import { CLOSE, JsonSocket } from '../../feed/websocket.ts';
import { present } from '../../presentation/present.ts';
import type { Clients } from '../../upstream/clients.ts';
import { COMPLETION_BODY, completionSpec, type CompletionBody } from '../completion-spec.ts';
import { bodyCheck } from '../request-validation.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, query, type NamespaceQuery } from '../route-schema.ts';

interface Question extends CompletionBody {
  readonly request_id?: string;
}

type StreamRequest = FastifyRequest<{ Querystring: NamespaceQuery }>;

const REQUEST_ID = { type: 'string', maxLength: 256, description: 'Repeated in every message of the answer.' };
const checkQuestion = bodyCheck({
  ...COMPLETION_BODY,
  properties: { ...COMPLETION_BODY.properties, request_id: REQUEST_ID },
});

const DESCRIPTION = [
  'A WebSocket. Each message of the client is a question: the body of POST /api/v1/llm/complete, and a `request_id` if',
  'wanted. Questions are answered one after the other, at most 16 may wait. The messages of an answer:',
  '`{"type":"delta","text":…}` any number of times, then `{"type":"completion","completion":…}` or `{"type":"error","error":…}`;',
  'after an error the next question is answered. Closing the socket ends the question under way.',
].join('\n');

/** `WS /api/v1/llm/stream`. */
export function llmStreamRoute(app: RestApp, { llm }: Clients, streams: OpenStreams): void {
  app.route<{ Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/api/v1/llm/stream',
    schema: {
      operationId: 'streamLlm',
      tags: ['llm'],
      summary: 'Ask models and see the answers grow',
      description: DESCRIPTION,
      querystring: query(),
      response: answers({ 101: { type: 'null', description: 'The WebSocket is open.' } }),
    },
    handler() {
      throw skeinError({
        reason: 'ROUTE_NOT_FOUND',
        code: Code.FailedPrecondition,
        message: 'this path is a WebSocket',
        place: '/api/v1/llm/stream',
        remedy: 'open it with ws://, or POST /api/v1/llm/complete for an answer in one piece',
      });
    },
    wsHandler: (socket, request) => converse(llm, streams, new JsonSocket(socket), request),
  });
}

async function converse(
  llm: Client<typeof LlmService>,
  streams: OpenStreams,
  socket: JsonSocket,
  request: StreamRequest,
): Promise<void> {
  using _open = streams.open('websocket');
  const { stopping } = streams;
  const { traceId } = exchangeOf(request.raw);
  const signal = AbortSignal.any([socket.gone, stopping]);
  const { namespace = '' } = request.query;
  try {
    for await (const text of socket.messages(signal)) {
      let requestId: object = {};
      try {
        const question = checkQuestion(parse(text)) as Question;
        if (question.request_id !== undefined) requestId = { request_id: question.request_id };
        await answer(llm, namespace, question, signal, (message) => socket.send({ ...requestId, ...message }));
      } catch (error) {
        if (signal.aborted || error instanceof StalledReaderError) throw error;
        await socket.send({ ...requestId, type: 'error', ...errorAnswer(error, traceId).body });
      }
    }
  } catch (error) {
    if (socket.gone.aborted) return;
    if (stopping.aborted) socket.close(CLOSE.goingAway, 'the gateway is stopping');
    else socket.fail(error, errorAnswer(error, traceId));
  }
}

async function answer(
  llm: Client<typeof LlmService>,
  namespace: string,
  question: Question,
  signal: AbortSignal,
  send: (message: object) => Promise<void>,
): Promise<void> {
  const left = new AbortController();
  const spec = completionSpec(question);
  const asked = { namespace, spec, idempotencyKey: question.idempotency_key ?? '' };
  try {
    for await (const { event } of llm.streamComplete(asked, { signal: AbortSignal.any([signal, left.signal]) })) {
      if (event.case === 'delta') await send({ type: 'delta', text: event.value });
      else if (event.case === 'completion') {
        await send({ type: 'completion', completion: present(CompletionSchema, event.value) });
      }
    }
  } finally {
    left.abort();
  }
}

/** Not JSON is no object, and the check says so. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
