/**
 * One call of an A2A agent, from the message to the end of the task that it starts.
 *
 * Owns the way to the end. Does not own what the agent says meanwhile (TaskProgress).
 *
 * ```
 *  known task ──────────────────────────┐
 *  stream ──refused──► send             ▼
 *    │                  │ not settled  follow: subscribe, else poll ◄─┐
 *    │ lost, task known └────────────►  │ lost ───────────────────────┘
 *    └──────────────────────────────►   ▼
 *                                     ending
 * ```
 *
 * L1. A message is sent at most once by a call. A connection that is lost after the agent has named its task is taken
 *     up at that task; one that is lost before is a failure, and the next attempt or delivery sends anew.
 * L2. Another delivery of the same message goes on with the task that an earlier one has reported.
 * L3. `lostLimit` failures in a row, each after a longer pause, end the following.
 * L4. A failure says that nothing was sent only where that is so: not once there is a task, whatever became of the connection.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { StreamResponse } from '@a2a-js/sdk';
import type { AgentRequest, CallSink } from '../../app/agent-protocol.ts';
import { passing, type CallError } from '../../domain/call-failure.ts';
import { a2aFailure, asSent, isRefusedOperation, isUnknownTask, violation } from './a2a-failure.ts';
import type { A2aConnection } from './a2a-connections.ts';
import { HISTORY_LENGTH, sendRequest } from './a2a-message.ts';
import { TaskProgress, type TaskEnding } from './task-progress.ts';
import { resumeDetailsFor, taskToResume, type TaskReference } from './task-reference.ts';

/** Time that an agent gets to take note of a cancellation. */
const CANCEL_TIMEOUT_MS = 2000;

/** How long a task is asked for. */
export interface Patience {
  /** Doubled with each asking. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** L3. */
  readonly lostLimit: number;
}

/** What a call is made with. */
export interface A2aCallParts {
  readonly connection: A2aConnection;
  /** For messages: the agent and its address. */
  readonly place: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly patience: Patience;
}

export class A2aCall {
  readonly #connection: A2aConnection;
  readonly #request: AgentRequest;
  readonly #sink: CallSink;
  readonly #place: string;
  readonly #signal: AbortSignal;
  readonly #patience: Patience;
  readonly #progress: TaskProgress;
  readonly #parameters: Record<string, string>;
  #noted: string | undefined;

  constructor(parts: A2aCallParts, request: AgentRequest, sink: CallSink, signal: AbortSignal) {
    const { connection, place, headers, patience } = parts;
    this.#patience = patience;
    this.#connection = connection;
    this.#request = request;
    this.#sink = sink;
    this.#place = place;
    this.#signal = signal;
    const { losesAppend } = connection;
    this.#progress = new TaskProgress(sink, { place, isAnswer: request.answer !== undefined, losesAppend });
    this.#parameters = { ...headers, ...connection.parameters };
  }

  /** The task that works on it; undefined: the agent has not named one. */
  get task(): TaskReference | undefined {
    return this.#progress.task;
  }

