import { durationFromMs } from '@bufbuild/protobuf/wkt';
import type { InvokeResponse } from '@skein/contracts/agent';
import { passing } from '../domain/call-failure.ts';
import type { WorkerIdentity } from '../domain/worker-address.ts';
import type { AgentAnswer, AgentRequest, CallSink } from './agent-protocol.ts';
import type { InputRequired } from './agent-question.ts';
import { invokeRequest, takeResponse } from './invoke-response.ts';

/** One piece of work that a worker is given. */
export class WorkerCall {
  /** The last event that was taken; 0: none. */
  heardSeq = 0;
  readonly #identity: WorkerIdentity;
  readonly #request: AgentRequest;
  readonly #sink: CallSink;
  readonly #answer = Promise.withResolvers<AgentAnswer | InputRequired>();
  readonly #startedAtMs = performance.now();
  #taskId: string;

  constructor(identity: WorkerIdentity, request: AgentRequest, sink: CallSink) {
    this.#identity = identity;
    this.#request = request;
    this.#sink = sink;
    this.#taskId = request.taskId;
  }

  get taskId(): string {
    return this.#taskId;
  }

  /** Takes another task id: a worker looks at the key of a task only where its id is new. */
  rename(): void {
    this.#taskId = `${this.#taskId}/again`;
  }

  get idempotencyKey(): string {
    return this.#request.idempotencyKey;
  }

  /** Settles once. */
  get answer(): Promise<AgentAnswer | InputRequired> {
    return this.#answer.promise;
  }

  /** The task as it is sent now. */
  task() {
    const { taskId } = this;
    const { timeoutMs, traceparent } = this.#request;
    const leftMs = Math.max(0, timeoutMs - (performance.now() - this.#startedAtMs));
    return {
      taskId,
      request: invokeRequest({ ...this.#request, taskId }),
      timeout: durationFromMs(Math.round(leftMs)),
      traceparent,
    };
  }

  /** Takes the next event; true: it was the last one. */
  take(seq: number, event: InvokeResponse | undefined): boolean {
    this.heardSeq = seq;
    const { agentId, workerId } = this.#identity;
    const place = `agent ${agentId}, worker ${workerId}`;
    try {
      if (event === undefined) {
        throw passing('AGENT_PROTOCOL_VIOLATION', { message: 'the worker sent an event without content', place });
      }
      const answer = takeResponse(event, this.#sink, place);
      if (answer === undefined) return false;
      this.#answer.resolve(answer);
    } catch (error) {
      this.#answer.reject(error);
    }
    return true;
  }

  fail(reason: unknown): void {
    this.#answer.reject(reason);
  }
}
