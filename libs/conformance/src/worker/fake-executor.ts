/**
 * A port that workers dial in to, as if the platform were behind it.
 *
 * Owns the port, the streams, and which tasks are waited for. Tasks are made up by the rules.
 */
import { randomUUID } from 'node:crypto';
import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { durationFromMs, ValueSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type HandlerContext } from '@connectrpc/connect';
import { WorkerService, type ConnectRequest } from '@skein/contracts/worker';
import { bind, startGrpcServer, type GrpcServer } from '@skein/rpc';
import { WorkerStream } from './worker-stream.ts';

/** Longest silence that workers are told. */
export const HEARTBEAT_MS = 1_000;
/** Longest time that a worker may be away and keep its tasks. */
export const RESUME_MS = 10_000;
const TASK_TIMEOUT_MS = 60_000;

/** A task that a rule gives out. */
export interface GivenTask {
  readonly taskId: string;
  readonly idempotencyKey: string;
}

export class FakeExecutor implements AsyncDisposable {
  readonly streams: WorkerStream[] = [];
  /** Whether events are acknowledged as they come. */
  acknowledges = true;
  /** Tasks that somebody waits for, and how far they were heard: what a worker that comes back is told. */
  readonly heardSeqs = new Map<string, number>();
  readonly #arrivals = new Set<() => void>();
  #server: GrpcServer | undefined;

  /** Listens; rejects where the port is taken. */
  async listen(host: string, port: number): Promise<string> {
    const unary = (): never => {
      throw new ConnectError('the kit looks at workers that use Connect', Code.Unimplemented);
    };
    const binding = bind(WorkerService, {
      connect: (requests, context) => this.#connect(requests, context),
      pollTasks: unary,
      completeTask: unary,
      failTask: unary,
      heartbeatTask: unary,
    });
    this.#server = await startGrpcServer({ host, port, bindings: [binding] });
    return this.#server.address;
  }

  /** The latest stream that is open; waits for one. */
  async open(timeoutMs: number): Promise<WorkerStream | undefined> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const latest = this.streams.at(-1);
      if (latest !== undefined && !latest.isOver) return latest;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return undefined;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, leftMs);
      this.#arrivals.add(resolve);
      await promise;
      this.#arrivals.delete(resolve);
      clearTimeout(timer);
    }
  }

  /** Gives a task out on a stream; with a key, work that was given out before. */
  give(stream: WorkerStream, input: JsonValue, idempotencyKey = `${randomUUID()}/node/1`): GivenTask {
    const taskId = `${idempotencyKey}/${randomUUID()}`;
    this.heardSeqs.set(taskId, 0);
    const [runId = ''] = idempotencyKey.split('/');
    const names = { namespace: 'conformance', agentId: stream.register.card?.agentId ?? '', runId, nodeId: 'node' };
    const numbers = { attempt: 1, dispatch: 1 };
    const request = { ...names, ...numbers, taskId, idempotencyKey, input: fromJson(ValueSchema, input) };
    const timeout = durationFromMs(TASK_TIMEOUT_MS);
    stream.send({ message: { case: 'task', value: { taskId, request, timeout } } });
    return { taskId, idempotencyKey };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stream of this.streams) stream.end();
    await this.#server?.close(0);
  }

  async *#connect(requests: AsyncIterable<ConnectRequest>, context: HandlerContext) {
    const messages = requests[Symbol.asyncIterator]();
    const first = await messages.next();
    const message = first.done === true ? undefined : first.value.message;
    if (message?.case !== 'register') {
      throw new ConnectError(`the first message was ${message?.case ?? 'none'}, not register`, Code.InvalidArgument);
    }
    const stream = new WorkerStream(message.value, context.requestHeader.get('skein-session') ?? '');
    context.signal.addEventListener('abort', () => stream.end(), { once: true });
    const resumed = message.value.running.flatMap(({ taskId }) => {
      const seq = this.heardSeqs.get(taskId);
      return seq === undefined ? [] : [{ taskId, seq: BigInt(seq) }];
    });
    const session = `conformance-${this.streams.length + 1}`;
    const value = { session, heartbeatInterval: durationFromMs(HEARTBEAT_MS), resumed };
    stream.send({ message: { case: 'registered', value } });
    this.streams.push(stream);
    for (const arrived of this.#arrivals) arrived();
    void this.#read(messages, stream);
    yield* stream.outgoing();
    throw new ConnectError('the executor stops', Code.Unavailable);
  }

  async #read(messages: AsyncIterator<ConnectRequest>, stream: WorkerStream): Promise<void> {
    try {
      for (;;) {
        const next = await messages.next();
        if (next.done === true) break;
        const { message } = next.value;
        if (message.case === 'event' && this.acknowledges) {
          const { taskId, seq } = message.value;
          if (this.heardSeqs.has(taskId)) this.heardSeqs.set(taskId, Number(seq));
          stream.send({ message: { case: 'acknowledgements', value: { tasks: [{ taskId, seq }] } } });
        }
        stream.heard(message);
      }
    } catch {
      // A stream that breaks is over, like one that ends.
    }
    stream.end();
  }
}
