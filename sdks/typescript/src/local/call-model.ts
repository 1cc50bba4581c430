/**
 * Asks the model that was given, and asks on where its answer does not match the node's output_schema.
 *
 * M1. A prompt over the node's context_budget fails before anybody is asked; so does the turn of a repair.
 * M2. At most 1 + repair_turns turns, of one attempt; usage is that of all.
 */
import type { JsonValue } from '@bufbuild/protobuf';
import {
  compileSchema,
  finalFailure,
  Payload,
  promptDigest,
  promptOf,
  promptSize,
  readStructuredAnswer,
  repairRequest,
  violationText,
  type LlmRequest,
  type LlmWork,
  type PromptFacts,
  type SchemaViolation,
} from '@skein/domain';
import { callContext } from './call-context.ts';
import type { CallScope } from './call-scope.ts';
import { CallFailed, nobodyGiven } from './local-failure.ts';
import type { LocalOptions } from './options.ts';

/** How a model's call stands; changed while it is under way, so that a failure is recorded with it. */
export interface ModelCall {
  model: string;
  prompt: PromptFacts | undefined;
}

const DEFAULT_REPAIR_TURNS = 2;

/** Makes the call. @throws CallFailed, or whatever the model throws */
export async function callModel(
  scope: CallScope,
  work: LlmWork,
  call: ModelCall,
  { llm }: Pick<LocalOptions, 'llm'>,
): Promise<Payload> {
  if (llm === undefined) throw nobodyGiven('MODEL_NOT_FOUND', `model ${work.model}`, scope.place, 'llm');
  const request = scope.task.input.value as unknown as LlmRequest;
  const prompt = promptOf(scope.task.input.value) ?? { messages: [], outputSchema: undefined };
  const size = promptSize(prompt);
  if (!fits(request, request.messages)) throw overBudget(scope, size);
  call.prompt = { digest: promptDigest(prompt), sizeBytes: size.sizeBytes, turns: 0 };
  const ask = async (messages: LlmRequest['messages']): Promise<string> => {
    if (call.prompt !== undefined) call.prompt = { ...call.prompt, turns: call.prompt.turns + 1 };
    const answered = await scope.race(Promise.resolve(llm({ ...request, messages }, callContext(scope))));
    if (typeof answered === 'string') return answered;
    call.model = answered.model ?? call.model;
    scope.usage.inputTokens += answered.usage?.inputTokens ?? 0;
    scope.usage.outputTokens += answered.usage?.outputTokens ?? 0;
    return answered.text;
  };
  const text = await ask(request.messages);
  if (request.output_schema === undefined) return Payload.fromValue(text);
  return Payload.fromValue(await structured(scope, request, request.output_schema, text, ask));
}

/** The JSON in the answer, or in one that the model mends it with (M2). */
async function structured(
  scope: CallScope,
  request: LlmRequest,
  schema: NonNullable<LlmRequest['output_schema']>,
  first: string,
  ask: (messages: LlmRequest['messages']) => Promise<string>,
): Promise<JsonValue> {
  const compiled = compileSchema(schema);
  if ('reason' in compiled) throw invalid(scope, `output_schema is no JSON Schema: ${compiled.reason}`);
  const messages = [...request.messages];
  let text = first;
  for (let turn = 1; ; turn += 1) {
    const answer = readStructuredAnswer(text, compiled.validate);
    if (!('violations' in answer)) return answer.value as JsonValue;
    const isLast = turn > (request.repair_turns ?? DEFAULT_REPAIR_TURNS);
    messages.push({ role: 'assistant', content: text });
    messages.push({ role: 'user', content: repairRequest(answer.violations, schema) });
    if (isLast || !fits(request, messages)) throw violated(scope, answer.violations, turn);
    text = await ask(messages);
  }
}

function fits({ context_budget: budget, output_schema: outputSchema }: LlmRequest, messages: LlmRequest['messages']) {
  const { sizeBytes, tokens } = promptSize({ messages, outputSchema });
  return sizeBytes <= (budget?.bytes ?? Infinity) && tokens <= (budget?.tokens ?? Infinity);
}

function violated({ place }: CallScope, violations: readonly SchemaViolation[], turns: number): CallFailed {
  const shown = violations.slice(0, 5).map((violation) => violationText(violation));
  const message = `the output does not match output_schema after ${turns} turns: ${shown.join('; ')}`;
  const listed = violations.slice(0, 50).map(({ pointer, keyword, message: text }) => {
    return { pointer, keyword, message: text };
  });
  const remedy = 'raise repair_turns of the node, or give an llm that keeps to output_schema';
  const failure = finalFailure('OUTPUT_SCHEMA_VIOLATION', message, place, remedy);
  return new CallFailed({ ...failure, details: { violations: listed, turns } });
}

function overBudget({ place }: CallScope, { sizeBytes, tokens }: { sizeBytes: number; tokens: number }): CallFailed {
  const message = `the prompt is larger than the node's context_budget: ${sizeBytes} bytes, about ${tokens} tokens`;
  const remedy = 'give the model less, or raise context_budget';
  return new CallFailed(finalFailure('CONTEXT_BUDGET_EXCEEDED', message, `${place}.input`, remedy));
}

function invalid({ place }: CallScope, message: string): CallFailed {
  return new CallFailed(finalFailure('INVALID_FIELD', message, `${place}.input`, 'mend the node in the workflow'));
}
