import { Payload } from '@skein/domain';
import type { Task } from '@skein/contracts/scheduler';
import type { AgentAnswer } from '../../libs/domain/src/testing/run-world.ts';
import type { Surroundings } from './surroundings.ts';

/** What an agent answers to a task, whenever and by whomever it is asked. */
export type AnswerOf = (runId: string, nodeId: string, attempt: number) => AgentAnswer;

/** The agents of a world: the same answer each time they are asked the same, and a count of how often they were. */
export class SimulatedAgents {
  /** Calls by idempotency key. */
  readonly calls = new Map<string, number>();
  readonly #surroundings: Surroundings;
  readonly #answerOf: AnswerOf;

  constructor(surroundings: Surroundings, answerOf: AnswerOf) {
    this.#surroundings = surroundings;
    this.#answerOf = answerOf;
  }

  /** Begins a call; `answered` is called when the agent has answered, or when its executor's patience has ended. */
  call(task: Task, answered: (answer: AgentAnswer) => void): void {
    const { runId = '', nodeId = '', attempt = 0 } = task.ref ?? {};
    this.calls.set(task.idempotencyKey, (this.calls.get(task.idempotencyKey) ?? 0) + 1);
    const answer = this.#answerOf(runId, nodeId, attempt);
    const isTimeout = 'code' in answer && answer.code === 'TIMEOUT';
    const { seconds = 0n, nanos = 0 } = task.startToCloseTimeout ?? {};
    const patienceMs = Number(seconds) * 1000 + nanos / 1_000_000;
    const { random, time } = this.#surroundings;
    const durationMs = isTimeout ? patienceMs : random.pick([1, 20, 300, 1500, 6000]);
    time.after(Math.min(durationMs, patienceMs), () => answered(answer));
  }
}

/** An answer as the report of it. */
export function reportOf(answer: AgentAnswer) {
  if ('output' in answer) {
    const json = Payload.fromValue(answer.output).bytes as Uint8Array<ArrayBuffer>;
    return { case: 'succeeded' as const, value: { output: { json } } };
  }
  const { code, retryable } = answer;
  return { case: 'failed' as const, value: { failure: { code, retryable, message: code } } };
}
