import { ExpressionError } from '../expression/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, textOf } from '../expression/json.ts';
import type { Scope } from '../expression/scope.ts';
import type { LlmWork } from './plan.ts';

/** A message to a language model. */
interface LlmMessage extends JsonObject {
  readonly role: string;
  readonly content: JsonValue;
}

/**
 * The request of an llm node: `system` first, then `messages`, then `prompt`. Without the latter two the node's
 * input speaks: its `messages` or `prompt` where it has them, else the whole of it as the user's text.
 */
export function resolveLlmRequest(work: LlmWork, scope: Scope, input: () => JsonValue): JsonValue {
  const messages: LlmMessage[] = [];
  if (work.system !== undefined) messages.push({ role: 'system', content: textOf(work.system.evaluate(scope)) });
  if (work.messages !== undefined) messages.push(...asMessages(work.messages.evaluate(scope)));
  if (work.prompt !== undefined) messages.push({ role: 'user', content: textOf(work.prompt.evaluate(scope)) });
  if (work.messages === undefined && work.prompt === undefined) messages.push(...spoken(input()));
  return {
    model: work.model,
    messages,
    ...(work.outputSchema === undefined ? {} : { output_schema: work.outputSchema }),
    ...(work.repairTurns === undefined ? {} : { repair_turns: work.repairTurns }),
    ...(work.contextBudget === undefined ? {} : { context_budget: { ...work.contextBudget } }),
    ...(work.temperature === undefined ? {} : { temperature: work.temperature }),
    ...(work.maxTokens === undefined ? {} : { max_tokens: work.maxTokens }),
    ...(Object.keys(work.config).length === 0 ? {} : { config: work.config }),
  };
}

function spoken(input: JsonValue): readonly LlmMessage[] {
  if (isJsonObject(input) && isJsonArray(input['messages'])) return asMessages(input['messages']);
  if (isJsonObject(input) && typeof input['prompt'] === 'string') return [{ role: 'user', content: input['prompt'] }];
  return [{ role: 'user', content: textOf(input) }];
}

function asMessages(value: JsonValue): readonly LlmMessage[] {
  if (!isJsonArray(value)) throw notMessages('messages is not a list');
  return value.map((message, i) => {
    if (!isJsonObject(message)) throw notMessages(`messages[${i}] is not an object`);
    const { role, content } = message;
    if (typeof role !== 'string' || role === '') throw notMessages(`messages[${i}] has no role`);
    if (content === undefined) throw notMessages(`messages[${i}] has no content`);
    return { ...message, role, content };
  });
}

function notMessages(reason: string): ExpressionError {
  return new ExpressionError({
    code: 'VALUE',
    reason,
    source: 'messages',
    at: 'messages',
    mend: 'give a list of {role, content}',
  });
}
