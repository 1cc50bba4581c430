import { create } from '@bufbuild/protobuf';
import { QuestionKind, QuestionSchema, type Question as QuestionMessage } from '@skein/contracts/agent';
import type { Question } from '@skein/domain';
import { jsonOfValue, valueOfJson } from './json-value.ts';

/** A question for the wire. */
export function questionToMessage({ kind, message, schema, state }: Question): QuestionMessage {
  return create(QuestionSchema, {
    kind: kind === 'auth' ? QuestionKind.AUTH : QuestionKind.INPUT,
    message,
    ...(schema === undefined ? {} : { schema: schema as NonNullable<QuestionMessage['schema']> }),
    state: valueOfJson(state),
  });
}

/** A question from the wire; a kind of a newer contract is one of input. */
export function questionFromMessage(message: QuestionMessage | undefined): Question {
  return {
    kind: message?.kind === QuestionKind.AUTH ? 'auth' : 'input',
    message: message?.message ?? '',
    schema: message?.schema,
    state: message?.state === undefined ? null : jsonOfValue(message.state),
  };
}
