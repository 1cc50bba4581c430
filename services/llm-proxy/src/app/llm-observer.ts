import type { Answer, Question } from '../domain/question.ts';
import type { CataloguedModel } from './model-catalogue.ts';

/** A question that is being answered. */
export interface ObservedCall {
  /** The first text has come. */
  firstChunk(): void;
  /** The answer is whole and as it was asked for. */
  answered(answer: Answer): void;
}

/** Told of what happens in the proxy; each is one span, counter and log line together. */
export interface LlmObserver {
  /** A provider is asked; runs `ask` as part of the call's trace. */
  asking<T>(model: CataloguedModel, question: Question, ask: (call: ObservedCall) => Promise<T>): Promise<T>;
  /** A stored answer was given again. */
  replayed(answer: Answer): void;
  /** The database failed; what was to be done is tried again or given up as the text says. */
  databaseFailed(what: string, error: unknown): void;
  /** Old completions were forgotten. */
  swept(count: number): void;
  /** Something went wrong that nobody foresaw. */
  defect(what: string, error: unknown): void;
}
