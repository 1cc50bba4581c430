/**
 * The third way a call can end: the agent needs something from a person before it goes on.
 *
 * Owns what a question is, its bounds and its words on the wire. Does not own how agents ask, nor what becomes of it: the scheduler
 * has the node wait for an answer.
 */
import { fromJson, toJson, type JsonObject, type JsonValue } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { QuestionKind, type Answer, type Question } from '@skein/contracts/agent';
import { lasting } from '../domain/call-failure.ts';
import type { AgentAnswer } from './agent-protocol.ts';

/** What an agent asks. */
export interface InputRequired {
  /** `auth`: it asks for credentials, or for permission; what it is given is not an authorisation by itself. */
  readonly kind: 'input' | 'auth';
  /** For people. */
  readonly message: string;
  /** JSON Schema of the answer; undefined: anything. */
  readonly schema: JsonObject | undefined;
  /** To be handed back with the answer; means nothing to anybody but the adapter. */
  readonly state: JsonValue;
}

/** The answer to a question, for the next call of the same work. */
export interface QuestionAnswer {
  readonly value: JsonValue;
  /** That of the question. */
  readonly state: JsonValue;
  /** Answers of the attempt so far; 1 for the first. */
  readonly turn: number;
}

/** Whether a call has ended with a question. */
export function isQuestion(ending: AgentAnswer | InputRequired): ending is InputRequired {
  return 'kind' in ending;
}

/** Largest schema and state of a question, in bytes of JSON each. */
const MAX_PART_BYTES = 64 * 1024;
const MAX_MESSAGE_CHARS = 4096;

/**
 * A question within its bounds.
 * @throws CallError where the agent says too much.
 */
export function boundedQuestion(question: InputRequired, place: string): InputRequired {
  for (const [name, part] of [
    ['schema', question.schema],
    ['state', question.state],
  ] as const) {
    if (part !== undefined && Buffer.byteLength(JSON.stringify(part)) > MAX_PART_BYTES) {
      const message = `the ${name} of the agent's question is larger than ${MAX_PART_BYTES} bytes`;
      throw lasting('PAYLOAD_TOO_LARGE', { message, place, remedy: 'ask with less, or refer to it' });
    }
  }
  return { ...question, message: question.message.toWellFormed().slice(0, MAX_MESSAGE_CHARS) };
}

/** A question in the contract's words. */
export function questionMessage({ kind, message, schema, state }: InputRequired) {
  return {
    kind: kind === 'auth' ? QuestionKind.AUTH : QuestionKind.INPUT,
    message,
    ...(schema === undefined ? {} : { schema }),
    state: fromJson(ValueSchema, state),
  };
}

/** A question from the contract's words. */
export function questionOf(question: Question): InputRequired {
  return {
    kind: question.kind === QuestionKind.AUTH ? 'auth' : 'input',
    message: question.message,
    schema: question.schema,
    state: question.state === undefined ? null : toJson(ValueSchema, question.state),
  };
}

/** The answer of a task; undefined: its agent has not asked. */
export function answerOf(answer: Answer | undefined): QuestionAnswer | undefined {
  if (answer === undefined) return undefined;
  const { value, state, turn } = answer;
  return {
    value: value === undefined ? null : toJson(ValueSchema, value),
    state: state === undefined ? null : toJson(ValueSchema, state),
    turn,
  };
}
