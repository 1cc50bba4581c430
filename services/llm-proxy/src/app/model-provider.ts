import type { Question } from '../domain/question.ts';

/** A model as its provider describes it. */
export interface ProvidedModel {
  /** The provider's own name for it, without the provider's. */
  readonly name: string;
  /** What it is, in a sentence. */
  readonly description: string;
}

/** What a provider says at the end of its answer. */
export interface ProviderEnd {
  /** `stop`, `length` or the provider's own word. */
  readonly finishReason: string;
  /** Zero: not measured. */
  readonly inputTokens: number;
  /** Zero: not measured. */
  readonly outputTokens: number;
}

/**
 * Somebody who has models. A further provider is one more of these and one line where they are listed.
 *
 * P1. `ask` ends soon after the signal aborts, and nothing is paid for any more by then as far as the provider allows.
 * P2. Whatever the provider does wrong is thrown as a ProviderError; anything else thrown counts as a defect of ours.
 * P3. The answer is the text of all deltas together.
 */
export interface ModelProvider extends AsyncDisposable {
  /** The part of a model's name before the slash. */
  readonly name: string;
  /** The value of `gen_ai.provider.name`. */
  readonly telemetryName: string;
  readonly models: readonly ProvidedModel[];
  ask(model: string, question: Question, onDelta: (text: string) => void, signal: AbortSignal): Promise<ProviderEnd>;
}
