import { Payload, type Question } from '@skein/domain';
import type { Task } from '@skein/contracts/scheduler';
import { jsonOfValue, questionToMessage } from '@skein/events';
import type { AgentAnswer } from '../../libs/domain/src/testing/run-world.ts';
import type { Surroundings } from './surroundings.ts';

/** What agents do, whenever and by whomever they are asked. */
export interface Script {
  /** What comes of an attempt. */
  readonly answer: (runId: string, nodeId: string, attempt: number) => AgentAnswer;
  /** How often the agent of a node asks before it does the work of an attempt. */
  readonly questionsOf: (runId: string, nodeId: string) => number;
  /** Told of each call before it begins. */
  readonly onCall: (task: Task) => void;
}

/** How a call ends. */
export type CallEnding = AgentAnswer | { readonly question: Question };

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
  /** The agent has answered or asked, or its executor's patience has ended. */
  readonly ended: (ending: CallEnding) => void;
}

/** Steps that a call takes of its work, after each of which it says how far it has come. */
const STEPS_A_CALL = 3;

/**
 * The agents of a world, methods and tools too: the same answer each time they are asked the same, and a count of how
 * often they were. Agents say now and then how far they have come, and go on from there; some ask, and go on with what
 * they are told. They count their questions in nothing but the state that comes back with the answer.
 */
export class SimulatedAgents {
  /** Calls by idempotency key. */
  readonly calls = new Map<string, number>();
  /** In the order of their arrival. */
  readonly deliveries: Delivery[] = [];
  readonly #surroundings: Surroundings;
  readonly #script: Script;

  constructor(surroundings: Surroundings, script: Script) {
    this.#surroundings = surroundings;
    this.#script = script;
  }

  /** Begins a call. */
  call(task: Task, { came, ended }: CallListener): void {
    const { runId = '', nodeId = '', attempt = 0, dispatch = 0 } = task.ref ?? {};
    const resumedStep = stepOf(task.resumeDetails);
    this.#script.onCall(task);
    this.deliveries.push({ runId, nodeId, attempt, dispatch, kind: task.call.case ?? '', resumedStep });
    this.calls.set(task.idempotencyKey, (this.calls.get(task.idempotencyKey) ?? 0) + 1);
    const ending = this.#question(task) ?? this.#script.answer(runId, nodeId, attempt);
    const isTimeout = 'code' in ending && ending.code === 'TIMEOUT';
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
    time.after(durationMs, () => ended(ending));
  }

  /** What the agent still has to know. */
  #question({ ref, call, answer }: Task): CallEnding | undefined {
    const { runId = '', nodeId = '' } = ref ?? {};
    if (call.case !== 'agent') return undefined;
    const state = answer?.state && jsonOfValue(answer.state);
    const asked = typeof state === 'number' ? state : 0;
    const told = answer?.value && jsonOfValue(answer.value);
    if (asked !== (answer?.turn ?? 0) || (asked > 0 && told !== answerTo(questionText(asked)))) {
      this.#surroundings.violated(
        `W13: ${runId}/${nodeId} asked ${asked} times and is told ${JSON.stringify(told)} as answer ${answer?.turn ?? 0}`,
      );
    }
    if (asked >= this.#script.questionsOf(runId, nodeId)) return undefined;
    const message = questionText(asked + 1);
    return { question: { kind: 'input', message, schema: { type: 'string' }, state: asked + 1 } };
  }
}

const questionText = (turn: number): string => `question ${turn}`;

/** What people answer to a question. */
export const answerTo = (question: string): string => `the answer to ${question}`;

/** How many steps details say are done; of none, none. */
export function stepOf(details: { readonly json: Uint8Array } | undefined): number {
  if (details === undefined || details.json.byteLength === 0) return 0;
  return (JSON.parse(Buffer.from(details.json).toString()) as { readonly step: number }).step;
}

/** The end of a call as the report of it. */
export function reportOf(ending: CallEnding) {
  if ('output' in ending) {
    const json = Payload.fromValue(ending.output).bytes as Uint8Array<ArrayBuffer>;
    return { case: 'succeeded' as const, value: { output: { json } } };
  }
  if ('question' in ending) return { case: 'asked' as const, value: questionToMessage(ending.question) };
  const { code, retryable } = ending;
  return { case: 'failed' as const, value: { failure: { code, retryable, message: code } } };
}
