/**
 * One life of an executor, as the contract of TaskService has it.
 *
 * K1. An attempt is in hand at most once: a newer delivery of it goes on with the call under way, or gets its report; one
 *     with a newer answer takes its place.
 * K2. A report is kept, and sent again, until it is acknowledged under the delivery it was made for.
 * K3. A cancelled task is reported to nobody.
 * K4. Of what a call says of its progress the latest is reported, within a second, and before its failure is.
 * K5. A claim moves a task, or its kept report, to the scheduler that makes it; what is not in hand is refused.
 */
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  ExchangeRequestSchema,
  TaskReportSchema,
  type ExchangeResponse,
  type Task,
  type TaskRef,
  type TaskReport,
} from '@skein/contracts/scheduler';
import { ExchangeWire } from './exchange-wire.ts';
import { reportOf, type SimulatedAgents } from './simulated-agents.ts';
import type { SimulatedScheduler } from './simulated-scheduler.ts';
import { EPOCH_MS, Life, type Surroundings } from './surroundings.ts';

type Report =
  | NonNullable<ReturnType<typeof reportOf>>
  | { readonly case: 'started'; readonly value: object }
  | {
      readonly case: 'heartbeat';
      readonly value: { readonly resumeDetails: { readonly json: Uint8Array<ArrayBuffer> } };
    };

interface TaskInHand {
  ref: TaskRef;
  /** Answers to its agent's questions that it came with. */
  readonly turn: number;
  /** Address of the scheduler that it is reported to. */
  home: string;
  /** Set when the call has ended. */
  outcome: ReturnType<typeof reportOf> | undefined;
  readonly startedAtMs: number;
  /** How far it has come, as JSON text, where that is not reported yet. */
  details: Uint8Array<ArrayBuffer> | undefined;
}

interface Connection {
  wire: ExchangeWire | undefined;
  /** Granted on this stream and not used yet. */
  credits: number;
}

const STARTED_AFTER_MS = 1000;
const HEARTBEAT_EVERY_MS = 1000;
const RESEND_MS = 10_000;
const MAX_RECONNECT_MS = 1000;

/** What an executor needs. */
export interface SimulatedExecutorOptions {
  readonly surroundings: Surroundings;
  readonly agents: SimulatedAgents;
  readonly addresses: readonly string[];
  /** Who lives at an address right now. */
  readonly schedulerAt: (address: string) => SimulatedScheduler | undefined;
}

export class SimulatedExecutor {
  readonly life: Life;
  readonly #options: SimulatedExecutorOptions;
  readonly #connections = new Map<string, Connection>();
  readonly #tasks = new Map<string, TaskInHand>();

  constructor(options: SimulatedExecutorOptions, lifeName: string) {
    this.life = new Life(lifeName);
    this.#options = options;
    this.life.onDeath(() => {
      for (const { wire } of this.#connections.values()) wire?.hangUp();
    });
    for (const address of options.addresses) {
      this.#connections.set(address, { wire: undefined, credits: 0 });
      this.#connectSoon(address);
    }
    this.#resendLater();
  }

  /** Tasks in hand, with reports that wait for their acknowledgement. */
  get size(): number {
    return this.#tasks.size;
  }

  /** One of the streams breaks. */
  breakStream(): void {
    const open = [...this.#connections.values()].filter(({ wire }) => wire !== undefined);
    if (open.length > 0) this.#options.surroundings.random.pick(open).wire?.break();
  }

  #connectSoon(address: string): void {
    const { time, random } = this.#options.surroundings;
    time.after(random.integer(1, MAX_RECONNECT_MS), () => this.#connect(address));
  }

  #connect(address: string): void {
    if (!this.life.alive) return;
    const scheduler = this.#options.schedulerAt(address);
    if (scheduler === undefined) return this.#connectSoon(address);
    const connection: Connection = { wire: undefined, credits: 0 };
    this.#connections.set(address, connection);
    const wire = new ExchangeWire(this.#options.surroundings, scheduler, {
      receive: (message) => this.#receive(address, connection, message),
      ended: () => {
        connection.wire = undefined;
        this.#connectSoon(address);
      },
    });
    connection.wire = wire;
    const hello = { executorId: this.life.name, running: this.#refs };
    wire.send(create(ExchangeRequestSchema, { message: { case: 'hello', value: hello } }));
    for (const task of this.#tasks.values()) if (task.home === address) this.#reportHome(task);
  }

  get #refs(): TaskRef[] {
    return Array.from(this.#tasks.values(), ({ ref }) => ref);
  }

  #receive(address: string, connection: Connection, { message }: ExchangeResponse): void {
    if (!this.life.alive) return;
    if (message.case === 'acknowledgements') for (const ref of message.value.refs) this.#acknowledge(ref);
    if (message.case === 'cancellations') for (const { ref } of message.value.cancellations) this.#cancel(ref);
    if (message.case === 'claims') this.#moveTo(address, connection, message.value.refs);
    if (message.case === 'announcementRequest') {
      const value = { inHand: this.#refs };
      connection.wire?.send(create(ExchangeRequestSchema, { message: { case: 'announcement', value } }));
    }
    if (message.case === 'tasks') {
      connection.credits -= message.value.tasks.length;
      if (connection.credits < 0)
        this.#options.surroundings.violated(`${this.life.name} gets more than it has room for`);
      for (const task of message.value.tasks) this.#take(address, task);
    }
    this.#grant(address, connection);
  }

  /** K5. */
  #moveTo(address: string, connection: Connection, refs: readonly TaskRef[]): void {
    const missing: TaskRef[] = [];
    for (const ref of refs) {
      const task = this.#tasks.get(attemptKey(ref));
      if (task === undefined || task.ref.dispatch !== ref.dispatch) missing.push(ref);
      else if (task.home !== address) {
        task.home = address;
        this.#reportHome(task);
      }
    }
    if (missing.length === 0) return;
    const message = { case: 'refusals' as const, value: { refs: missing } };
    connection.wire?.send(create(ExchangeRequestSchema, { message }));
  }

  #grant(address: string, connection: Connection): void {
    const busy = [...this.#tasks.values()].filter(({ home, outcome }) => home === address && outcome === undefined);
    const count = this.#options.surroundings.profile().concurrency - busy.length - connection.credits;
    if (count <= 0 || connection.wire === undefined) return;
    connection.credits += count;
    connection.wire.send(create(ExchangeRequestSchema, { message: { case: 'credits', value: { count } } }));
  }

  /** K1. */
  #take(address: string, task: Task): void {
    const { ref } = task;
    if (ref === undefined) return;
    const known = this.#tasks.get(attemptKey(ref));
    if (known === undefined || turnOf(task) > known.turn) return this.#begin(address, ref, task);
    if (ref.dispatch < known.ref.dispatch) return;
    known.ref = ref;
    known.home = address;
    this.#reportHome(known);
  }

