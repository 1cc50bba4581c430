/**
 * The scheduler's side of TaskService.Exchange, in the hands of a test.
 *
 * Owns what was received and what is still to be sent. Sends no task without a credit.
 */
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import {
  AgentCallSchema,
  TaskRefSchema,
  TaskSchema,
  TaskService,
  type ExchangeRequest,
  type ExchangeResponseSchema,
  type Task,
  type TaskRef,
  type TaskReport,
} from '@skein/contracts/scheduler';
import type { AnswerSchema } from '@skein/contracts/agent';
import { bind, type ServiceBinding } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { MessageQueue } from '../app/message-queue.ts';
import { attemptKey, deliveryKey } from '../domain/task-address.ts';

type Incoming = ExchangeRequest['message'];
type Outgoing = MessageInitShape<typeof ExchangeResponseSchema>;

/** What a task may have besides its call and its input. */
export interface TaskOptions {
  /** Default: a new run's node `node`, attempt and dispatch 1. */
  readonly ref?: Partial<Pick<TaskRef, 'runId' | 'nodeId' | 'attempt' | 'dispatch'>>;
  /** Default: 30,000. */
  readonly startToCloseMs?: number;
  readonly heartbeatMs?: number;
  readonly sessionId?: string;
  readonly traceparent?: string;
  readonly atMostOnce?: boolean;
  /** What the agent's question was answered with. */
  readonly answer?: MessageInitShape<typeof AnswerSchema>;
}

/** What the call of an agent may have. */
export interface AgentOptions {
  readonly version?: string;
  readonly skillId?: string;
  readonly config?: object;
  /** Default: those that the agent is registered with. */
  readonly fallback?: readonly string[];
}

/** One stream of an executor. */
export class FakeSession {
  readonly executorId: string;
  /** What the executor said it has in hand. */
  readonly running: readonly string[];
  readonly outgoing = new MessageQueue<Outgoing>();
  credits = 0;
  drained = false;
  open = true;
  /** Messages that held reports, for those who count them. */
  reportMessages = 0;

  constructor(executorId: string, running: readonly TaskRef[]) {
    this.executorId = executorId;
    this.running = running.map(deliveryKey);
  }
}

export class FakeScheduler {
  readonly binding: ServiceBinding;
  readonly sessions: FakeSession[] = [];
  /** Every report ever received, in order. */
  readonly reports: TaskReport[] = [];
  /** Whether final reports are acknowledged as they come. */
  acknowledging = true;
  /** Whether new streams are refused. */
  refusing = false;
  readonly #sent: TaskRef[] = [];
  #queue: Task[] = [];
  #runs = 0;

  constructor() {
    this.binding = bind(TaskService, {
      forwardReports: () => ({}),
      takeRun: () => ({}),
      getRunEvents: () => ({}),
      getPayloads: () => ({}),
      listRunDeletions: () => ({}),
      confirmRunDeletions: () => ({}),
      exchange: (requests, { signal }) => this.#exchange(requests, signal),
    });
  }

  /** The present stream; throws where there is none. */
  get session(): FakeSession {
    const session = this.sessions.at(-1);
    if (session?.open !== true) throw new Error('no executor is connected');
    return session;
  }

  /** Hands out a task as soon as there is a credit; answers its name. */
  dispatch(call: Task['call'], input: unknown, options: TaskOptions = {}): TaskRef {
    this.#runs += 1;
    const { ref: given, startToCloseMs = 30_000, heartbeatMs, ...rest } = options;
    const ref = create(TaskRefSchema, {
      runId: `run-${this.#runs}`,
      nodeId: 'node',
      attempt: 1,
      dispatch: 1,
      ...given,
    });
    const task = create(TaskSchema, {
      ref,
      namespace: 'default',
      input: { json: new TextEncoder().encode(JSON.stringify(input)) },
      idempotencyKey: `${ref.runId}/${ref.nodeId}/${ref.attempt}`,
      startToCloseTimeout: durationFromMs(startToCloseMs),
      ...(heartbeatMs === undefined ? {} : { heartbeatTimeout: durationFromMs(heartbeatMs) }),
      ...rest,
    });
    task.call = call;
    this.#queue.push(task);
    this.#send();
    return ref;
  }

  /** Hands out the call of an agent. */
  dispatchAgent(agentId: string, input: unknown, options: TaskOptions & AgentOptions = {}): TaskRef {
    const { version = '', skillId = '', config, fallback, ...rest } = options;
    const json = new TextEncoder().encode(JSON.stringify(config));
    const settings = config === undefined ? {} : { config: { json } };
    const instead = fallback === undefined ? {} : { fallback: { agentIds: [...fallback] } };
    const value = create(AgentCallSchema, { agentId, version, skillId, ...settings, ...instead });
    return this.dispatch({ case: 'agent', value }, input, rest);
  }

