import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { childCalls } from './child-calls.ts';
import type { Journal } from './journal.ts';
import { SCRIPTED_FAILURE, type Progress, type Script } from './script.ts';
import { attemptOf, work, type WorkRequest, type WorkResult } from './work.ts';

/** What both HTTP protocols tell an agent about its call. */
interface CallContext {
  readonly input: Script;
  readonly namespace: string;
  /** Beside the context, in `POST /invoke`. */
  readonly agent_id?: string;
  readonly idempotency_key: string;
  readonly attempt: number;
  readonly dispatch: number;
  readonly resume_details?: Progress;
}

const HEALTHY = JSON.stringify({ status: 'healthy', version: '1.0.0' });

/**
 * Serves `POST /process`, `POST /invoke` and, for tools, `POST /tool` on a port. `apiUrl`: where the first starts child
 * runs.
 */
export async function serveHttp(port: number, journal: Journal, apiUrl: string): Promise<void> {
  const server = createServer((request, response) => {
    answer(request, response, journal, apiUrl).catch(() => void response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  journal: Journal,
  apiUrl: string,
): Promise<void> {
  if (request.method !== 'POST')
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(HEALTHY);
  const gone = new AbortController();
  response.once('close', () => void (response.writableFinished || gone.abort()));
  const body = JSON.parse(await text(request)) as Record<string, unknown>;
  if (request.url === '/process') {
    const { context } = body['input'] as { readonly context: CallContext };
    const children = childCalls(apiUrl, context.namespace, String(request.headers['x-run-token']));
    return answerOnce(response, journal, { ...requestOf(context, gone.signal), children });
  }
  if (request.url === '/tool') {
    const idempotencyKey = String(request.headers['idempotency-key']);
    const script = body as unknown as Script;
    const call = { script, idempotencyKey, attempt: attemptOf(idempotencyKey), dispatch: 0, signal: gone.signal };
    return answerAsTool(response, journal, call);
  }
  return answerInPieces(response, journal, {
    ...requestOf(body['context'] as CallContext, gone.signal),
    agentId: String(body['agent_id']),
  });
}

async function answerOnce(response: ServerResponse, journal: Journal, request: WorkRequest): Promise<void> {
  const result = await work(journal, request);
  const body =
    'answer' in result
      ? { output: result.answer }
      : { status: 'failed', error: { code: SCRIPTED_FAILURE, message: 'as asked' }, retryable: isRetryable(result) };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function answerAsTool(response: ServerResponse, journal: Journal, request: WorkRequest): Promise<void> {
  const result = await work(journal, request);
  const body = 'answer' in result ? result.answer : { code: SCRIPTED_FAILURE };
  const status = 'answer' in result ? 200 : isRetryable(result) ? 503 : 400;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function answerInPieces(response: ServerResponse, journal: Journal, request: WorkRequest): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  const send = (event: string, data: object): void =>
    void response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  let said = '';
  const result = await work(journal, request, {
    say(piece) {
      said += piece;
      send('delta', { text: piece });
    },
    come: (progress) => send('heartbeat', { resume_details: progress }),
  });
  if ('answer' in result) send('done', { final_message: `${said}${result.answer.value}` });
  else send('error', { code: SCRIPTED_FAILURE, message: 'as asked', retryable: isRetryable(result) });
  response.end();
}

/** There is no way to ask a question here. */
function isRetryable(result: WorkResult): boolean {
  return 'retryable' in result && result.retryable;
}

function requestOf(context: CallContext, signal: AbortSignal): WorkRequest {
  const { input, idempotency_key: idempotencyKey, attempt, dispatch, resume_details: resume } = context;
  const { agent_id: agentId = '' } = context;
  return { script: input, idempotencyKey, attempt, dispatch, agentId, resume, signal };
}