  #begin(address: string, ref: TaskRef, message: Task): void {
    const { surroundings, agents } = this.#options;
    const { time, trace } = surroundings;
    const task: TaskInHand = {
      ref,
      turn: turnOf(message),
      home: address,
      outcome: undefined,
      startedAtMs: time.nowMs,
      details: undefined,
    };
    const key = attemptKey(ref);
    this.#tasks.set(key, task);
    trace.note(this.life.name, `calls for ${key}`);
    const isInHand = () => this.life.alive && this.#tasks.get(key) === task;
    agents.call(message, {
      came: (details) => {
        if (!isInHand() || task.outcome !== undefined) return;
        if (task.details === undefined) time.after(HEARTBEAT_EVERY_MS, () => this.#reportDetails(task, isInHand()));
        task.details = details;
      },
      ended: (ending) => {
        if (!isInHand()) return;
        const outcome = reportOf(ending);
        if (outcome.case === 'failed') this.#reportDetails(task, true);
        task.outcome = outcome;
        this.#reportHome(task);
        this.#grantAll();
      },
    });
    time.after(STARTED_AFTER_MS, () => {
      if (this.life.alive && this.#tasks.get(key) === task && task.outcome === undefined) {
        this.#send(task.home, task, { case: 'started', value: {} });
      }
    });
  }

  /** K4. */
  #reportDetails(task: TaskInHand, isInHand: boolean): void {
    const { details, outcome } = task;
    task.details = undefined;
    if (details === undefined || outcome !== undefined || !isInHand) return;
    this.#send(task.home, task, { case: 'heartbeat', value: { resumeDetails: { json: details } } });
  }

  #grantAll(): void {
    for (const [address, connection] of this.#connections) this.#grant(address, connection);
  }

  /** K3. */
  #cancel(ref: TaskRef | undefined): void {
    const task = ref && this.#tasks.get(attemptKey(ref));
    if (ref === undefined || task === undefined || task.outcome !== undefined) return;
    if (ref.dispatch >= task.ref.dispatch) this.#tasks.delete(attemptKey(ref));
  }

  /** K2. */
  #acknowledge(ref: TaskRef): void {
    const task = this.#tasks.get(attemptKey(ref));
    if (task?.outcome !== undefined && task.ref.dispatch === ref.dispatch) this.#tasks.delete(attemptKey(ref));
  }

  #reportHome(task: TaskInHand): void {
    if (task.outcome !== undefined) this.#send(task.home, task, task.outcome);
  }

  #send(address: string, task: TaskInHand, report: Report): void {
    const facts = { target: 'instance-1', startedAt: timestampFromMs(EPOCH_MS + task.startedAtMs) };
    const message: TaskReport = create(TaskReportSchema, { ref: task.ref, report, facts });
    this.#connections
      .get(address)
      ?.wire?.send(create(ExchangeRequestSchema, { message: { case: 'reports', value: { reports: [message] } } }));
  }

  #resendLater(): void {
    this.#options.surroundings.time.after(RESEND_MS, () => {
      if (!this.life.alive) return;
      for (const task of this.#tasks.values()) this.#reportHome(task);
      this.#resendLater();
    });
  }
}

const turnOf = ({ answer }: Task): number => answer?.turn ?? 0;

function attemptKey({ runId, nodeId, attempt }: TaskRef): string {
  return `${runId}/${nodeId}/${attempt}`;
}
