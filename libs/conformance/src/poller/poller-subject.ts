import type { JsonValue } from '@bufbuild/protobuf';
import { fittingInput } from '../sample-input.ts';
import type { Poll, PollingExecutor, Said } from './polling-executor.ts';

/** What the author says about a polling worker. */
export interface PollerSubjectOptions {
  /** An input that the agent takes. Default: one made of the schema of its first skill, else a text. */
  readonly input?: JsonValue;
  /** An input that takes it longer than ten seconds, to see what it does meanwhile. Default: that is not looked at. */
  readonly slowInput?: JsonValue;
  /** How long to wait for its first poll, in milliseconds. Default: 60,000. */
  readonly arrivalMs?: number;
  /** Longest time until it polls again, in milliseconds. Default: 10,000; a worker counts as gone after 30 s. */
  readonly pollAgainMs?: number;
  /** Longest time until it answers, in milliseconds. Default: 20,000. */
  readonly answerMs?: number;
}

/** A worker that polls a fake executor, as the rules see it. */
export class PollerSubject {
  readonly executor: PollingExecutor;
  readonly options: PollerSubjectOptions;
  readonly pollAgainMs: number;
  readonly answerMs: number;

  constructor(executor: PollingExecutor, options: PollerSubjectOptions = {}) {
    this.executor = executor;
    this.options = options;
    this.pollAgainMs = options.pollAgainMs ?? 10_000;
    this.answerMs = options.answerMs ?? 20_000;
  }

  /** The first poll. Throws where none comes. */
  async firstPoll(): Promise<Poll> {
    const { polls } = this.executor;
    const waitMs = this.options.arrivalMs ?? 60_000;
    await this.executor.until(() => polls.length > 0, waitMs);
    const [first] = polls;
    if (first === undefined) throw new Error(`no worker polled within ${waitMs} ms`);
    return first;
  }

  /** Waits for another poll than those of before. */
  pollsAgain(): Promise<boolean> {
    const { polls } = this.executor;
    const before = polls.length;
    return this.executor.until(() => polls.length > before, this.pollAgainMs);
  }

  /** Gives out a task, and waits for so many words on its end. */
  async answered(endings = 1): Promise<{ readonly token: string; readonly endings: readonly Said[] }> {
    await this.firstPoll();
    const token = this.executor.give(await this.input());
    const endingsOf = () => this.executor.saidOf(token).filter(({ kind }) => kind !== 'heartbeat');
    await this.executor.until(() => endingsOf().length >= endings, this.answerMs);
    this.executor.takeBack();
    return { token, endings: endingsOf() };
  }

  /** An input that the agent should take. */
  async input(): Promise<JsonValue> {
    if (this.options.input !== undefined) return this.options.input;
    const schema = (await this.firstPoll()).request.card?.skills[0]?.inputSchema;
    return (schema === undefined ? undefined : fittingInput(schema)) ?? 'hello';
  }
}

/** In words, for a report. */
export const describeSaid = (said: readonly Said[]): string => said.map(({ kind }) => kind).join(', ') || 'nothing';
