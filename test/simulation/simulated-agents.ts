import { Payload } from '@skein/domain';
import type { Task } from '@skein/contracts/scheduler';
import type { AgentAnswer } from '../../libs/domain/src/testing/run-world.ts';
import type { Surroundings } from './surroundings.ts';

/** What an agent answers to a task, whenever and by whomever it is asked. */
export type AnswerOf = (runId: string, nodeId: string, attempt: number) => AgentAnswer;

/** A delivery that reached its agent, and what it was told. */
export interface Delivery {
  readonly runId: string;
  readonly nodeId: string;
  readonly attempt: number;
  readonly dispatch: number;
  /** What kind of task it was. */
  readonly kind: string;
  /** How many steps it was told were done. */
  readonly resumedStep: number;
}

/** What becomes of a call. */
export interface CallListener {
  /** It has come so far, as JSON text. */
  readonly came: (resumeDetails: Uint8Array<ArrayBuffer>) => void;
  /** The agent has answered, or its executor's patience has ended. */
  readonly answered: (answer: AgentAnswer) => void;
}

/** Steps that a call takes of its work, after each of which it says how far it has come. */
const STEPS_A_CALL = 3;

/**
 * The agents of a world, methods and tools too: the same answer each time they are asked the same, and a count of how
 * often they were. Agents say now and then how far they have come, and go on from there.
 */
export class SimulatedAgents {
  /** Calls by idempotency key. */
  readonly calls = new Map<string, number>();
  /** In the order of their arrival. */
  readonly deliveries: Delivery[] = [];
  readonly #surroundings: Surroundings;
  readonly #answerOf: AnswerOf;

  constructor(surroundings: Surroundings, answerOf: AnswerOf) {
    this.#surroundings = surroundings;
    this.#answerOf = answerOf;
  }

  /** Begins a call. */
  call(task: Task, { came, answered }: CallListener): void {
    const { runId = '', nodeId = '', attempt = 0, dispatch = 0 } = task.ref ?? {};
    const resumedStep = stepOf(task.resumeDetails);
    this.deliveries.push({ runId, nodeId, attempt, dispatch, kind: task.call.case ?? '', resumedStep });
    this.calls.set(task.idempotencyKey, (this.calls.get(task.idempotencyKey) ?? 0) + 1);
    const answer = this.#answerOf(runId, nodeId, attempt);
    const isTimeout = 'code' in answer && answer.code === 'TIMEOUT';
    const { seconds = 0n, nanos = 0 } = task.startToCloseTimeout ?? {};
    const patienceMs = Number(seconds) * 1000 + nanos / 1_000_000;
    const { random, time } = this.#surroundings;
    const durationMs = Math.min(isTimeout ? patienceMs : random.pick([1, 20, 300, 1500, 6000]), patienceMs);
    if (task.call.case === 'agent') {
      for (let step = 1; step <= STEPS_A_CALL; step += 1) {
        const atMs = (durationMs * step) / (STEPS_A_CALL + 1);
        time.after(atMs, () => came(Payload.fromValue({ step: resumedStep + step }).bytes as Uint8Array<ArrayBuffer>));
      }
    }
    time.after(durationMs, () => answered(answer));
  }
}

/** How many steps details say are done; of none, none. */
export function stepOf(details: { readonly json: Uint8Array } | undefined): number {
  if (details === undefined || details.json.byteLength === 0) return 0;
  return (JSON.parse(Buffer.from(details.json).toString()) as { readonly step: number }).step;
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
