/**
 * `fetch` as the A2A library's HTTP transports want it, with the bounds and failures of every other HTTP agent.
 *
 * F1. What is no answer of an A2A server (another status, content type, size) is thrown here as the CallError it is for
 *     any agent; the library sees answers, and errors in A2A's own words.
 * F2. A task is subscribed to with POST, and where that is refused, with GET: agents differ.
 * F3. A POST has a body, if only `{}`.
 * F4. A stream is an answer only where one was asked for: elsewhere the library would read it to an end that need not come.
 */
import { request, type Dispatcher } from 'undici';
import { isJsonObject } from '../../domain/json-object.ts';
import { CallError } from '../../domain/call-failure.ts';
import { tooLarge } from '../../domain/output-limit.ts';
import type { JsonValue } from '@bufbuild/protobuf';
import { excerpt } from '../http/body-excerpt.ts';
import { demandContentType, isOfType } from '../http/content-type.ts';
import { httpFailure } from '../http/http-failure.ts';
import { statusFailure } from '../http/status-failure.ts';

/** Largest answer in JSON: a task with its artifacts and what is around them. */
const MAX_JSON_BYTES = 4 * 1024 * 1024;
const NO_SUCH_METHOD: ReadonlySet<number> = new Set([404, 405, 501]);

export function a2aFetch(dispatcher: Dispatcher, place: string): typeof fetch {
  const send = async (url: string, method: string, init: RequestInit): Promise<Response> => {
    const { signal } = init;
    let response: Dispatcher.ResponseData;
    try {
      response = await request(url, {
        dispatcher,
        method,
        headers: init.headers as Record<string, string>,
        // F3.
        body: typeof init.body === 'string' ? init.body : method === 'POST' ? '{}' : null,
        signal: signal ?? null,
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw httpFailure(error, place);
    }
    // A body that is dropped before its end says so with an error that nobody may be listening for.
    response.body.on('error', () => {});
    const headers = new Headers(init.headers);
    return await responseOf(response, headers.get('accept')?.includes('text/event-stream') === true, place);
  };
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : input.toString();
    const method = init.method ?? 'GET';
    if (method !== 'POST' || !url.endsWith(':subscribe')) return await send(url, method, init);
    // F2.
    const posted = await send(url, method, init).catch((error: unknown) => {
      if (!NO_SUCH_METHOD.has(statusOf(error))) throw error;
      return undefined;
    });
    return posted ?? (await send(url, 'GET', init));
  };
}

/** The status that a failure was made of; zero: none. */
const statusOf = (error: unknown): number =>
  error instanceof CallError ? Number(error.failure.details?.['http_status'] ?? 0) : 0;

/** F1, F4. */
async function responseOf(response: Dispatcher.ResponseData, mayStream: boolean, place: string): Promise<Response> {
  const { statusCode, headers, body } = response;
  if (statusCode < 200 || statusCode > 299) {
    const text = await excerpt(body);
    if (!isA2aError(text)) throw statusFailure(response, text, place);
    return new Response(text, { status: statusCode, headers: { 'content-type': 'application/json' } });
  }
  if (statusCode === 204) return new Response(null, { status: 204 });
  if (mayStream && isOfType(headers, 'event-stream'))
    return streamOf(readable(body, Infinity, place), 'text/event-stream');
  try {
    demandContentType(response, 'json', place);
  } catch (error) {
    body.destroy();
    throw error;
  }
  return streamOf(readable(body, MAX_JSON_BYTES, place), 'application/json');
}

const streamOf = (body: AsyncIterable<Uint8Array>, contentType: string): Response =>
  new Response(ReadableStream.from(body), { status: 200, headers: { 'content-type': contentType } });

async function* readable(body: AsyncIterable<Uint8Array>, maxBytes: number, place: string): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  try {
    for await (const chunk of body) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > maxBytes) throw tooLarge(place);
      yield chunk;
    }
  } catch (error) {
    throw httpFailure(error, place);
  }
}

/** Whether an error's body is one that the protocol defines: in JSON-RPC, as google.rpc.Status, or bare as in 0.3. */
function isA2aError(text: string): boolean {
  let body: JsonValue;
  try {
    body = JSON.parse(text) as JsonValue;
  } catch {
    return false;
  }
  if (!isJsonObject(body)) return false;
  const { error } = body;
  if (typeof body['jsonrpc'] === 'string') return isJsonObject(error);
  if (isJsonObject(error)) return text.includes('a2a-protocol.org') || isRpcCode(error['code']);
  return isRpcCode(body['code']);
}

const isRpcCode = (code: JsonValue | undefined): boolean => typeof code === 'number' && code <= -32_000;
