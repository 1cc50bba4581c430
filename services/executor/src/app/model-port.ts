import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Completion, CompletionSpecSchema } from '@skein/contracts/llm';

/** A question to a model. */
export interface ModelQuestion {
  readonly namespace: string;
  readonly spec: MessageInitShape<typeof CompletionSpecSchema>;
  /** The same question is answered the same, and paid for once. */
  readonly idempotencyKey: string;
}

/** Language models, wherever they are. */
export interface ModelPort {
  /**
   * Asks and streams.
   * @throws CallError for everything that can go wrong, the signal's reason when it aborts.
   */
  complete(question: ModelQuestion, onDelta: (text: string) => void, signal: AbortSignal): Promise<Completion>;
}