  /** Whether this delivery was put on a stream. */
  wasSent(ref: TaskRef): boolean {
    return this.#sent.some((sent) => deliveryKey(sent) === deliveryKey(ref));
  }

  cancel(ref: TaskRef, reason = 'run cancelled'): void {
    this.session.outgoing.push({ message: { case: 'cancellations', value: { cancellations: [{ ref, reason }] } } });
  }

  acknowledge(ref: TaskRef): void {
    this.session.outgoing.push({ message: { case: 'acknowledgements', value: { refs: [ref] } } });
  }

  /** Breaks the present stream, as a crash would. */
  break(): void {
    const { session } = this;
    session.open = false;
    session.outgoing.end();
  }

  /** Waits for the final report of a delivery. */
  ended(ref: TaskRef, timeoutMs?: number): Promise<TaskReport> {
    const key = deliveryKey(ref);
    return eventually(() => this.finalReports(key)[0], {
      describe: `the report of ${key}`,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }

  /** The final reports of an attempt, whatever the delivery. */
  outcomesOf(ref: TaskRef): TaskReport[] {
    return this.reports.filter((it) => it.ref !== undefined && attemptKey(it.ref) === attemptKey(ref) && isFinal(it));
  }

  /** The final reports of one delivery. */
  finalReports(key: string): TaskReport[] {
    return this.reports.filter((it) => it.ref !== undefined && deliveryKey(it.ref) === key && isFinal(it));
  }

  connected(count = 1): Promise<FakeSession> {
    return eventually(() => this.sessions[count - 1], { describe: `stream ${count} of the executor` });
  }

  async *#exchange(
    requests: AsyncIterable<{ readonly message: Incoming }>,
    signal: AbortSignal,
  ): AsyncGenerator<Outgoing> {
    if (this.refusing) throw new ConnectError('not now', Code.Unavailable);
    const iterator = requests[Symbol.asyncIterator]();
    const first = await iterator.next();
    if (first.done === true || first.value.message.case !== 'hello') throw new Error('hello must come first');
    const { executorId, running } = first.value.message.value;
    const session = new FakeSession(executorId, running);
    this.sessions.push(session);
    signal.addEventListener('abort', () => session.outgoing.end());
    void this.#receive(session, iterator);
    yield { message: { case: 'welcome', value: { schedulerId: 'scheduler-1' } } };
    yield* session.outgoing;
    if (!session.open) throw new ConnectError('the scheduler crashed', Code.Unavailable);
    session.open = false;
  }

  async #receive(session: FakeSession, requests: AsyncIterator<{ readonly message: Incoming }>): Promise<void> {
    try {
      for (;;) {
        const next = await requests.next();
        if (next.done === true) return session.outgoing.end();
        this.#take(session, next.value.message);
      }
    } catch {
      session.outgoing.end();
    }
  }

  #take(session: FakeSession, message: Incoming): void {
    switch (message.case) {
      case 'credits':
        session.credits += message.value.count;
        return this.#send();
      case 'reports':
        session.reportMessages += 1;
        for (const report of message.value.reports) this.#takeReport(session, report);
        return;
      case 'drain':
        session.drained = true;
        return;
      default:
    }
  }

  #takeReport(session: FakeSession, report: TaskReport): void {
    this.reports.push(report);
    this.#withdraw(session, report);
    if (!this.acknowledging || report.ref === undefined || report.report.case === 'started') return;
    session.outgoing.push({ message: { case: 'acknowledgements', value: { refs: [report.ref] } } });
  }

  /** A success counts whichever delivery it is of: a newer one is not wanted any more. */
  #withdraw(session: FakeSession, { ref, report }: TaskReport): void {
    if (report.case !== 'succeeded' || ref === undefined) return;
    const isNewer = (other: TaskRef | undefined) =>
      other !== undefined && attemptKey(other) === attemptKey(ref) && other.dispatch > ref.dispatch;
    this.#queue = this.#queue.filter((task) => !isNewer(task.ref));
    const cancellations = this.#sent.filter(isNewer).map((newer) => ({ ref: newer, reason: 'result not wanted' }));
    if (cancellations.length === 0) return;
    session.outgoing.push({ message: { case: 'cancellations', value: { cancellations } } });
  }

  #send(): void {
    const session = this.sessions.at(-1);
    if (session?.open !== true || session.drained) return;
    const tasks = this.#queue.splice(0, session.credits);
    session.credits -= tasks.length;
    for (const { ref } of tasks) if (ref !== undefined) this.#sent.push(ref);
    if (tasks.length > 0) session.outgoing.push({ message: { case: 'tasks', value: { tasks } } });
  }
}

/** Neither that a task runs, nor how far it has come. */
const isFinal = ({ report }: TaskReport): boolean =>
  report.case === 'succeeded' || report.case === 'failed' || report.case === 'asked';
