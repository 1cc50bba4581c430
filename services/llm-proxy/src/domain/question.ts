import type { JsonObject } from '@skein/domain';

/** Who speaks. */
export type Role = 'system' | 'user' | 'assistant';

/** One entry of a conversation. */
export interface Message {
  readonly role: Role;
  readonly content: string;
}

/** A question to a model, within its bounds. */
export interface Question {
  /** `PROVIDER/MODEL`, an alias, or empty for the default model. */
  readonly model: string;
  /** At least one. */
  readonly messages: readonly Message[];
  /** JSON Schema of the answer; undefined: free text. */
  readonly outputSchema: JsonObject | undefined;
  /** Whether an answer that does not match the schema is refused, and not bought for good. */
  readonly enforcesSchema: boolean;
  /** 0 to 2; undefined: the provider's default. */
  readonly temperature: number | undefined;
  /** From 1; undefined: the provider's default. */
  readonly maxTokens: number | undefined;
  /** Undefined: the provider's default. */
  readonly seed: bigint | undefined;
}

/** An answer of a model. */
export interface Answer {
  readonly text: string;
  /** The model that answered, as `PROVIDER/MODEL`. */
  readonly model: string;
  readonly finishReason: string;
  /** Zero: not measured. */
  readonly inputTokens: number;
  /** Zero: not measured. */
  readonly outputTokens: number;
}
