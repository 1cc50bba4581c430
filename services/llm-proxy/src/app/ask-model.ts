import { compileSchema, readStructuredAnswer } from '@skein/domain';
import { OutputSchemaError, ProviderError } from '../domain/llm-errors.ts';
import type { Answer, Question } from '../domain/question.ts';
import type { LlmObserver } from './llm-observer.ts';
import type { ModelCatalogue } from './model-catalogue.ts';

/** Longest answer that is taken, in UTF-16 units. */
const MAX_ANSWER_LENGTH = 4 * 1024 * 1024;

/** What asking needs. */
export interface AskParts {
  readonly catalogue: ModelCatalogue;
  readonly observer: LlmObserver;
}

/**
 * Asks the provider of a model and checks its answer.
 * @throws ModelNotFoundError, ProviderError, OutputSchemaError.
 */
export async function askModel(
  { catalogue, observer }: AskParts,
  question: Question,
  onDelta: (text: string) => void,
  signal: AbortSignal,
): Promise<Answer> {
  const found = catalogue.find(question.model);
  const { model, name, provider } = found;
  return observer.asking(found, question, async (call) => {
    let text = '';
    const end = await provider.ask(
      name,
      question,
      (delta) => {
        if (text === '') call.firstChunk();
        text += delta;
        if (text.length > MAX_ANSWER_LENGTH) throw tooLong(model);
        onDelta(delta);
      },
      signal,
    );
    const answer = checkedAnswer({ text: text.toWellFormed(), model, ...end }, question);
    call.answered(answer);
    return answer;
  });
}

const tooLong = (model: string): ProviderError =>
  new ProviderError(`${model} wrote more than ${MAX_ANSWER_LENGTH} characters`, {
    retryable: false,
    place: model,
    remedy: 'give max_tokens',
  });

/**
 * The answer as whoever asked gets it: where the schema of the question is enforced, the JSON in it alone.
 * @throws OutputSchemaError
 */
export function checkedAnswer(answer: Answer, { outputSchema, enforcesSchema }: Question): Answer {
  if (outputSchema === undefined || !enforcesSchema) return answer;
  const compiled = compileSchema(outputSchema);
  // Checked when the question came in.
  if ('reason' in compiled) throw new Error(`output_schema: ${compiled.reason}`);
  const read = readStructuredAnswer(answer.text, compiled.validate, answer.finishReason === 'length');
  if ('violations' in read) throw new OutputSchemaError(answer.model, read.violations);
  return { ...answer, text: read.text };
}
