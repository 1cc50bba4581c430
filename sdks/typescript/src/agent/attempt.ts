/**
 * The work on one attempt, and everything that it has said.
 *
 * Owns the steps, numbered from 1, and the signal that ends the work. Does not own who listens.
 *
 * T1. Steps are never taken back: a listener that comes late, or again, hears the same ones under the same numbers.
 * T2. It is over with its result, error or question, or when it is aborted; after that nothing is added.
 * T3. Of heartbeats only the latest keeps its details: they may be long, and say where to go on from, not what happened.
 */
import { toBinary } from '@bufbuild/protobuf';
import { InvokeResponseSchema, type InvokeResponse } from '../gen/skein/agent/v1/agent_service_pb.ts';
import { heartbeat } from './steps.ts';

const ENDINGS: ReadonlySet<string | undefined> = new Set(['result', 'error', 'question']);

export class Attempt {
  readonly idempotencyKey: string;
  readonly steps: InvokeResponse[] = [];
  readonly #controller = new AbortController();
  readonly #listeners = new Set<() => void>();
  #latestHeartbeat = -1;
  #hasAnswered = false;

  constructor(idempotencyKey: string) {
    this.idempotencyKey = idempotencyKey;
  }

  /** Aborts when nobody wants the answer any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Its result, error or question is there. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  get isOver(): boolean {
    return this.#hasAnswered || this.signal.aborted;
  }

  /** What it weighs, in bytes. */
  get sizeBytes(): number {
    return this.steps.reduce((sum, each) => sum + toBinary(InvokeResponseSchema, each).byteLength, 0);
  }

  say(step: InvokeResponse): void {
    if (this.isOver) return;
    if (step.event.case === 'heartbeat') {
      if (this.#latestHeartbeat >= 0) this.steps[this.#latestHeartbeat] = heartbeat(undefined);
      this.#latestHeartbeat = this.steps.length;
    }
    this.steps.push(step);
    this.#hasAnswered = ENDINGS.has(step.event.case);
    this.#tell();
  }

  abort(reason: string): void {
    if (this.isOver) return;
    this.#controller.abort(new Error(reason));
    this.#tell();
  }

  /** Calls back after every change. */
  listen(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
