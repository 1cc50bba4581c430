/** The messages that an invocation is answered with, within the bounds of the contract. */
import { create, fromJson, type JsonObject, type JsonValue } from '@bufbuild/protobuf';
import { durationFromMs, ValueSchema } from '@bufbuild/protobuf/wkt';
import { InvokeResponseSchema, type InvokeResponse } from '../gen/skein/agent/v1/agent_service_pb.ts';
import { QuestionKind } from '../gen/skein/agent/v1/agent_pb.ts';
import { AgentError } from './agent-error.ts';
import { QuestionAsked, type Question } from './question.ts';

/** Of one delta, in bytes of UTF-8. */
export const MAX_DELTA_BYTES = 256 * 1024;
/** Of all deltas of a call, in bytes of UTF-8. */
export const MAX_STREAMED_BYTES = 4 * 1024 * 1024;
const MAX_STATE_CHARACTERS = 64;
const MAX_DETAIL_CHARACTERS = 1024;
const MAX_MESSAGE_CHARACTERS = 4096;

const step = (event: NonNullable<Parameters<typeof create<typeof InvokeResponseSchema>>[1]>['event']): InvokeResponse =>
  create(InvokeResponseSchema, event === undefined ? {} : { event });

/** Text as deltas that the contract allows: cut between characters, with lone surrogates replaced. */
export function deltas(text: string): InvokeResponse[] {
  const whole = text.toWellFormed();
  // A UTF-16 unit has at most three bytes.
  const most = Math.floor(MAX_DELTA_BYTES / 3);
  const pieces: InvokeResponse[] = [];
  for (let start = 0; start < whole.length;) {
    let end = Math.min(whole.length, start + most);
    if (end < whole.length && isHighSurrogate(whole.charCodeAt(end - 1))) end -= 1;
    pieces.push(step({ case: 'delta', value: { text: whole.slice(start, end) } }));
    start = end;
  }
  return pieces;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

export function stateChange(state: string, detail: string): InvokeResponse {
  const value = { state: cut(state, MAX_STATE_CHARACTERS), detail: cut(detail, MAX_DETAIL_CHARACTERS) };
  return step({ case: 'state', value });
}

export function heartbeat(resumeDetails: JsonValue | undefined): InvokeResponse {
  const value = resumeDetails === undefined ? {} : { resumeDetails: fromJson(ValueSchema, resumeDetails) };
  return step({ case: 'heartbeat', value });
}

/** What an answer consumed. */
export interface Tokens {
  inputTokens: number;
  outputTokens: number;
  /** Millionths of a US dollar. */
  costMicroUsd: number;
}

export function result(output: JsonValue, consumed: Tokens): InvokeResponse {
  const { inputTokens, outputTokens, costMicroUsd } = consumed;
  const isMeasured = inputTokens > 0 || outputTokens > 0 || costMicroUsd > 0;
  const counts = {
    inputTokens: BigInt(inputTokens),
    outputTokens: BigInt(outputTokens),
    costMicroUsd: BigInt(Math.round(costMicroUsd)),
  };
  const usage = isMeasured ? { usage: counts } : {};
  return step({ case: 'result', value: { output: fromJson(ValueSchema, output), ...usage } });
}

function questionStep({ message, schema, state, kind = 'input' }: Question): InvokeResponse {
  return step({
    case: 'question',
    value: {
      kind: kind === 'auth' ? QuestionKind.AUTH : QuestionKind.INPUT,
      message: cut(message, MAX_MESSAGE_CHARACTERS),
      ...(schema === undefined ? {} : { schema: plain(schema) }),
      ...(state === undefined ? {} : { state: fromJson(ValueSchema, plain(state)) }),
    },
  });
}

/** What a handler threw: a question, or a failure. */
export function ending(thrown: unknown): InvokeResponse {
  return thrown instanceof QuestionAsked ? questionStep(thrown.question) : failure(thrown);
}

function failure(thrown: unknown): InvokeResponse {
  const error = thrown instanceof AgentError ? thrown : unforeseen(thrown);
  const { code, message, retryable, retryAfterMs, details } = error;
  return step({
    case: 'error',
    value: {
      code,
      message: cut(message, MAX_MESSAGE_CHARACTERS),
      retryable,
      ...(retryAfterMs === undefined ? {} : { retryAfter: durationFromMs(retryAfterMs) }),
      ...(details === undefined ? {} : { details: plain(details) }),
    },
  });
}

function unforeseen(thrown: unknown): AgentError {
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return new AgentError('UNKNOWN', { message, retryable: true, cause: thrown });
}

/** What survives JSON: a handler's values may hold dates and undefined members. */
export function plain<T extends JsonValue | JsonObject>(value: T): T {
  const text = JSON.stringify(value) as string | undefined;
  return (text === undefined ? null : JSON.parse(text)) as T;
}

function cut(text: string, characters: number): string {
  const whole = text.toWellFormed();
  return whole.length <= characters ? whole : whole.slice(0, characters).toWellFormed();
}
