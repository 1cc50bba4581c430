import { Code } from '@connectrpc/connect';
import { LlmService } from '@skein/contracts/llm';
import { bind, skeinError, type ServiceBinding } from '@skein/rpc';

/** A model that says the last message again, word by word. */
export function fakeLlm(): ServiceBinding {
  const answer = (spec: { model: string; messages: readonly { content: string }[] } | undefined) => {
    if (spec?.model === 'absent') {
      throw skeinError({ reason: 'MODEL_NOT_FOUND', code: Code.NotFound, message: 'there is no model absent' });
    }
    const text = spec?.messages.at(-1)?.content ?? '';
    return { text, model: 'builtin/echo', finishReason: 'stop', inputTokens: 3n, outputTokens: 4n, replayed: false };
  };
  return bind(LlmService, {
    complete: ({ spec }) => ({ completion: answer(spec) }),
    async *streamComplete({ spec }) {
      const completion = answer(spec);
      for (const word of completion.text.split(/(?<= )/)) yield { event: { case: 'delta' as const, value: word } };
      yield { event: { case: 'completion' as const, value: completion } };
    },
    listModels: () => ({ models: [{ model: 'builtin/echo', provider: 'builtin', description: 'Says it again.' }] }),
  });
}
