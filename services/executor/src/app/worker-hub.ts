/**
 * Workers that have dialled in, and the calls that are theirs.
 *
 * Owns workers from their first message until they are forgotten, and calls from `call` until they are settled. Does not
 * own streams: a worker outlives the stream it came by.
 *
 * W1. A call is settled once: by its result, its error, its signal, or because its worker is gone.
 * W2. A task costs a credit. Calls without one wait in their order.
 * W3. Events of a task are taken in their order, each once, whatever is sent again after a broken stream.
 * W4. A task whose sending nobody has confirmed is sent again to a worker that comes back without it: a worker id names one
 *     process, and a process knows what it has got.
 * W5. A worker whose stream is broken keeps its tasks for `resumeMs`. What it was not sent goes elsewhere at once.
 * W6. Work that a worker goes on with though nobody waits for it (its executor died) is given to it again when it is asked for
 *     again, by the idempotency key, within `orphanMs`; after that it is told to stop.
 * W7. A hub that drains admits nobody, and lets each worker go as soon as it has nothing in hand. What a worker is let go with is
 *     not cancelled: it goes on, and names it where it dials in next.
 */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { InvokeResponse } from '@skein/contracts/agent';
import type { ConnectResponseSchema, RunningTask } from '@skein/contracts/worker';
import { passing, type CallError } from '../domain/call-failure.ts';
import type { WorkerIdentity } from '../domain/worker-address.ts';
import { workerKey } from '../domain/worker-address.ts';
import type { AgentAnswer, AgentRequest, CallSink } from './agent-protocol.ts';
import type { InputRequired } from './agent-question.ts';
import { WorkerCall } from './worker-call.ts';

export type WorkerMessage = MessageInitShape<typeof ConnectResponseSchema>;

/** The way to a worker. */
export interface WorkerOutlet {
  /** Whoever holds it notices itself when the worker is gone: its silence says nothing. */
  readonly mayBeSilent?: boolean;
  send(message: WorkerMessage): void;
  /** Another stream has taken this one's place, or the worker was silent for too long. */
  close(reason: Error): void;
}

/** Times of a hub, in milliseconds. */
export interface WorkerHubOptions {
  /** How long a worker may be away and keep its tasks. */
  readonly resumeMs: number;
  /** How long work that nobody waits for is kept. */
  readonly orphanMs: number;
  /** Longest silence of a worker. */
  readonly silenceMs: number;
  /** Told when a worker is there, for the first time or again. */
  readonly onCome: (identity: WorkerIdentity) => void;
  /** Told when a worker is forgotten. */
  readonly onGone: (identity: WorkerIdentity) => void;
}

interface Worker {
  readonly identity: WorkerIdentity;
  outlet: WorkerOutlet | undefined;
  credits: number;
  isDraining: boolean;
  load: number | undefined;
  /** Sent, by task id. */
  readonly calls: Map<string, WorkerCall>;
  /** W2. */
  waiting: WorkerCall[];
  /** Task ids by idempotency key (W6). */
  readonly orphans: Map<string, string>;
  orphanTimer: NodeJS.Timeout | undefined;
  awayTimer: NodeJS.Timeout | undefined;
  silenceTimer: NodeJS.Timeout | undefined;
}

/** How busy a worker is. */
export interface WorkerLoad {
  readonly identity: WorkerIdentity;
  readonly isConnected: boolean;
  readonly inFlight: number;
  /** Share of its capacity in use. */
  readonly load: number;
}

/** One connected worker, for whoever reads its stream. */
export interface WorkerHandle {
  /** How far its tasks were heard, of those that somebody waits for. */
  readonly resumed: readonly { readonly taskId: string; readonly seq: number }[];
  credits(count: number): void;
  /** @throws RangeError for a gap in the events. */
  event(taskId: string, seq: number, event: InvokeResponse | undefined): void;
  status(load: number | undefined): void;
  drain(): void;
  /** The stream has ended. */
  detach(): void;
}

export class WorkerHub implements Disposable {
  readonly #options: WorkerHubOptions;
  readonly #workers = new Map<string, Worker>();
  readonly #drained = Promise.withResolvers<void>();
  #isDraining = false;

  constructor(options: WorkerHubOptions) {
    this.#options = options;
  }

