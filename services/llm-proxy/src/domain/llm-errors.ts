/** What can go wrong with a question; each has a reason of its own at the edge. */
import type { SchemaViolation } from '@skein/domain';

/** No such model is configured. */
export class ModelNotFoundError extends Error {
  readonly known: readonly string[];

  constructor(model: string, known: readonly string[]) {
    super(`no model ${model} is configured`);
    this.name = 'ModelNotFoundError';
    this.known = known;
  }
}

/** What more is known of a provider's failure. */
export interface ProviderFailure extends ErrorOptions {
  /** Whether the same question may be answered later. */
  readonly retryable: boolean;
  /** Such as `openai/gpt-5`. */
  readonly place: string;
  readonly remedy?: string;
  /** Least time to wait before asking again. */
  readonly retryAfterMs?: number | undefined;
}

/** A provider answered with an error, with garbage, or not at all. */
export class ProviderError extends Error {
  readonly failure: ProviderFailure;

  constructor(message: string, failure: ProviderFailure) {
    super(message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.name = 'ProviderError';
    this.failure = failure;
  }
}

/** A model's answer does not match the output_schema. */
export class OutputSchemaError extends Error {
  readonly model: string;
  /** At least one. */
  readonly violations: readonly SchemaViolation[];

  constructor(model: string, violations: readonly SchemaViolation[]) {
    const shown = violations.slice(0, 5).map(({ pointer, message }) => `${pointer === '' ? 'it' : pointer} ${message}`);
    super(`the answer of ${model} does not match output_schema: ${shown.join('; ')}`);
    this.name = 'OutputSchemaError';
    this.model = model;
    this.violations = violations;
  }
}

/** An idempotency key was used before with a different question. */
export class KeyReusedError extends Error {
  constructor() {
    super('the idempotency_key was used before with a different question');
    this.name = 'KeyReusedError';
  }
}

/** The answer took longer than the question allows. */
export class AnswerTimeoutError extends Error {
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.name = 'AnswerTimeoutError';
    this.timeoutMs = timeoutMs;
  }
}

/** The proxy stops. */
export class StoppingError extends Error {
  constructor() {
    super('the llm-proxy stops');
    this.name = 'StoppingError';
  }
}
