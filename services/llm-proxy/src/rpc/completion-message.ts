import { create } from '@bufbuild/protobuf';
import { CompletionSchema, type Completion } from '@skein/contracts/llm';
import type { Completed } from '../app/completions.ts';

/** A completion for the wire. */
export function completionToMessage({ answer, replayed }: Completed): Completion {
  return create(CompletionSchema, {
    text: answer.text,
    model: answer.model,
    finishReason: answer.finishReason,
    inputTokens: BigInt(answer.inputTokens),
    outputTokens: BigInt(answer.outputTokens),
    replayed,
  });
}
