/** An agent over `POST /process`, as the rules see it. */
import { randomUUID } from 'node:crypto';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';

/** What the author says about an agent. */
export interface ProcessSubjectOptions {
  /** Base URL, such as `http://127.0.0.1:7002`. */
  readonly address: string;
  /** An input that the agent takes. Default: the text `hello`. */
  readonly input?: JsonValue;
}

/** How a call went. */
export interface ProcessAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  /** Undefined: the body is no JSON object. */
  readonly body: JsonObject | undefined;
}

/** Longest time that a call may take, in milliseconds. */
const CALL_TIMEOUT_MS = 30_000;
const TEXTS = ['user_query', 'query', 'text', 'message', 'content'] as const;

export class ProcessSubject {
  readonly options: ProcessSubjectOptions;

  constructor(options: ProcessSubjectOptions) {
    this.options = options;
  }

  /** Asks as the platform does; with the ordinary input, unless there is another. */
  ask(input: JsonValue = this.options.input ?? 'hello', signal?: AbortSignal): Promise<ProcessAnswer> {
    const runId = randomUUID();
    const names = { namespace: 'conformance', agent_id: 'agent', run_id: runId, node_id: 'node', session_id: '' };
    const key = `${runId}/node/1`;
    const context = { input, ...names, idempotency_key: key, attempt: 1, dispatch: 1 };
    const body = JSON.stringify({ input: { user_query: queryOf(input), context }, config: { timeout: 30 } });
    return this.post(body, { 'idempotency-key': key, 'x-run-id': runId }, signal);
  }

  /** Posts a body as it is. */
  async post(
    body: string,
    headers: Readonly<Record<string, string>> = {},
    signal = AbortSignal.timeout(CALL_TIMEOUT_MS),
  ): Promise<ProcessAnswer> {
    const all = { 'content-type': 'application/json', ...headers };
    const response = await fetch(this.url('process'), { method: 'POST', headers: all, body, signal });
    const text = await response.text();
    const contentType = response.headers.get('content-type') ?? '';
    return { status: response.status, contentType, text, body: objectOf(text) };
  }

  url(path: string): string {
    return `${this.options.address.replace(/\/$/, '')}/${path}`;
  }
}

/** The first text, as the platform finds it. */
function queryOf(input: JsonValue): string {
  if (typeof input === 'string') return input;
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
    const text = TEXTS.map((name) => input[name]).find((value) => typeof value === 'string');
    if (text !== undefined) return text;
  }
  return JSON.stringify(input);
}

function objectOf(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** In words, for a report. */
export function describeProcessAnswer({ status, contentType, text }: ProcessAnswer): string {
  const shown = text.length <= 200 ? text : `${text.slice(0, 200)}…`;
  return `status ${status}, ${contentType || 'no content-type'}: ${shown}`;
}

/** Whether it is an answer that the platform reads: a JSON object, and an `output` or a failure in it. */
export function isReadable({ contentType, body }: ProcessAnswer): boolean {
  if (!/^application\/(?:[\w.-]+\+)?json\b/.test(contentType) || body === undefined) return false;
  return 'output' in body || ['status', 'error', 'error_code'].some((name) => name in body);
}
