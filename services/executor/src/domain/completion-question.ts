import type { JsonObject, JsonValue, MessageInitShape } from '@bufbuild/protobuf';
import { OutputCheck as OutputCheckWord, Role, type CompletionSpecSchema } from '@skein/contracts/llm';
import { promptOf, type LlmPrompt } from '@skein/domain';
import { lasting } from './call-failure.ts';
import { contextBudgetOf, type ContextBudget } from './context-budget.ts';
import { isJsonObject, textMember } from './json-object.ts';
import { outputCheckOf, providerSchema, type OutputCheck } from './output-check.ts';

const ROLES: Readonly<Record<string, Role>> = {
  system: Role.SYSTEM,
  developer: Role.SYSTEM,
  user: Role.USER,
  assistant: Role.ASSISTANT,
};

/** What an `llm` node asks, and within what bounds. */
export interface CompletionQuestion {
  /** All but the conversation. */
  readonly spec: MessageInitShape<typeof CompletionSpecSchema>;
  readonly messages: readonly QuestionMessage[];
  readonly prompt: LlmPrompt;
  readonly budget: ContextBudget;
  /** Undefined: the answer is a text. */
  readonly check: OutputCheck | undefined;
}

/** One entry of the conversation. */
export interface QuestionMessage {
  readonly role: Role;
  readonly content: string;
}

/**
 * The question of an `llm` node from its input, `{model, messages, output_schema?, repair_turns?, context_budget?,
 * temperature?, max_tokens?, seed?, config?}`. What the input does not say itself may stand in its `config`.
 * @throws CallError INVALID_FIELD that names the member; OUTPUT_SCHEMA_VIOLATION for a schema that nothing matches.
 */
export function completionQuestion(input: JsonValue, model: string, place: string): CompletionQuestion {
  if (!isJsonObject(input)) throw invalid(place, 'the input of a model must be an object with `messages`');
  const config = isJsonObject(input['config']) ? input['config'] : {};
  const member = (name: string) => input[name] ?? config[name];
  const messages = messagesOf(input['messages'], `${place}.messages`);
  const check = outputCheckOf(member, place);
  const temperature = numberOf(member('temperature'), `${place}.temperature`);
  const maxTokens = wholeNumberOf(member('max_tokens'), `${place}.max_tokens`);
  const seed = wholeNumberOf(member('seed'), `${place}.seed`);
  return {
    spec: {
      model: textMember(input, 'model') ?? model,
      ...(check === undefined
        ? {}
        : { outputSchema: providerSchema(check.schema), outputCheck: OutputCheckWord.CALLER }),
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { maxTokens }),
      ...(seed === undefined ? {} : { seed: BigInt(seed) }),
    },
    messages,
    prompt: promptOf(input) ?? { messages: [], outputSchema: undefined },
    budget: contextBudgetOf(member('context_budget'), `${place}.context_budget`),
    check,
  };
}

function messagesOf(messages: JsonValue | undefined, place: string): QuestionMessage[] {
  if (!Array.isArray(messages) || messages.length === 0) throw invalid(place, 'must be a list of at least one message');
  return messages.map((message, index) => {
    const here = `${place}[${index}]`;
    if (!isJsonObject(message)) throw invalid(here, 'must be an object with `role` and `content`');
    return { role: roleOf(message, here), content: contentOf(message['content']) };
  });
}

function roleOf(message: JsonObject, place: string): Role {
  const role = ROLES[textMember(message, 'role') ?? 'user'];
  if (role === undefined) throw invalid(`${place}.role`, 'must be system, developer, user or assistant');
  return role;
}

/** Content that is not a text is asked as its JSON. */
function contentOf(content: JsonValue | undefined): string {
  return typeof content === 'string' ? content : JSON.stringify(content ?? '');
}

function numberOf(value: JsonValue | undefined, place: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw invalid(place, 'must be a number');
  return value;
}

function wholeNumberOf(value: JsonValue | undefined, place: string): number | undefined {
  const number = numberOf(value, place);
  if (number !== undefined && !Number.isSafeInteger(number)) throw invalid(place, 'must be a whole number');
  return number;
}

const invalid = (place: string, message: string) =>
  lasting('INVALID_FIELD', { message: `${place} ${message}`, place, remedy: 'mend the node in the workflow' });
