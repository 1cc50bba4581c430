/** An agent over HTTP, as the rules of every form of it see it. */
import { randomUUID } from 'node:crypto';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';

/** What the author says about an agent. */
export interface HttpSubjectOptions {
  /** Base URL, such as `http://127.0.0.1:7002`. */
  readonly address: string;
  /** An input that the agent takes. Default: the text `hello`. */
  readonly input?: JsonValue;
}

/** How a call went. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  /** The body; what is not UTF-8 stands as U+FFFD. */
  readonly text: string;
  /** Undefined: the body is no JSON object. */
  readonly body: JsonObject | undefined;
}

/** Longest time that a call may take, in milliseconds. */
const CALL_TIMEOUT_MS = 30_000;
const TEXTS = ['user_query', 'query', 'text', 'message', 'content'] as const;

export class HttpSubject<Options extends HttpSubjectOptions = HttpSubjectOptions> {
  readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  get input(): JsonValue {
    return this.options.input ?? 'hello';
  }

  /** Below the base URL, unless it is a URL itself. */
  url(path: string): string {
    if (/^https?:/.test(path)) return path;
    return `${this.options.address.replace(/\/$/, '')}/${path}`;
  }

  /** Posts a body as it is. */
  async post(
    path: string,
    body: string,
    headers: Readonly<Record<string, string>> = {},
    signal = AbortSignal.timeout(CALL_TIMEOUT_MS),
  ): Promise<HttpAnswer> {
    const all = { 'content-type': 'application/json', ...headers };
    const response = await fetch(this.url(path), { method: 'POST', headers: all, body, signal });
    const text = await response.text();
    const contentType = response.headers.get('content-type') ?? '';
    return { status: response.status, contentType, text, body: objectOf(text) };
  }
}

/** Who asks, as the platform says it: a run of its own for each call. */
export function identity() {
  const runId = randomUUID();
  const key = `${runId}/node/1`;
  return { runId, key, headers: { 'idempotency-key': key, 'x-run-id': runId } };
}

/** The first text, as the platform finds it. */
export function textIn(input: JsonValue): string {
  if (typeof input === 'string') return input;
  const text = isObject(input)
    ? TEXTS.map((name) => input[name]).find((value) => typeof value === 'string')
    : undefined;
  return text ?? JSON.stringify(input);
}

export function objectOf(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const isSuccess = ({ status }: HttpAnswer): boolean => status >= 200 && status < 300;

export const isJson = ({ contentType }: HttpAnswer): boolean => /^application\/(?:[\w.-]+\+)?json\b/.test(contentType);

/** In words, for a report. */
export function describeHttpAnswer({ status, contentType, text }: HttpAnswer): string {
  const shown = text.length <= 200 ? text : `${text.slice(0, 200)}…`;
  return `status ${status}, ${contentType || 'no content-type'}: ${shown}`;
}
