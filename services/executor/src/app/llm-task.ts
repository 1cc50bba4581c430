/** Asks a model for a task. */
import type { JsonValue } from '@bufbuild/protobuf';
import type { LlmCall } from '@skein/contracts/scheduler';
import { passing } from '../domain/call-failure.ts';
import { completionQuestion } from '../domain/completion-question.ts';
import { parseJsonText } from '../domain/json-text.ts';
import type { CallContext } from './call-context.ts';
import type { ModelPort } from './model-port.ts';
import { outputText } from '../domain/output-limit.ts';

/**
 * Makes the call; answers the output as JSON text: the completion as a string, or the JSON value in it where the
 * question has an output_schema.
 * @throws CallError for everything that can go wrong.
 */
export async function llmTask(models: ModelPort, call: LlmCall, context: CallContext): Promise<Uint8Array> {
  const { task, clock, sink, progress } = context;
  const place = `nodes.${task.ref?.nodeId ?? ''}.input`;
  const spec = completionQuestion(parseJsonText(task.input?.json ?? new Uint8Array()), call.model, place);
  const { namespace, idempotencyKey } = task;
  progress.begin(spec.model ?? '', '');
  const completion = await models.complete(
    { namespace, spec, idempotencyKey },
    (text) => sink.delta(text),
    clock.signal,
  );
  progress.target = completion.model;
  progress.usage = { inputTokens: Number(completion.inputTokens), outputTokens: Number(completion.outputTokens) };
  const output = spec.outputSchema === undefined ? completion.text : parsed(completion.text, completion.model);
  return outputText(output, `model ${completion.model}`);
}

function parsed(text: string, model: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw passing('OUTPUT_SCHEMA_VIOLATION', {
      message: `model ${model} was asked for JSON and answered something else: ${text.slice(0, 200)}`,
      place: `model ${model}`,
      remedy: 'ask a model that keeps to output_schema, or simplify the schema',
      cause,
    });
  }
}
