import type { JsonValue } from '@bufbuild/protobuf';
import type { TaskEvent } from '@skein/contracts/worker';
import { isEnding } from '../ending.ts';
import { fittingInput } from '../sample-input.ts';
import { RESUME_MS, type FakeExecutor, type GivenTask } from './fake-executor.ts';
import type { WorkerStream } from './worker-stream.ts';

/** What the author says about a worker. */
export interface WorkerSubjectOptions {
  /** An input that the agent takes. Default: one made of the schema of its first skill, else a text. */
  readonly input?: JsonValue;
  /** How long to wait for the worker to dial in for the first time, in milliseconds. Default: 60,000. */
  readonly arrivalMs?: number;
  /** Tells the worker's process to stop. Default: that it drains is not looked at. */
  readonly stop?: () => void;
}

const ANSWER_MS = 20_000;

/** A worker that dials in to a fake executor, as the rules see it. */
export class WorkerSubject {
  readonly executor: FakeExecutor;
  readonly options: WorkerSubjectOptions;

  constructor(executor: FakeExecutor, options: WorkerSubjectOptions = {}) {
    this.executor = executor;
    this.options = options;
  }

  /** The worker's stream. Throws where none comes. */
  async stream(): Promise<WorkerStream> {
    const isFirst = this.executor.streams.length === 0;
    const waitMs = isFirst ? (this.options.arrivalMs ?? 60_000) : RESUME_MS;
    const stream = await this.executor.open(waitMs);
    if (stream !== undefined) return stream;
    throw new Error(
      isFirst ? `no worker dialled in within ${waitMs} ms` : `the worker did not come back within ${waitMs} ms`,
    );
  }

  /** A stream on which there is a credit left for a task. */
  async ready(): Promise<WorkerStream> {
    const stream = await this.stream();
    if (await stream.until(() => stream.credits > 0, 5_000)) return stream;
    throw new Error('no credit came within 5000 ms');
  }

  /** Gives out a task, or one that was given out before, and waits for its ending. */
  async answered(stream: WorkerStream, key?: string): Promise<{ task: GivenTask; events: TaskEvent[] }> {
    const task = this.executor.give(stream, this.#input(stream), key);
    await stream.until(() => hasEnding(stream.eventsOf(task.taskId)), ANSWER_MS);
    return { task, events: stream.eventsOf(task.taskId) };
  }

  /** Breaks the stream, and answers the one that the worker makes instead. */
  async reconnected(stream: WorkerStream): Promise<WorkerStream> {
    stream.end();
    return this.stream();
  }

  #input({ register }: WorkerStream): JsonValue {
    if (this.options.input !== undefined) return this.options.input;
    const schema = register.card?.skills[0]?.inputSchema;
    return (schema === undefined ? undefined : fittingInput(schema)) ?? 'hello';
  }
}

export function hasEnding(events: readonly TaskEvent[]): boolean {
  return events.some(({ event }) => isEnding(event?.event));
}

/** The numbers of events, for reports. */
export const numbersOf = (events: readonly TaskEvent[]): string =>
  events.map(({ seq }) => String(seq)).join(', ') || 'none';
