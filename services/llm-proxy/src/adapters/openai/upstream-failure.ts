/** What an upstream's failures mean: https://platform.openai.com/docs/guides/error-codes and servers that follow it. */
import { ProviderError } from '../../domain/llm-errors.ts';

const MAX_MESSAGE_LENGTH = 1000;

/** An error body as the upstream writes it; every member may be missing. */
export interface UpstreamErrorBody {
  readonly message?: string;
  readonly type?: string;
  readonly code?: string;
  readonly param?: string;
}

/** The `error` member of a body, in the forms that servers write; undefined: there is none. */
export function errorBodyOf(json: unknown): UpstreamErrorBody | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const error: unknown = 'error' in json ? json.error : 'detail' in json ? json.detail : undefined;
  if (typeof error === 'string') return { message: error };
  if (typeof error !== 'object' || error === null) return undefined;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const { message, type, code, param } = error as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries({ message: text(message), type: text(type), code: text(code), param: text(param) }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

/** An answer with another status than 200. */
export function statusFailure(
  model: string,
  status: number,
  body: UpstreamErrorBody | undefined,
  retryAfterMs: number | undefined,
): ProviderError {
  // Out of budget comes with the status of "too fast", but waiting does not help.
  const exhausted = body?.code === 'insufficient_quota';
  const retryable = !exhausted && (status === 408 || status === 409 || status === 429 || status >= 500);
  const said = body?.message === undefined ? '' : `: ${body.message.slice(0, MAX_MESSAGE_LENGTH)}`;
  return new ProviderError(`${model} answers ${status}${said}`, {
    retryable,
    place: model,
    remedy: remedyFor(status, exhausted),
    retryAfterMs: retryable ? retryAfterMs : undefined,
  });
}

function remedyFor(status: number, exhausted: boolean): string {
  if (exhausted) return 'raise the budget at the upstream';
  if (status === 401 || status === 403) return 'check SKEIN_OPENAI_API_KEY';
  if (status === 404) return 'check SKEIN_OPENAI_BASE_URL and SKEIN_OPENAI_MODELS';
  if (status === 429 || status >= 500) return 'ask again later';
  return 'mend the question as the upstream says';
}

/** The upstream could not be reached, or the connection broke. */
export function connectionFailure(model: string, cause: unknown): ProviderError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ProviderError(`${model} cannot be reached: ${why}`, {
    retryable: true,
    place: model,
    remedy: 'check SKEIN_OPENAI_BASE_URL, or ask again later',
    cause,
  });
}

/** The upstream sent something that is no answer. */
export function garbage(model: string, what: string, cause?: unknown): ProviderError {
  return new ProviderError(`${model} ${what}`, { retryable: true, place: model, remedy: 'ask again', cause });
}

/** `Retry-After` in seconds or as a date, and the finer `retry-after-ms`; undefined: neither. */
export function retryAfterMsOf(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const fineMs = Number(headers['retry-after-ms'] ?? NaN);
  if (fineMs >= 0) return fineMs;
  const header = headers['retry-after'];
  if (typeof header !== 'string' || header === '') return undefined;
  const seconds = Number(header);
  if (seconds >= 0) return seconds * 1000;
  const untilMs = Date.parse(header) - Date.now();
  return Number.isNaN(untilMs) ? undefined : Math.max(0, untilMs);
}
