/**
 * Requests of HTTP tools, on pooled connections.
 *
 * Owns the connections. Time limits are the caller's: its signal ends a request at any stage. Redirects are not followed.
 */
import type { JsonValue } from '@bufbuild/protobuf';
import { Agent, errors } from 'undici';
import type { HttpToolPort, HttpToolRequest } from '../../app/tool-port.ts';
import { lasting, passing, type CallError } from '../../domain/call-failure.ts';
import { MAX_OUTPUT_BYTES, tooLarge } from '../../domain/output-limit.ts';
import { retryAfterMs } from '../../domain/retry-after.ts';
import { MAX_EXCERPT_BYTES } from './body-excerpt.ts';
import { wholeAnswer, type WholeAnswer } from './whole-answer.ts';

/** Statuses below 500 after which the same request may succeed. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);
/** What a proxy says that could not reach the server, or not hear it out: nobody knows what was done. */
const PROXY_STATUSES: ReadonlySet<number> = new Set([502, 504]);
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const MAX_EXCERPT_CHARS = 500;
const DECODER = new TextDecoder('utf-8', { fatal: true });

/** Sends requests. */
export function httpTools(): HttpToolPort {
  const dispatcher = new Agent({ connectTimeout: 10_000, headersTimeout: 0, bodyTimeout: 0 });
  return {
    async send(request, signal) {
      const { url, method, headers, body, place } = request;
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const options = {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: method as 'POST',
        headers: { accept: 'application/json', ...headers, ...type },
        ...(body === undefined ? {} : { body }),
      };
      let answer: WholeAnswer;
      try {
        answer = await wholeAnswer(dispatcher, options, signal, wantedBytes);
      } catch (error) {
        signal.throwIfAborted();
        throw connectionFailure(error, place);
      }
      return outputOf(answer, request);
    },
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
}

/** One byte more than an output may have says that it is too large. */
const wantedBytes = (statusCode: number): number => (statusCode > 299 ? MAX_EXCERPT_BYTES : MAX_OUTPUT_BYTES);

function outputOf(answer: WholeAnswer, { place }: HttpToolRequest): JsonValue {
  if (answer.statusCode < 200 || answer.statusCode > 299) throw statusFailure(answer, place);
  if (!answer.isWhole) throw tooLarge(place);
  if (answer.body.byteLength === 0) return null;
  try {
    return JSON.parse(DECODER.decode(answer.body)) as JsonValue;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw lasting('TOOL_PROTOCOL_VIOLATION', {
      message: `the tool's answer is no JSON: ${why}`,
      place,
      remedy: 'have it answer with JSON, or with nothing',
      cause,
    });
  }
}

function statusFailure({ statusCode, headers, body }: WholeAnswer, place: string): CallError {
  const said = body.toString('utf8').trim().slice(0, MAX_EXCERPT_CHARS);
  const message = `the tool answered with HTTP status ${statusCode}${said === '' ? '' : `: ${said}`}`;
  const details = { http_status: statusCode };
  if (PROXY_STATUSES.has(statusCode)) {
    return passing('TOOL_UNREACHABLE', { message, place, details, remedy: 'see the proxy before the tool' });
  }
  if (statusCode >= 500 || PASSING_STATUSES.has(statusCode)) {
    const header = headers['retry-after'];
    const waitMs = retryAfterMs(Array.isArray(header) ? header[0] : header, Date.now());
    const remedy = 'see the log of the tool';
    return passing('TOOL_ERROR_STATUS', { message, place, details, remedy, retryAfterMs: waitMs });
  }
  const remedy =
    statusCode < 400 ? 'register the URL that the tool redirects to' : 'mend the input of the node, or the tool';
  return lasting('TOOL_ERROR_STATUS', { message, place, details, remedy });
}

function connectionFailure(error: unknown, place: string): CallError {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  const detail = error instanceof Error && error.message !== '' ? error.message : String(code);
  if (typeof code === 'string' && NOT_CONNECTED.has(code)) {
    return passing('SERVICE_UNAVAILABLE', {
      message: `the tool cannot be reached: ${detail}`,
      place,
      remedy: 'check that it runs and listens at this URL',
      cause: error,
    });
  }
  if (error instanceof errors.HTTPParserError) {
    return lasting('TOOL_PROTOCOL_VIOLATION', {
      message: `the tool does not answer in HTTP: ${detail}`,
      place,
      remedy: 'check that the URL is that of an HTTP server',
      cause: error,
    });
  }
  return passing('TOOL_UNREACHABLE', {
    message: `the connection broke in the middle of the call: ${detail}`,
    place,
    remedy: 'see the log of the tool',
    cause: error,
  });
}
