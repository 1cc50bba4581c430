import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import type {
  ExchangeRequestSchema,
  PromptFactsSchema,
  Task,
  TaskReportSchema,
  TaskService,
} from '@skein/contracts/scheduler';

type Request = MessageInitShape<typeof ExchangeRequestSchema>;
type Report = MessageInitShape<typeof TaskReportSchema>['report'];

/** How a fake executor does a task; undefined: it never reports. */
export type Work = (task: Task) => Promise<Report | undefined> | Report | undefined;

/** What an output is, as a report. */
export function succeeded(output: unknown): Report {
  return { case: 'succeeded', value: { output: { json: Buffer.from(JSON.stringify(output)) } } };
}

/** What a failure is, as a report. */
export function failed(code: string, retryable: boolean): Report {
  return { case: 'failed', value: { failure: { code, message: `it is ${code}`, retryable } } };
}

/** What a fake executor may have. */
export interface FakeExecutorOptions {
  readonly credits?: number;
  readonly running?: Task[];
  /** What it says that it asked models. */
  readonly prompt?: MessageInitShape<typeof PromptFactsSchema>;
}

/** An executor of a test: does what it is told, and remembers what it was asked. */
export class FakeExecutor implements AsyncDisposable {
  readonly tasks: Task[] = [];
  readonly cancelled: string[] = [];
  readonly acknowledged: string[] = [];
  readonly #abort = new AbortController();
  readonly #work: Work;
  readonly #prompt: { readonly prompt?: MessageInitShape<typeof PromptFactsSchema> };
  readonly #outgoing: Request[] = [];
  #wake: (() => void) | undefined;
  readonly #finished: Promise<void>;

  constructor(tasks: Client<typeof TaskService>, work: Work, options: FakeExecutorOptions = {}) {
    this.#work = work;
    this.#prompt = options.prompt === undefined ? {} : { prompt: options.prompt };
    const running = (options.running ?? []).flatMap(({ ref }) => ref ?? []);
    this.#outgoing.push({ message: { case: 'hello', value: { executorId: 'fake', running } } });
    this.#outgoing.push({ message: { case: 'credits', value: { count: options.credits ?? 100 } } });
    this.#finished = this.#run(tasks);
  }

  /** Breaks the stream, as a crash would. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    this.#wake?.();
    await this.#finished;
  }

  report(task: Task, report: Report): void {
    if (task.ref === undefined || report === undefined) return;
    const facts = { target: 'instance-1', startedAt: { seconds: 1n }, latency: { nanos: 1000 }, ...this.#prompt };
    this.#send({ message: { case: 'reports', value: { reports: [{ ref: task.ref, report, facts }] } } });
    this.#send({ message: { case: 'credits', value: { count: 1 } } });
  }

  async #run(client: Client<typeof TaskService>): Promise<void> {
    try {
      for await (const { message } of client.exchange(this.#requests(), { signal: this.#abort.signal })) {
        if (message.case === 'tasks') for (const task of message.value.tasks) void this.#do(task);
        if (message.case === 'cancellations') {
          for (const { ref } of message.value.cancellations) this.cancelled.push(ref?.nodeId ?? '');
        }
        if (message.case === 'acknowledgements') {
          for (const ref of message.value.refs) this.acknowledged.push(ref.nodeId);
        }
      }
    } catch {
      // The stream was broken on purpose, or by the scheduler that the test stopped.
    }
  }

  async #do(task: Task): Promise<void> {
    this.tasks.push(task);
    const report = await this.#work(task);
    if (!this.#abort.signal.aborted) this.report(task, report);
  }

  #send(request: Request): void {
    this.#outgoing.push(request);
    this.#wake?.();
  }

  async *#requests(): AsyncGenerator<Request> {
    while (!this.#abort.signal.aborted) {
      const next = this.#outgoing.shift();
      if (next !== undefined) yield next;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