  /** @throws CallError; the signal's reason. */
  async run(): Promise<TaskEnding> {
    if (!(await this.#resume())) await this.#start();
    const { ending, task } = this.#progress;
    if (ending !== undefined) return ending;
    if (task === undefined) throw violation('the agent ended its answer without a task or a message', this.#place);
    return await this.#follow(task);
  }

  /** Tells the agent that nobody waits any more. Best effort: the connection is broken off besides. */
  async cancel(): Promise<void> {
    const { task, ending } = this.#progress;
    if (task === undefined || ending !== undefined) return;
    const options = { signal: AbortSignal.timeout(CANCEL_TIMEOUT_MS), serviceParameters: this.#parameters };
    const { operations, spoken } = this.#connection;
    await operations
      .cancelTask({ tenant: spoken.tenant, id: task.taskId, metadata: undefined }, options)
      .catch(() => {});
  }

  /** L2. True where an earlier delivery's task has been followed to its end, or is being followed. */
  async #resume(): Promise<boolean> {
    const task = taskToResume(this.#request.resumeDetails, this.#request.idempotencyKey);
    if (task === undefined) return false;
    try {
      this.#progress.takeTask(await this.#getTask(task));
      return true;
    } catch (error) {
      this.#signal.throwIfAborted();
      if (isUnknownTask(error)) return false;
      if (!isLost(error, this.#place)) throw asSent(error, this.#place, false);
      this.#progress.adopt(task);
      return true;
    }
  }

  /** L1. */
  async #start(): Promise<void> {
    const { operations, spoken, streaming } = this.#connection;
    const params = sendRequest(this.#request, spoken.tenant);
    if (streaming) {
      try {
        return await this.#take(operations.sendMessageStream(params, this.#options()));
      } catch (error) {
        this.#signal.throwIfAborted();
        const isRefused = isRefusedOperation(error);
        if (this.#progress.task !== undefined && (isRefused || isLost(error, this.#place))) return;
        if (!isRefused) throw this.#failure(error);
      }
    }
    try {
      const answer = await operations.sendMessage(params, this.#options());
      if ('messageId' in answer) this.#progress.takeMessage(answer);
      else this.#progress.takeTask(answer);
    } catch (error) {
      this.#signal.throwIfAborted();
      throw this.#failure(error);
    }
  }

  /** L4. */
  #failure(error: unknown): CallError {
    return this.#progress.task === undefined ? a2aFailure(error, this.#place) : asSent(error, this.#place, false);
  }

  async #follow(task: TaskReference): Promise<TaskEnding> {
    let failures = 0;
    let subscribable = this.#connection.streaming;
    const { firstPauseMs, longestPauseMs, lostLimit } = this.#patience;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      this.#note();
      try {
        if (subscribable && !this.#progress.isDoubtful) subscribable = await this.#subscribe(task);
        if (this.#progress.ending === undefined) this.#progress.takeTask(await this.#getTask(task));
        failures = 0;
      } catch (error) {
        this.#signal.throwIfAborted();
        if (isUnknownTask(error)) throw this.#gone(task, error);
        failures += 1;
        if (failures >= lostLimit || !isLost(error, this.#place)) throw this.#failure(error);
      }
      if (this.#progress.ending !== undefined) return this.#progress.ending;
      await delay(pauseMs, undefined, { signal: this.#signal }).catch(() => this.#signal.throwIfAborted());
    }
  }

  /** Whether it is worth while to try that again. */
  async #subscribe({ taskId }: TaskReference): Promise<boolean> {
    const { operations, spoken } = this.#connection;
    try {
      await this.#take(operations.resubscribeTask({ tenant: spoken.tenant, id: taskId }, this.#options()));
      return true;
    } catch (error) {
      this.#signal.throwIfAborted();
      // A settled task is not subscribed to either; asking for it tells.
      if (isRefusedOperation(error)) return false;
      throw error;
    }
  }

  async #take(events: AsyncIterable<StreamResponse>): Promise<void> {
    for await (const event of events) {
      this.#progress.takeEvent(event);
      if (this.#progress.ending !== undefined) return;
      this.#note();
    }
  }

  #getTask({ taskId }: TaskReference) {
    const { operations, spoken } = this.#connection;
    return operations.getTask({ tenant: spoken.tenant, id: taskId, historyLength: HISTORY_LENGTH }, this.#options());
  }

  /** L2: what the next delivery has to know, said once. */
  #note(): void {
    const { task } = this.#progress;
    if (task === undefined || this.#noted === task.taskId) return;
    this.#noted = task.taskId;
    this.#sink.heartbeat(resumeDetailsFor(this.#request.idempotencyKey, task));
  }

  #options() {
    return { signal: this.#signal, serviceParameters: this.#parameters };
  }

  #gone({ taskId }: TaskReference, cause: unknown): CallError {
    return passing('AGENT_UNREACHABLE', {
      message: `the agent does not know its task ${taskId} any more`,
      place: this.#place,
      remedy: 'have the agent keep its tasks when it restarts',
      cause,
    });
  }
}

/** Whether the connection is what failed, and not the agent. */
function isLost(error: unknown, place: string): boolean {
  const { failure } = a2aFailure(error, place);
  if (failure.code === 'AGENT_ERROR_STATUS') return failure.retryable;
  return failure.code === 'AGENT_UNREACHABLE' || failure.code === 'UNAVAILABLE';
}
