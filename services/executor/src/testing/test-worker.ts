/** A worker as the contract describes one, driven by a test: it keeps what was not acknowledged, and comes back. */
import type { JsonValue, MessageInitShape } from '@bufbuild/protobuf';
import { fromJson, toJson } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import type { Client } from '@connectrpc/connect';
import type { InvokeResponseSchema } from '@skein/contracts/agent';
import type { ConnectRequestSchema, ConnectResponse, RunningTask, Task, WorkerService } from '@skein/contracts/worker';
import { eventually } from '@skein/testkit';
import { MessageQueue } from '../app/message-queue.ts';

type Outgoing = MessageInitShape<typeof ConnectRequestSchema>;
type Step = MessageInitShape<typeof InvokeResponseSchema>['event'];

/** What a worker may say of itself. */
export interface WorkerWords {
  readonly workerId: string;
  readonly agentId?: string;
  readonly version?: string;
  readonly running?: readonly Pick<RunningTask, 'taskId' | 'idempotencyKey'>[];
  /** Default: 10. */
  readonly credits?: number;
  readonly session?: string;
}

/** One stream of a worker. */
export class TestWorker implements AsyncDisposable {
  readonly received: ConnectResponse['message'][] = [];
  /** The error that ended the stream. */
  error: unknown;
  ended = false;
  readonly #outgoing = new MessageQueue<Outgoing>();
  readonly #over = new AbortController();
  readonly #reading: Promise<void>;

  constructor(client: Client<typeof WorkerService>, words: WorkerWords) {
    const { workerId, agentId = 'puller', version = '1.0.0', running = [], credits = 10, session } = words;
    const card = { agentId, version, skills: [] };
    this.#outgoing.push({ message: { case: 'register', value: { workerId, card, running: [...running] } } });
    if (credits > 0) this.grant(credits);
    const headers = session === undefined ? {} : { headers: { 'skein-session': session } };
    this.#reading = this.#read(client.connect(this.#outgoing, { signal: this.#over.signal, ...headers }));
  }

  get tasks(): Task[] {
    return this.received.flatMap((message) => (message.case === 'task' ? [message.value] : []));
  }

  get cancelled(): string[] {
    return this.received.flatMap((message) => (message.case === 'cancel' ? [message.value.taskId] : []));
  }

  /** The last acknowledged event of a task. */
  heard(taskId: string): number {
    const acknowledged = this.received.flatMap((message) =>
      message.case === 'acknowledgements' ? message.value.tasks : [],
    );
    return Math.max(0, ...acknowledged.filter((each) => each.taskId === taskId).map(({ seq }) => Number(seq)));
  }

  /** What it was told when it connected. */
  async registered() {
    const first = await eventually(() => this.received[0], { describe: 'the worker to be registered' });
    if (first.case !== 'registered') throw new Error(`first came ${first.case}`);
    return first.value;
  }

  async task(index = 0): Promise<Task> {
    return eventually(() => this.tasks[index], { describe: `task ${index}` });
  }

  grant(count: number): void {
    this.#outgoing.push({ message: { case: 'credits', value: { count } } });
  }

  say(taskId: string, seq: number, event: Step): void {
    this.#outgoing.push({
      message: { case: 'event', value: { taskId, seq: BigInt(seq), event: { event: event as never } } },
    });
  }

  send(message: Outgoing['message']): void {
    this.#outgoing.push({ message: message as never });
  }

  /** Breaks the stream. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#reading;
  }

  async #read(responses: AsyncIterable<ConnectResponse>): Promise<void> {
    try {
      for await (const { message } of responses) this.received.push(message);
    } catch (error) {
      this.error = error;
    }
    this.ended = true;
  }
}

export const delta = (text: string): Step => ({ case: 'delta', value: { text } });
export const result = (output: JsonValue): Step => ({
  case: 'result',
  value: { output: fromJson(ValueSchema, output) },
});

/** The input of a task. */
export function inputOf({ request }: Task): JsonValue {
  return request?.input === undefined ? null : toJson(ValueSchema, request.input);
}
