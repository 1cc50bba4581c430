import type { JsonObject } from '@bufbuild/protobuf';

/** How a failure is to be taken. */
export interface AgentErrorOptions {
  /** For people: what went wrong and what would help. Default: the code. */
  readonly message?: string;
  /** Whether the same call may succeed later. Default: false, which ends the node's retries. */
  readonly retryable?: boolean;
  /** Least time to wait before the next attempt, in milliseconds. Default: the node's own backoff. */
  readonly retryAfterMs?: number;
  /** Free-form facts for whoever debugs, at most 64 KiB. */
  readonly details?: JsonObject;
  readonly cause?: unknown;
}

const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** A failure that an agent foresees. Anything else that a handler throws is retryable, under the code UNKNOWN. */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  /** What a node's `retry.non_retryable` is matched against. */
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly details: JsonObject | undefined;

  /** @param code stable, UPPER_SNAKE_CASE, at most 64 characters; anything else is a TypeError. */
  constructor(code: string, options: AgentErrorOptions = {}) {
    super(options.message ?? code, options.cause === undefined ? undefined : { cause: options.cause });
    if (!CODE.test(code))
      throw new TypeError(`an error code is UPPER_SNAKE_CASE, at most 64 characters, not "${code}"`);
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
  }
}
