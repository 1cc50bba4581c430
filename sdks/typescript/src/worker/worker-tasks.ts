/**
 * The tasks of a worker: what it is at, and what it has answered and nobody has acknowledged.
 *
 * Owns tasks from their arrival until their last event is acknowledged, they are cancelled, or another task takes over
 * their work. They outlive the streams that they came by.
 *
 * K1. Events of a task are the steps of its attempt, under the same numbers: what was not acknowledged is sent again from there.
 * K2. A task with the key of an attempt that is known is that attempt, heard from 1; the task that had it before is forgotten.
 * K3. A task that nobody waits for after a new connection (not among `resumed`) goes on, and is silent.
 * K4. At most `concurrency` handlers run. Credits are granted for as many tasks as somebody waits for; a task that is taken
 *     over may have to wait for one that nobody waits for any more.
 */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { durationMs } from '@bufbuild/protobuf/wkt';
import type { Agent } from '../agent/agent.ts';
import type { Attempt } from '../agent/attempt.ts';
import { AttemptBook } from '../agent/attempt-book.ts';
import type { LogSink } from '../agent/context.ts';
import { perform } from '../agent/perform.ts';
import type { InvokeRequest, InvokeResponse } from '../gen/skein/agent/v1/agent_service_pb.ts';
import type { ConnectRequestSchema, Task } from '../gen/skein/worker/v1/worker_service_pb.ts';
import { WorkGate } from './work-gate.ts';

/** A message of the worker. */
export type WorkerWord = NonNullable<MessageInitShape<typeof ConnectRequestSchema>['message']>;
type Say = (message: WorkerWord) => void;

interface TaskInHand extends Disposable {
  readonly taskId: string;
  readonly attempt: Attempt;
  heardSeq: number;
  sentSeq: number;
  /** K3. */
  isWanted: boolean;
  holdsCredit: boolean;
}

/** What the tasks need. */
export interface WorkerTasksParts {
  readonly agent: Agent;
  readonly concurrency: number;
  readonly log: LogSink;
  /** Told when nothing that somebody waits for is left. */
  readonly onIdle: () => void;
}

/** Longest time that a timer can be set for. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class WorkerTasks {
  readonly #parts: WorkerTasksParts;
  readonly #book = new AttemptBook();
  readonly #gate: WorkGate;
  readonly #inHand = new Map<string, TaskInHand>();
  #say: Say | undefined;
  #isDraining = false;

  constructor(parts: WorkerTasksParts) {
    this.#parts = parts;
    this.#gate = new WorkGate(parts.concurrency);
  }

  /** Nobody waits for anything that is in hand. */
  get isIdle(): boolean {
    return !this.#inHand.values().some(({ isWanted }) => isWanted);
  }

  /** For `register.running`. */
  running(): { taskId: string; idempotencyKey: string }[] {
    return Array.from(this.#inHand.values(), ({ taskId, attempt }) => ({
      taskId,
      idempotencyKey: attempt.idempotencyKey,
    }));
  }

  /** There is a stream: goes on behind what was heard (K1), and asks for more. */
  connect(resumed: readonly { readonly taskId: string; readonly seq: bigint }[], say: Say): void {
    this.#say = say;
    const heard = new Map(resumed.map(({ taskId, seq }) => [taskId, Number(seq)]));
    for (const task of this.#inHand.values()) {
      const seq = heard.get(task.taskId);
      task.isWanted = seq !== undefined;
      task.heardSeq = task.sentSeq = seq ?? 0;
      task.holdsCredit = task.isWanted && !task.attempt.isOver;
    }
    const busy = [...this.#inHand.values()].filter(({ holdsCredit }) => holdsCredit).length;
    this.#grant(this.#parts.concurrency - busy);
    for (const task of this.#inHand.values()) this.#send(task);
  }

  disconnect(): void {
    this.#say = undefined;
  }

  /** No more credits. */
  drain(): void {
    this.#isDraining = true;
  }

  accept({ taskId, request, timeout, traceparent }: Task): void {
    if (request === undefined || this.#inHand.has(taskId)) return;
    const { attempt, isNew } = this.#book.take(request.idempotencyKey);
    if (!isNew) this.#forgetOthersOf(attempt); // K2
    const listening = attempt.listen(() => this.#changed(task));
    const timeoutMs = timeout === undefined ? LONGEST_TIMER_MS : Math.min(durationMs(timeout), LONGEST_TIMER_MS);
    const deadline = setTimeout(() => this.cancel(taskId, 'deadline exceeded'), timeoutMs);
    deadline.unref();
    const task: TaskInHand = {
      taskId,
      attempt,
      heardSeq: 0,
      sentSeq: 0,
      isWanted: true,
      holdsCredit: true,
      [Symbol.dispose]() {
        listening[Symbol.dispose]();
        clearTimeout(deadline);
      },
    };
    this.#inHand.set(taskId, task);
    if (isNew) this.#begin(attempt, { ...request, taskId }, traceparent);
    this.#send(task);
  }

  acknowledge(taskId: string, seq: number): void {
    const task = this.#inHand.get(taskId);
    if (task === undefined) return;
    task.heardSeq = Math.max(task.heardSeq, seq);
    if (task.attempt.hasAnswered && task.heardSeq >= task.attempt.steps.length) this.#forget(task);
  }

  cancel(taskId: string, reason: string): void {
    const task = this.#inHand.get(taskId);
    if (task === undefined) return;
    this.#forget(task);
    task.attempt.abort(reason || 'cancelled');
  }

  /** Ends everything. */
  abort(reason: string): void {
    for (const { taskId } of this.#inHand.values()) this.cancel(taskId, reason);
  }

  #begin(attempt: Attempt, request: InvokeRequest, traceparent: string): void {
    const { agent, log } = this.#parts;
    const { signal } = attempt;
    const say = (step: InvokeResponse): void => attempt.say(step);
    this.#gate.run(signal, () => perform({ agent, request, traceparent, signal, log, say })); // K4
  }

  #changed(task: TaskInHand): void {
    if (task.attempt.signal.aborted) this.#forget(task);
    else this.#send(task);
  }

  /** K1. */
  #send(task: TaskInHand): void {
    const { taskId, attempt } = task;
    if (this.#say === undefined || !task.isWanted) return;
    for (let event = attempt.steps[task.sentSeq]; event !== undefined; event = attempt.steps[task.sentSeq]) {
      task.sentSeq += 1;
      this.#say({ case: 'event', value: { taskId, seq: BigInt(task.sentSeq), event } });
    }
    if (attempt.hasAnswered) this.#release(task);
  }

  #forgetOthersOf(attempt: Attempt): void {
    for (const task of this.#inHand.values()) if (task.attempt === attempt) this.#forget(task);
  }

  #forget(task: TaskInHand): void {
    task[Symbol.dispose]();
    if (!this.#inHand.delete(task.taskId)) return;
    this.#release(task);
    if (this.isIdle) this.#parts.onIdle();
  }

  /** There is room for another one. */
  #release(task: TaskInHand): void {
    if (!task.holdsCredit) return;
    task.holdsCredit = false;
    this.#grant(1);
  }

  #grant(count: number): void {
    if (count > 0 && !this.#isDraining) this.#say?.({ case: 'credits', value: { count } });
  }
}
