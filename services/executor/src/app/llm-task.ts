/**
 * Asks a model for a task, and asks on where its answer does not match the node's output_schema.
 *
 * Owns the turns of one call. Does not own whom is asked (ModelPort), nor what becomes of a failure.
 *
 * L1. A prompt over the node's context_budget fails before anybody is asked.
 * L2. Every turn has an idempotency key of its own, the same for every delivery of the attempt: what was answered
 *     before this executor, or another one, was lost is answered again, not bought again. Each turn follows from the
 *     answers before it, so the whole conversation comes out the same.
 * L3. At most 1 + repair_turns turns; then the call has failed for good: another attempt would begin with the same.
 * L4. Usage is that of all turns.
 */
import { create, type JsonValue } from '@bufbuild/protobuf';
import { CompletionSpecSchema, Role, type Completion } from '@skein/contracts/llm';
import type { LlmCall } from '@skein/contracts/scheduler';
import { promptDigest, promptSize, readStructuredAnswer, repairRequest, type SchemaViolation } from '@skein/domain';
import { completionQuestion, type CompletionQuestion, type QuestionMessage } from '../domain/completion-question.ts';
import { fits, weighPrompt } from '../domain/context-budget.ts';
import { parseJsonText } from '../domain/json-text.ts';
import { violated, type OutputCheck } from '../domain/output-check.ts';
import { outputText } from '../domain/output-limit.ts';
import type { CallContext } from './call-context.ts';
import type { ModelPort } from './model-port.ts';

/**
 * Makes the call; answers the output as JSON text: the completion as a string, or the JSON value in it where the
 * question has an output_schema.
 * @throws CallError for everything that can go wrong.
 */
export async function llmTask(models: ModelPort, call: LlmCall, context: CallContext): Promise<Uint8Array> {
  const { task, progress } = context;
  const place = `nodes.${task.ref?.nodeId ?? ''}.input`;
  const question = completionQuestion(parseJsonText(task.input?.json ?? new Uint8Array()), call.model, place);
  const size = weighPrompt(question.prompt, question.budget, place);
  progress.prompt = { digest: promptDigest(question.prompt), sizeBytes: size.sizeBytes, turns: 0 };
  progress.begin(question.spec.model ?? '', '');
  const first = await ask(models, question, question.messages, context, 0);
  if (question.check === undefined) return outputText(first.text, `model ${first.model}`);
  return await structured(models, question, question.check, first, context);
}

/** The JSON in the answer, or in one that the model mends it with (L3). */
async function structured(
  models: ModelPort,
  question: CompletionQuestion,
  check: OutputCheck,
  first: Completion,
  context: CallContext,
): Promise<Uint8Array> {
  const messages = [...question.messages];
  let completion = first;
  for (let repair = 1; ; repair += 1) {
    const { text, model, finishReason } = completion;
    const answer = readStructuredAnswer(text, check.validate, finishReason === 'length');
    if (!('violations' in answer)) return outputText(answer.value as JsonValue, `model ${model}`);
    const place = `model ${model}`;
    if (repair > check.repairTurns) throw violated(answer.violations, place, repair);
    messages.push(...repairMessages(text, answer.violations, check));
    if (!hasRoom(messages, question)) throw violated(answer.violations, place, repair, NO_ROOM);
    context.sink.state('repair', `turn ${repair + 1}; violations of output_schema: ${answer.violations.length}`);
    completion = await ask(models, question, messages, context, repair);
  }
}

const NO_ROOM = 'there is no room for another turn in context_budget, or in what llm-proxy takes';
/** Most bytes of messages that llm-proxy takes. */
const MAX_CONTENT_BYTES = 1024 * 1024;

/** Asks one turn (L2, L4). */
async function ask(
  models: ModelPort,
  { spec }: CompletionQuestion,
  messages: readonly QuestionMessage[],
  { task, clock, sink, progress }: CallContext,
  repair: number,
): Promise<Completion> {
  const { namespace } = task;
  const idempotencyKey = repair === 0 ? task.idempotencyKey : `${task.idempotencyKey}/repair/${repair}`;
  if (progress.prompt !== undefined) progress.prompt = { ...progress.prompt, turns: repair + 1 };
  const turn = create(CompletionSpecSchema, { ...spec, messages: [...messages] } as typeof spec);
  const asked = { namespace, spec: turn, idempotencyKey };
  const completion = await models.complete(asked, (text) => sink.delta(text), clock.signal);
  progress.target = completion.model;
  progress.usage = {
    inputTokens: progress.usage.inputTokens + Number(completion.inputTokens),
    outputTokens: progress.usage.outputTokens + Number(completion.outputTokens),
  };
  return completion;
}

function repairMessages(text: string, violations: readonly SchemaViolation[], { schema }: OutputCheck) {
  return [
    { role: Role.ASSISTANT, content: text },
    { role: Role.USER, content: repairRequest(violations, schema) },
  ];
}

/** A turn is a prompt as well: the budget holds for it too. */
function hasRoom(messages: readonly QuestionMessage[], { prompt, budget }: CompletionQuestion): boolean {
  const words = messages.map(({ role, content }) => ({ role: String(role), content }));
  const size = promptSize({ messages: words, outputSchema: prompt.outputSchema });
  return size.sizeBytes <= MAX_CONTENT_BYTES && fits(size, budget);
}
