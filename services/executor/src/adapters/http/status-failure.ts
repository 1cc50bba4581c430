import type { JsonValue } from '@bufbuild/protobuf';
import { lasting, passing, type CallError } from '../../domain/call-failure.ts';
import { isJsonObject, textMember } from '../../domain/json-object.ts';
import { retryAfterMs } from '../../domain/retry-after.ts';
import type { Dispatcher } from 'undici';

/** Statuses below 500 after which the same request may succeed. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);
const MAX_EXCERPT_CHARS = 500;

/** The failure that a status other than 2xx stands for. */
export function statusFailure(
  { statusCode, headers }: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
  bodyText: string,
  place: string,
): CallError {
  const said = saidIn(bodyText);
  const message = `the agent answered with HTTP status ${statusCode}${said.message === '' ? '' : `: ${said.message}`}`;
  const details = { http_status: statusCode, ...(said.code === '' ? {} : { agent_code: said.code }) };
  const text = { message, place, details };
  if (statusCode >= 500 || PASSING_STATUSES.has(statusCode)) {
    const header = headers['retry-after'];
    const waitMs = retryAfterMs(Array.isArray(header) ? header[0] : header, Date.now());
    return passing('AGENT_ERROR_STATUS', { ...text, remedy: 'see the log of the agent', retryAfterMs: waitMs });
  }
  return lasting('AGENT_ERROR_STATUS', { ...text, remedy: remedyOf(statusCode) });
}

function remedyOf(status: number): string {
  if (status === 404 || status === 405) return 'check the path of the address, and the protocol it is registered with';
  if (status === 401 || status === 403) return 'check what the agent demands of its callers';
  if (status < 400) return 'register the address that the agent redirects to';
  return 'mend the input of the node: the agent refuses it';
}

/** What an error body says, in the shapes that agents use: `{error: {code, message}}`, `{error}`, `{detail}`, `{message}`. */
function saidIn(text: string): { readonly message: string; readonly code: string } {
  const excerptText = text.trim().slice(0, MAX_EXCERPT_CHARS);
  let body: JsonValue;
  try {
    body = JSON.parse(text) as JsonValue;
  } catch {
    return { message: excerptText, code: '' };
  }
  if (!isJsonObject(body)) return { message: excerptText, code: '' };
  const error = isJsonObject(body['error']) ? body['error'] : body;
  const message =
    textMember(error, 'message') ?? textMember(error, 'error') ?? textMember(error, 'detail') ?? excerptText;
  return { message: message.slice(0, MAX_EXCERPT_CHARS), code: textMember(error, 'code') ?? '' };
}
