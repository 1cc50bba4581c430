import type { JsonValue } from '@bufbuild/protobuf';
import type { JsonSchema } from './schema.ts';

/** What an agent needs from a person before it goes on. */
export interface Question {
  /** For people, at most 4,096 characters. */
  readonly message: string;
  /** What the answer must look like. Default: any JSON value. */
  readonly schema?: JsonSchema;
  /** What the agent is told again with the answer, at most 64 KiB. Default: nothing. */
  readonly state?: JsonValue;
  /** `auth`: credentials or permission are asked for. Default: `input`. */
  readonly kind?: 'input' | 'auth';
}

/** What the last question of this attempt was answered with. */
export interface Answer {
  readonly value: JsonValue;
  /** That of the question; null: none. */
  readonly state: JsonValue;
  /** Answers of this attempt so far, from 1. */
  readonly turn: number;
}

/** Ends the handler; thrown by `ctx.ask`, to be let through. */
export class QuestionAsked extends Error {
  override readonly name = 'QuestionAsked';
  readonly question: Question;

  constructor(question: Question) {
    super(question.message);
    this.question = question;
  }
}
