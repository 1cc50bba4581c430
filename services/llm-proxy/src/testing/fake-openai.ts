/**
 * An upstream that speaks as OpenAI-compatible servers do: events with `data:`, a chunk for the usage, `[DONE]`, errors
 * as JSON.
 *
 * Owns the server and the requests it got. What it answers, a test says.
 */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the upstream got it. */
export interface UpstreamCall {
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  readonly response: ServerResponse;
  /** Whether the client closed the connection before the answer was whole. */
  aborted: boolean;
}

/** A running upstream. */
export interface FakeOpenAi extends AsyncDisposable {
  readonly baseUrl: string;
  readonly calls: UpstreamCall[];
}

/** Starts an upstream that answers every call as `answer` says. */
export async function fakeOpenAi(answer: (call: UpstreamCall) => void | Promise<void>): Promise<FakeOpenAi> {
  const calls: UpstreamCall[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
      sendError(response, 404, { message: `Unknown request URL: ${request.method} ${request.url}` });
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString()) as UpstreamCall['body'];
    const call: UpstreamCall = { headers: request.headers, body, response, aborted: false };
    response.on('close', () => {
      call.aborted = !response.writableEnded;
    });
    calls.push(call);
    await answer(call);
  };
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Begins an event stream. */
export function beginStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
}

/** Sends pieces of text, each as a chunk of its own. */
export function sendText(response: ServerResponse, ...texts: readonly string[]): void {
  for (const content of texts)
    sendChunk(response, { choices: [{ index: 0, delta: { content }, finish_reason: null }] });
}

/** Ends a stream as the upstream does: the reason, the usage, `[DONE]`. */
export function endStream(response: ServerResponse, finishReason = 'stop', usage = { read: 11, written: 7 }): void {
  sendChunk(response, { choices: [{ index: 0, delta: {}, finish_reason: finishReason }] });
  const { read, written } = usage;
  sendChunk(response, {
    choices: [],
    usage: { prompt_tokens: read, completion_tokens: written, total_tokens: read + written },
  });
  response.end('data: [DONE]\n\n');
}

/** One event of a stream. */
export function sendChunk(response: ServerResponse, chunk: object): void {
  const common = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_760_000_000, model: 'gpt-test' };
  response.write(`data: ${JSON.stringify({ ...common, ...chunk })}\n\n`);
}

/** An error as the upstream writes it. */
export function sendError(response: ServerResponse, status: number, error: object, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { type: 'test_error', param: null, code: null, ...error } }));
}

/** A whole, streamed answer. */
export function streamAnswer(response: ServerResponse, ...texts: readonly string[]): void {
  beginStream(response);
  sendText(response, ...texts);
  endStream(response);
}
