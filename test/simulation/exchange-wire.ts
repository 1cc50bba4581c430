import { create } from '@bufbuild/protobuf';
import { createHandlerContext } from '@connectrpc/connect';
import {
  ExchangeResponseSchema,
  TaskService,
  type ExchangeRequest,
  type ExchangeResponse,
} from '@skein/contracts/scheduler';
import { MessageQueue } from './message-queue.ts';
import type { SimulatedScheduler } from './simulated-scheduler.ts';
import { wayMs, type Surroundings } from './surroundings.ts';

/** The executor's end of a stream. */
export interface ExecutorEnd {
  receive(message: ExchangeResponse): void;
  /** The stream is over, for whatever reason; called once. */
  ended(): void;
}

/** Longest time until an end notices that the other is gone: the keepalive. */
export const KEEPALIVE_MS = 2000;

/**
 * A stream between an executor and a scheduler: ordered and complete until it breaks. A break loses what is on its
 * way, and each end finds out by itself.
 */
export class ExchangeWire {
  readonly #surroundings: Surroundings;
  readonly #scheduler: SimulatedScheduler;
  readonly #executor: ExecutorEnd;
  readonly #requests = new MessageQueue<ExchangeRequest>();
  readonly #disconnect = new AbortController();
  readonly #toScheduler: OrderedWay<ExchangeRequest>;
  readonly #toExecutor: OrderedWay<ExchangeResponse>;
  #over = false;

  constructor(surroundings: Surroundings, scheduler: SimulatedScheduler, executor: ExecutorEnd) {
    this.#surroundings = surroundings;
    this.#scheduler = scheduler;
    this.#executor = executor;
    this.#toScheduler = new OrderedWay(surroundings, (message) => this.#requests.push(message));
    this.#toExecutor = new OrderedWay(surroundings, (message) => executor.receive(message));
    scheduler.life.onDeath(() => this.#fail({ schedulerNotices: false, executorNotices: true }));
    void this.#pump();
  }

  send(message: ExchangeRequest): void {
    this.#toScheduler.send(message);
  }

  /** Nothing gets through any more; both ends notice in their own time. */
  break(): void {
    this.#fail({ schedulerNotices: true, executorNotices: true });
  }

  /** The executor is gone. */
  hangUp(): void {
    this.#fail({ schedulerNotices: true, executorNotices: false });
  }

  #fail({ schedulerNotices, executorNotices }: { schedulerNotices: boolean; executorNotices: boolean }): void {
    this.#toScheduler.cut();
    this.#toExecutor.cut();
    const { time, random } = this.#surroundings;
    if (schedulerNotices) {
      time.after(random.integer(1, KEEPALIVE_MS), () => {
        if (!this.#scheduler.life.alive) return;
        this.#disconnect.abort();
        this.#requests.end(new Error('the stream broke'));
      });
    }
    if (executorNotices) time.after(random.integer(1, KEEPALIVE_MS), () => this.#end());
  }

  /** What the scheduler says goes on its way. A scheduler that ends the stream says so, too. */
  async #pump(): Promise<void> {
    const context = createHandlerContext({
      service: TaskService,
      method: TaskService.method.exchange,
      protocolName: 'direct',
      requestMethod: 'POST',
      url: 'direct://scheduler',
      requestSignal: this.#disconnect.signal,
    });
    this.#surroundings.atEnd(() => context.abort());
    try {
      for await (const message of this.#scheduler.exchange(this.#requests, context)) {
        this.#toExecutor.send(create(ExchangeResponseSchema, message));
      }
    } catch {
      // Not active: the same for the executor as a stream that ends.
    }
    context.abort();
    this.#requests.end();
    this.#surroundings.time.after(wayMs(this.#surroundings), () => this.#end());
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#executor.ended();
  }
}

/** One direction: messages arrive in the order they were sent. */
class OrderedWay<T> {
  readonly #surroundings: Surroundings;
  readonly #deliver: (message: T) => void;
  readonly #underWay: T[] = [];
  #lastArrivalMs = 0;
  #cut = false;

  constructor(surroundings: Surroundings, deliver: (message: T) => void) {
    this.#surroundings = surroundings;
    this.#deliver = deliver;
  }

  send(message: T): void {
    if (this.#cut) return;
    const { time } = this.#surroundings;
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, time.nowMs + wayMs(this.#surroundings));
    this.#underWay.push(message);
    time.after(this.#lastArrivalMs - time.nowMs, () => {
      const next = this.#underWay.shift();
      if (next !== undefined) this.#deliver(next);
    });
  }

  /** What is under way never arrives. */
  cut(): void {
    this.#cut = true;
    this.#underWay.length = 0;
  }
}
