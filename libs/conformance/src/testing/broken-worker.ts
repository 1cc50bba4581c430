/** A worker of few lines, that can be told what to do wrong. It answers with its input, or a count where it forgets keys. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { WorkerService, type ConnectRequestSchema, type ConnectResponse, type Task } from '@skein/contracts/worker';
import { grpcTransport } from '@skein/rpc';

/** What it does wrong. */
export type WorkerFault =
  | 'no card'
  | 'one credit'
  | 'counts from 0'
  | 'two results'
  | 'silent'
  | 'new id'
  | 'no session'
  | 'forgets what is not acknowledged'
  | 'sends everything again'
  | 'works again'
  | 'keeps what is acknowledged'
  | 'dies of cancels'
  | 'does not drain';

type Outgoing = MessageInitShape<typeof ConnectRequestSchema>;
type Word = NonNullable<Outgoing['message']>;
interface InHand {
  readonly taskId: string;
  readonly idempotencyKey: string;
  readonly words: Word[];
}

export class BrokenWorker implements AsyncDisposable {
  readonly #fault: WorkerFault;
  readonly #over = new AbortController();
  readonly #inHand = new Map<string, InHand>();
  #workerId: string = randomUUID();
  #outgoing: Outgoing[] = [];
  #wake = (): void => {};
  #session = '';
  #count = 0;
  #running: Promise<void>;

  constructor(address: string, fault: WorkerFault) {
    this.#fault = fault;
    this.#running = this.#run(address);
  }

  /** As SIGTERM would. */
  readonly stop = (): void => {
    if (this.#fault !== 'does not drain') this.#say({ case: 'drain', value: {} });
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    this.#wake();
    await this.#running;
  }

  #is(fault: WorkerFault): boolean {
    return this.#fault === fault;
  }

  async #run(address: string): Promise<void> {
    using transport = grpcTransport({ address });
    const client = createClient(WorkerService, transport);
    while (!this.#over.signal.aborted) {
      if (this.#is('new id')) this.#workerId = randomUUID();
      const headers: Record<string, string> = this.#is('no session') ? {} : { 'skein-session': this.#session };
      this.#outgoing = [{ message: this.#register() }];
      try {
        const options = { headers, signal: this.#over.signal };
        for await (const { message } of client.connect(this.#messages(), options)) this.#take(message);
      } catch {
        // It comes back, whatever it was.
      }
      await delay(20);
    }
  }

  #register(): Word {
    const card = this.#is('no card') ? {} : { card: { agentId: 'sample', version: '1.0.0', skills: [] } };
    const running = Array.from(this.#inHand.values(), ({ taskId, idempotencyKey }) => ({ taskId, idempotencyKey }));
    const named = this.#is('forgets what is not acknowledged') ? [] : running;
    return { case: 'register', value: { workerId: this.#workerId, running: named, ...card } };
  }

  #take(message: ConnectResponse['message']): void {
    const taken = takes(message);
    if (taken.session !== undefined) {
      this.#session = taken.session;
      this.#say({ case: 'credits', value: { count: this.#is('one credit') ? 1 : 10 } });
      for (const { taskId, seq } of taken.resumed) {
        const words = this.#inHand.get(taskId)?.words ?? [];
        for (const word of words.slice(this.#is('sends everything again') ? 0 : Number(seq))) this.#say(word);
      }
    }
    if (taken.task !== undefined) this.#work(taken.task);
    if (this.#is('keeps what is acknowledged')) return;
    for (const { taskId, seq } of taken.acknowledged) {
      if (Number(seq) >= (this.#inHand.get(taskId)?.words.length ?? Infinity)) this.#inHand.delete(taskId);
    }
    if (taken.isCancel && this.#is('dies of cancels')) this.#over.abort();
  }

  #work({ taskId, request }: Task): void {
    const idempotencyKey = request?.idempotencyKey ?? '';
    const known = [...this.#inHand.values()].find((task) => task.idempotencyKey === idempotencyKey);
    const first = this.#is('counts from 0') ? 0 : 1;
    this.#count += known === undefined || this.#is('works again') ? 1 : 0;
    const output = { kind: { case: 'numberValue', value: this.#count } } as const;
    const result = { event: { case: 'result', value: { output } } } as const;
    const delta = { event: { case: 'delta', value: { text: '…' } } } as const;
    const events = this.#is('two results') ? [result, result] : [delta, result];
    const words = events.map((event, at): Word => ({
      case: 'event',
      value: { taskId, seq: BigInt(at + first), event },
    }));
    this.#inHand.set(taskId, { taskId, idempotencyKey, words });
    for (const word of words) this.#say(word);
  }

  #say(message: Word): void {
    this.#outgoing.push({ message });
    this.#wake();
  }

  async *#messages(): AsyncGenerator<Outgoing> {
    while (!this.#over.signal.aborted) {
      for (let next = this.#outgoing.shift(); next !== undefined; next = this.#outgoing.shift()) {
        yield next;
        if (next.message?.case === 'drain') return;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const beat = setTimeout(() => {
        if (!this.#is('silent')) this.#say({ case: 'status', value: {} });
      }, 200);
      await promise;
      clearTimeout(beat);
    }
  }
}

/** A message by what it holds. */
function takes(message: ConnectResponse['message']) {
  return {
    session: message.case === 'registered' ? message.value.session : undefined,
    resumed: message.case === 'registered' ? message.value.resumed : [],
    task: message.case === 'task' ? message.value : undefined,
    acknowledged: message.case === 'acknowledgements' ? message.value.tasks : [],
    isCancel: message.case === 'cancel',
  };
}
