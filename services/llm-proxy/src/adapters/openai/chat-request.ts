import type { JsonObject } from '@skein/domain';
import type { Question } from '../../domain/question.ts';

/** How the most tokens to write are said: newer models know only the longer name, older servers only the shorter. */
export type MaxTokensName = 'max_tokens' | 'max_completion_tokens';

/** The body of `POST /chat/completions`. */
export function chatRequest(model: string, question: Question, maxTokensName: MaxTokensName): string {
  const { messages, outputSchema, temperature, maxTokens, seed } = question;
  return JSON.stringify({
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    stream_options: { include_usage: true },
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { [maxTokensName]: maxTokens }),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(outputSchema === undefined ? {} : { response_format: responseFormat(outputSchema) }),
  });
}

/** A schema that says nothing is refused as one; that any JSON will do has a word of its own. */
function responseFormat(schema: JsonObject): object {
  if (Object.keys(schema).length === 0) return { type: 'json_object' };
  return { type: 'json_schema', json_schema: { name: 'output', schema } };
}
