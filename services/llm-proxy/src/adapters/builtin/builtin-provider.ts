/**
 * Models that are part of the proxy: they need no network and answer the same question with the same seed in the same
 * words, for demonstrations and tests.
 *
 * `echo` gives back the last user message, `draft` writes a letter to a customer from it. Asked for JSON, both shape a
 * value after the schema. `temperature` is ignored; `max_tokens` cuts the answer.
 */
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import type { ModelProvider } from '../../app/model-provider.ts';
import { ProviderError } from '../../domain/llm-errors.ts';
import type { Question } from '../../domain/question.ts';
import { diceFor } from './dice.ts';
import { draftAnswer } from './draft/draft-answer.ts';
import { ImpossibleSchemaError } from './shape/impossible-schema.ts';
import { shapedAnswer } from './shape/shaped-answer.ts';
import { countTokens, firstTokens, wordPieces } from './tokens.ts';

/** How the built-in models behave. */
export interface BuiltinOptions {
  /** Time between two pieces of text; default 0. */
  readonly chunkDelayMs?: number;
}

const MODELS = [
  { name: 'echo', description: 'Gives back the last user message, or a value shaped after output_schema.' },
  { name: 'draft', description: 'Drafts an answer to a customer from the last user message; no network, repeatable.' },
];

/** Pieces after which others get a turn. */
const PIECES_A_TURN = 64;

export function builtinProvider({ chunkDelayMs = 0 }: BuiltinOptions = {}): ModelProvider {
  return {
    name: 'builtin',
    telemetryName: 'skein.builtin',
    models: MODELS,
    async ask(model, question, onDelta, signal) {
      signal.throwIfAborted();
      const { text, cut } = firstTokens(answerOf(model, question), question.maxTokens ?? Infinity);
      for (const [at, piece] of wordPieces(text).entries()) {
        if (chunkDelayMs > 0) await delay(chunkDelayMs, undefined, { signal });
        else if (at % PIECES_A_TURN === 0) await setImmediate(undefined, { signal });
        onDelta(piece);
      }
      return {
        finishReason: cut ? 'length' : 'stop',
        inputTokens: question.messages.reduce((sum, { content }) => sum + countTokens(content), 0),
        outputTokens: countTokens(text),
      };
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function answerOf(model: string, question: Question): string {
  const { outputSchema } = question;
  if (outputSchema === undefined) {
    return model === 'draft' ? draftAnswer(lastUserText(question), diceFor(question)) : lastUserText(question);
  }
  try {
    return shapedAnswer(outputSchema, lastUserText(question), (salt) => diceFor(question, salt));
  } catch (cause) {
    if (!(cause instanceof ImpossibleSchemaError)) throw cause;
    throw new ProviderError(`builtin/${model} finds no value for output_schema: ${cause.message}`, {
      retryable: false,
      place: `builtin/${model}`,
      remedy: 'simplify output_schema, or ask another model',
      cause,
    });
  }
}

/** What was said last by the user; the last message where the user said nothing. */
function lastUserText({ messages }: Question): string {
  return (messages.findLast(({ role }) => role === 'user') ?? messages.at(-1))?.content ?? '';
}