  /** Every worker that is known. */
  loads(): WorkerLoad[] {
    return Array.from(this.#workers.values(), ({ identity, outlet, calls, waiting, credits, load, isDraining }) => {
      const inFlight = calls.size + waiting.length;
      const share = inFlight === 0 && credits > 0 ? 0 : inFlight / Math.max(1, calls.size + credits);
      const isConnected = outlet !== undefined && !isDraining;
      return { identity, isConnected, inFlight, load: Math.min(1, load ?? share) };
    });
  }

  has(identity: WorkerIdentity): boolean {
    return this.#workers.has(workerKey(identity));
  }

  /** Whether a worker may come, for the first time or again. */
  admits(identity: WorkerIdentity): boolean {
    return !this.#isDraining || this.has(identity);
  }

  /**
   * Gives a worker a piece of work; answers what it answers.
   * @throws CallError; the signal's reason.
   */
  async call(
    identity: WorkerIdentity,
    request: AgentRequest,
    sink: CallSink,
    signal: AbortSignal,
  ): Promise<AgentAnswer | InputRequired> {
    signal.throwIfAborted();
    const worker = this.#adopter(identity, request.idempotencyKey) ?? this.#workers.get(workerKey(identity));
    if (worker?.outlet === undefined || worker.isDraining) throw notConnected(identity);
    const call = new WorkerCall(worker.identity, request, sink);
    const onAbort = (): void => this.#abandon(worker, call, signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    worker.waiting.push(call);
    this.#send(worker);
    try {
      return await call.answer;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** A worker is there, for the first time or again. */
  attach(identity: WorkerIdentity, running: readonly RunningTask[], outlet: WorkerOutlet): WorkerHandle {
    const worker = this.#worker(identity);
    worker.outlet?.close(new Error('the worker has connected again'));
    clearTimeout(worker.awayTimer);
    Object.assign(worker, { outlet, credits: 0, isDraining: this.#isDraining });
    const kept = new Set(running.map(({ taskId }) => taskId));
    const resumed = [...worker.calls.values()].filter(({ taskId }) => kept.has(taskId));
    // W4: behind what it has, so that it is not sent twice.
    const unheard = [...worker.calls.values()].filter(({ taskId }) => !kept.has(taskId));
    for (const call of unheard) worker.calls.delete(call.taskId);
    worker.waiting = [...unheard, ...worker.waiting];
    this.#keepOrphans(worker, running);
    this.#heard(worker);
    this.#options.onCome(identity);
    const isCurrent = () => worker.outlet === outlet;
    return {
      resumed: resumed.map(({ taskId, heardSeq }) => ({ taskId, seq: heardSeq })),
      credits: (count) => {
        if (!isCurrent()) return;
        this.#heard(worker);
        worker.credits += count;
        this.#send(worker);
      },
      event: (taskId, seq, event) => {
        if (!isCurrent()) return;
        this.#heard(worker);
        this.#event(worker, taskId, seq, event);
      },
      status: (load) => {
        if (!isCurrent()) return;
        this.#heard(worker);
        worker.load = load;
      },
      drain: () => {
        if (!isCurrent()) return;
        worker.isDraining = true;
        this.#passOn(worker);
      },
      detach: () => {
        if (isCurrent()) this.#away(worker);
      },
    };
  }

  /** Takes no more calls; resolves when the last worker has left (W7). Repeatable. */
  drain(): Promise<void> {
    this.#isDraining = true;
    for (const worker of this.#workers.values()) {
      worker.isDraining = true;
      this.#passOn(worker);
      this.#letGoIfIdle(worker);
    }
    if (this.#workers.size === 0) this.#drained.resolve();
    return this.#drained.promise;
  }

  /** Lets every worker go, whatever it has in hand; its calls are left to their signals (W7). */
  release(): void {
    void this.drain();
    for (const worker of this.#workers.values()) {
      clearTimeout(worker.silenceTimer);
      const { outlet } = worker;
      worker.outlet = undefined;
      outlet?.close(STOPPING);
    }
  }

  /** Every call that is left fails. */
  [Symbol.dispose](): void {
    this.release();
    for (const worker of this.#workers.values()) this.#forget(worker);
  }

  #worker(identity: WorkerIdentity): Worker {
    const key = workerKey(identity);
    const known = this.#workers.get(key);
    if (known !== undefined) return known;
    const worker: Worker = {
      identity,
      outlet: undefined,
      credits: 0,
      isDraining: false,
      load: undefined,
      calls: new Map(),
      waiting: [],
      orphans: new Map(),
      orphanTimer: undefined,
      awayTimer: undefined,
      silenceTimer: undefined,
    };
    this.#workers.set(key, worker);
    return worker;
  }

  /** W2. */
  #send(worker: Worker): void {
    while (worker.outlet !== undefined && worker.credits > 0 && !worker.isDraining) {
      const call = worker.waiting.shift();
      if (call === undefined) return;
      worker.credits -= 1;
      // What another executor had given it, and this one gives it for the same: the id is one that it has.
      if (worker.orphans.get(call.idempotencyKey) === call.taskId) call.rename();
      worker.calls.set(call.taskId, call);
      worker.orphans.delete(call.idempotencyKey);
      worker.outlet.send({ message: { case: 'task', value: call.task() } });
    }
  }

  /** W3. */
  #event(worker: Worker, taskId: string, seq: number, event: InvokeResponse | undefined): void {
    const call = worker.calls.get(taskId);
    const acknowledged = { taskId, seq: BigInt(seq) };
    // Nobody waits for it: cancelled, or settled before the acknowledgement arrived.
    if (call !== undefined && seq > call.heardSeq) {
      if (seq !== call.heardSeq + 1) {
        throw new RangeError(`task ${taskId}: event ${seq} came after event ${call.heardSeq}`);
      }
      if (call.take(seq, event)) worker.calls.delete(taskId);
    }
    worker.outlet?.send({ message: { case: 'acknowledgements', value: { tasks: [acknowledged] } } });
    this.#letGoIfIdle(worker);
  }

  #abandon(worker: Worker, call: WorkerCall, reason: unknown): void {
    worker.waiting = worker.waiting.filter((waiting) => waiting !== call);
    if (worker.calls.delete(call.taskId)) {
      worker.outlet?.send({ message: { case: 'cancel', value: { taskId: call.taskId, reason: String(reason) } } });
    }
    call.fail(reason);
    this.#letGoIfIdle(worker);
  }

  /** W7. */
  #letGoIfIdle(worker: Worker): void {
    if (!this.#isDraining || worker.calls.size > 0) return;
    const { outlet } = worker;
    this.#forget(worker);
    outlet?.close(STOPPING);
  }

  /** W5. */
  #away(worker: Worker): void {
    worker.outlet = undefined;
    worker.credits = 0;
    clearTimeout(worker.silenceTimer);
    this.#passOn(worker);
    clearTimeout(worker.awayTimer);
    worker.awayTimer = setTimeout(() => this.#forget(worker), this.#options.resumeMs);
  }

  /** What the worker was not sent goes elsewhere. */
  #passOn(worker: Worker): void {
    const { waiting, identity } = worker;
    worker.waiting = [];
    for (const call of waiting) call.fail(notConnected(identity));
  }

  #forget(worker: Worker): void {
    const { identity, calls, orphanTimer, awayTimer, silenceTimer } = worker;
    for (const timer of [orphanTimer, awayTimer, silenceTimer]) clearTimeout(timer);
    this.#workers.delete(workerKey(identity));
    worker.outlet = undefined;
    this.#passOn(worker);
    for (const call of calls.values()) call.fail(gone(identity));
    calls.clear();
    this.#options.onGone(identity);
    if (this.#isDraining && this.#workers.size === 0) this.#drained.resolve();
  }

  #heard(worker: Worker): void {
    clearTimeout(worker.silenceTimer);
    if (worker.outlet?.mayBeSilent === true) return;
    worker.silenceTimer = setTimeout(() => {
      const { outlet } = worker;
      this.#away(worker);
      outlet?.close(new Error(`nothing was heard of the worker for ${this.#options.silenceMs} ms`));
    }, this.#options.silenceMs);
  }

  /** W6: the worker that is at this work though nobody waits for it. */
  #adopter({ namespace, agentId }: WorkerIdentity, idempotencyKey: string): Worker | undefined {
    for (const worker of this.#workers.values()) {
      if (!worker.orphans.has(idempotencyKey) || worker.outlet === undefined) continue;
      if (worker.identity.namespace === namespace && worker.identity.agentId === agentId) return worker;
    }
    return undefined;
  }

  /** W6. */
  #keepOrphans(worker: Worker, running: readonly RunningTask[]): void {
    worker.orphans.clear();
    for (const { taskId, idempotencyKey } of running) {
      if (!worker.calls.has(taskId) && idempotencyKey !== '') worker.orphans.set(idempotencyKey, taskId);
    }
    clearTimeout(worker.orphanTimer);
    if (worker.orphans.size === 0) return;
    worker.orphanTimer = setTimeout(() => {
      for (const taskId of worker.orphans.values()) {
        worker.outlet?.send({ message: { case: 'cancel', value: { taskId, reason: 'nobody waits for it' } } });
      }
      worker.orphans.clear();
    }, this.#options.orphanMs);
  }
}

const STOPPING = new Error('the executor stops');

/** Nothing was sent: another worker, or a later attempt, does as well. */
function notConnected({ agentId, workerId }: WorkerIdentity): CallError {
  return passing('AGENT_UNREACHABLE', {
    message: `worker ${workerId} of agent ${agentId} is not connected, or takes no more tasks`,
    place: `agent ${agentId}, worker ${workerId}`,
    remedy: 'start a worker, or see the log of this one',
    isUnsent: true,
  });
}

function gone({ agentId, workerId }: WorkerIdentity): CallError {
  return passing('AGENT_UNREACHABLE', {
    message: `worker ${workerId} of agent ${agentId} lost its connection and did not come back`,
    place: `agent ${agentId}, worker ${workerId}`,
    remedy: 'see the log of the worker',
  });
}
