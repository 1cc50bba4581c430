/** A polling worker of few lines, that can be told what to do wrong. It answers with its input, and is slow where that is `slow`. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { durationMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient, type Client } from '@connectrpc/connect';
import { WorkerService, type PolledTask } from '@skein/contracts/worker';
import { grpcTransport } from '@skein/rpc';

/** What it does wrong. */
export type PollerFault =
  | 'nothing'
  | 'no card'
  | 'asks for too many'
  | 'polls once'
  | 'new id'
  | 'answers twice'
  | 'does not answer'
  | 'strange code'
  | 'says it once'
  | 'says something else'
  | 'dies of forgotten tasks'
  | 'dies of absence'
  | 'no heartbeats'
  | 'ignores cancels';

const SLOW_MS = 20_000;

export class BrokenPoller implements AsyncDisposable {
  readonly #fault: PollerFault;
  readonly #over = new AbortController();
  readonly #works = new Set<Promise<void>>();
  readonly #running: Promise<void>;
  #workerId: string = randomUUID();

  constructor(address: string, fault: PollerFault) {
    this.#fault = fault;
    this.#running = this.#run(address).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#running;
    await Promise.allSettled(this.#works);
  }

  #is(fault: PollerFault): boolean {
    return this.#fault === fault;
  }

  async #run(address: string): Promise<void> {
    using transport = grpcTransport({ address });
    const client = createClient(WorkerService, transport);
    const { signal } = this.#over;
    while (!signal.aborted) {
      if (this.#is('new id')) this.#workerId = randomUUID();
      const card = this.#is('no card') ? {} : { card: { agentId: 'sample', version: '1.0.0', skills: [] } };
      const maxTasks = this.#is('asks for too many') ? 1_000 : 10;
      try {
        const { tasks } = await client.pollTasks({ workerId: this.#workerId, maxTasks, ...card }, { signal });
        for (const task of tasks) this.#begin(client, task);
      } catch (error) {
        if (this.#is('dies of absence')) throw error;
        await delay(20, undefined, { signal });
      }
      if (this.#is('polls once')) return;
    }
    await Promise.allSettled(this.#works);
  }

  #begin(client: Client<typeof WorkerService>, task: PolledTask): void {
    const work = this.#work(client, task).catch(() => {
      if (this.#is('dies of forgotten tasks')) this.#over.abort();
    });
    this.#works.add(work);
    void work.finally(() => this.#works.delete(work));
  }

  async #work(client: Client<typeof WorkerService>, { taskToken, task, lease }: PolledTask): Promise<void> {
    const { kind } = task?.request?.input ?? {};
    if (kind?.case === 'stringValue' && kind.value === 'slow') {
      const isWanted = await this.#isWanted(client, taskToken, lease === undefined ? 60_000 : durationMs(lease));
      if (!isWanted) return;
    }
    if (this.#is('does not answer')) return;
    let tries = 0;
    const say = async (): Promise<void> => {
      tries += 1;
      if (this.#is('strange code'))
        await client.failTask({ taskToken, error: { code: 'not a code', retryable: false } });
      else await client.completeTask({ taskToken, result: { output: this.#output(tries) } });
    };
    await this.#until(say);
    if (this.#is('answers twice')) await say();
  }

  #output(tries: number) {
    const value = this.#is('says something else') ? tries : 1;
    return { kind: { case: 'numberValue', value } } as const;
  }

  /** Says it until it was heard, or nobody waits for it. */
  async #until(say: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await say();
      } catch (error) {
        const isForgotten = ConnectError.from(error).code === Code.NotFound;
        if (isForgotten && !this.#is('dies of forgotten tasks')) return;
        if (isForgotten || this.#is('says it once') || this.#over.signal.aborted) throw error;
        await delay(20, undefined, { signal: this.#over.signal });
      }
    }
  }

  /** Works for long. False: it was told to stop. */
  async #isWanted(client: Client<typeof WorkerService>, taskToken: string, leaseMs: number): Promise<boolean> {
    const until = performance.now() + SLOW_MS;
    while (performance.now() < until) {
      await delay(leaseMs / 3, undefined, { signal: this.#over.signal });
      if (this.#is('no heartbeats')) continue;
      const { cancelled } = await client.heartbeatTask({ taskToken });
      if (cancelled && !this.#is('ignores cancels')) return false;
    }
    return true;
  }
}
