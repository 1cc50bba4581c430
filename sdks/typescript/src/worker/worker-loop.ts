/**
 * The streams of a worker, one after the other.
 *
 * Owns the connection, the session and the stop. Does not own tasks: they outlive streams.
 *
 * L1. It connects again after every break, until it is closed and has nothing in hand, or is refused for good.
 * L2. It says something at least twice in a heartbeat interval.
 * L3. Closing drains: no more tasks come, those in hand are answered and acknowledged; after `graceMs` they are aborted.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { durationMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type Client } from '@connectrpc/connect';
import type { Agent } from '../agent/agent.ts';
import type { LogSink } from '../agent/context.ts';
import { SkeinError } from '../client/skein-error.ts';
import {
  RunningTaskSchema,
  type ConnectRequestSchema,
  type ConnectResponse,
  type Register,
  type Registered,
  type WorkerService,
} from '../gen/skein/worker/v1/worker_service_pb.ts';
import { MessageQueue } from '../message-queue.ts';
import { WorkerTasks } from './worker-tasks.ts';

/** What a loop needs. */
export interface WorkerLoopParts {
  readonly client: Client<typeof WorkerService>;
  readonly agent: Agent;
  readonly concurrency: number;
  readonly graceMs: number;
  readonly log: LogSink;
  /** Who it is; the tasks it is at are added. */
  readonly register: Register;
}

type Outgoing = MessageInitShape<typeof ConnectRequestSchema>;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Refusals that the next try would meet again. */
const FINAL: ReadonlySet<Code> = new Set([
  Code.InvalidArgument,
  Code.NotFound,
  Code.PermissionDenied,
  Code.Unauthenticated,
  Code.Unimplemented,
  Code.FailedPrecondition,
]);

export class WorkerLoop {
  readonly workerId: string;
  readonly #parts: WorkerLoopParts;
  readonly #tasks: WorkerTasks;
  readonly #firstRegistration = Promise.withResolvers<void>();
  readonly #draining = new AbortController();
  /** Fires when the grace is over, and ends everything. */
  readonly #over = new AbortController();
  #session = '';
  #failures = 0;
  #running: Promise<void> | undefined;
  #outgoing: MessageQueue<Outgoing> | undefined;

  constructor(parts: WorkerLoopParts) {
    this.#parts = parts;
    this.workerId = parts.register.workerId;
    this.#tasks = new WorkerTasks({ ...parts, onIdle: () => this.#endIfDone() });
    this.#firstRegistration.promise.catch(() => {});
  }

  get registered(): Promise<void> {
    return this.#firstRegistration.promise;
  }

  run(): Promise<void> {
    return (this.#running ??= this.#run());
  }

  async close(): Promise<void> {
    if (!this.#draining.signal.aborted) {
      this.#draining.abort();
      this.#tasks.drain();
      this.#outgoing?.push({ message: { case: 'drain', value: {} } });
      this.#endIfDone();
    }
    const grace = setTimeout(() => this.#over.abort(new Error('the worker stops')), this.#parts.graceMs);
    // How it ended is for whoever looks at `closed`.
    await this.run().catch(() => {});
    clearTimeout(grace);
  }

  async #run(): Promise<void> {
    try {
      while (!this.#over.signal.aborted && !this.#isDone) {
        await this.#stream().catch((error: unknown) => this.#broken(error));
        if (this.#isDone) break;
        await this.#pause();
      }
      this.#firstRegistration.reject(new Error('the worker was closed before it was registered'));
    } catch (error) {
      this.#firstRegistration.reject(error);
      throw error;
    } finally {
      this.#tasks.abort('the worker stops');
    }
  }

  get #isDone(): boolean {
    return this.#draining.signal.aborted && this.#tasks.isIdle;
  }

  /** One connection, to its end. */
  async #stream(): Promise<void> {
    const outgoing = new MessageQueue<Outgoing>();
    this.#outgoing = outgoing;
    const { client, register } = this.#parts;
    const running = this.#tasks.running().map((task) => create(RunningTaskSchema, task));
    outgoing.push({ message: { case: 'register', value: { ...register, running } } });
    const headers: Record<string, string> = this.#session === '' ? {} : { 'skein-session': this.#session };
    let beat: NodeJS.Timeout | undefined;
    try {
      for await (const { message } of client.connect(outgoing, { headers, signal: this.#over.signal })) {
        if (message.case === 'registered') beat ??= this.#welcome(message.value, outgoing);
        else this.#take(message);
      }
    } finally {
      clearInterval(beat);
      outgoing.end();
      this.#outgoing = undefined;
      this.#tasks.disconnect();
    }
  }

  #welcome(registered: Registered, outgoing: MessageQueue<Outgoing>): NodeJS.Timeout {
    this.#session = registered.session;
    this.#failures = 0;
    this.#firstRegistration.resolve();
    if (this.#draining.signal.aborted) outgoing.push({ message: { case: 'drain', value: {} } });
    this.#tasks.connect(registered.resumed, (message) => outgoing.push({ message }));
    this.#endIfDone();
    const intervalMs = registered.heartbeatInterval === undefined ? 10_000 : durationMs(registered.heartbeatInterval);
    const sayHello = (): void => outgoing.push({ message: { case: 'status', value: {} } });
    return setInterval(sayHello, Math.max(1, intervalMs / 2)); // L2
  }

  #take(message: ConnectResponse['message']): void {
    switch (message.case) {
      case 'task':
        this.#tasks.accept(message.value);
        break;
      case 'cancel':
        this.#tasks.cancel(message.value.taskId, message.value.reason);
        break;
      case 'acknowledgements':
        for (const { taskId, seq } of message.value.tasks) this.#tasks.acknowledge(taskId, Number(seq));
        break;
      // A message of a newer contract is for newer workers.
      default:
    }
  }

  /** L3: the half-closed stream is the worker's last word. */
  #endIfDone(): void {
    if (this.#isDone) this.#outgoing?.end();
  }

  #broken(error: unknown): void {
    if (this.#over.signal.aborted || this.#isDone) return;
    const { code, message } = ConnectError.from(error);
    if (FINAL.has(code)) throw SkeinError.from(error);
    this.#parts.log('the connection broke; it is made again', { worker_id: this.workerId, error: message });
  }

  async #pause(): Promise<void> {
    const fullMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    this.#failures += 1;
    // Half of it is random, so that workers that lost the same executor do not all come back at once.
    await delay(fullMs / 2 + (fullMs / 2) * Math.random(), undefined, { signal: this.#over.signal }).catch(() => {});
  }
}
