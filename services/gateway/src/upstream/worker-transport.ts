/**
 * Calls of workers to executors, of which several run: a worker stays with one of them, as long as that one is there.
 *
 * Owns a channel to each executor, and who of them turned workers away lately. A stream goes to the executor of its session, else
 * to the next one; a poll goes to the one that the worker's id stands for: its tasks wait where it asked last.
 *
 * T1. An executor that stops still answers, and turns workers away. They are sent to others for `AVOID_MS`, also those that name
 *     its session.
 * T2. How a stream ends that was taken says nothing of the executor: the worker may come back to it for what it has in hand.
 */
import { createHash } from 'node:crypto';
import { Code, ConnectError } from '@connectrpc/connect';
import { grpcTransport, reasonOf, type ClosableTransport } from '@skein/rpc';

/** Metadata of a worker that comes back: the address of the executor that it was at. */
export const SESSION_HEADER = 'skein-session';

/** Longer than an executor takes to stop. One that starts again at the same address has nothing that a worker comes back for. */
const AVOID_MS = 10_000;

class Executor implements Disposable {
  readonly address: string;
  readonly transport;
  #avoidedUntilMs = 0;

  constructor(address: string) {
    this.address = address;
    this.transport = grpcTransport({ address });
  }

  get isThere(): boolean {
    return !this.transport.isAway && this.#avoidedUntilMs <= performance.now();
  }

  /** T1. */
  async unlessRefused<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (reasonOf(error) === 'NOT_READY') this.#avoidedUntilMs = performance.now() + AVOID_MS;
      throw error;
    }
  }

  /** T2: only the wait for the first message is looked at. */
  async *unlessRefusedAtFirst<T>(messages: AsyncIterable<T>): AsyncIterable<T> {
    const iterator = messages[Symbol.asyncIterator]();
    const first = await this.unlessRefused(iterator.next());
    if (first.done === true) return;
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }

  [Symbol.dispose](): void {
    this.transport[Symbol.dispose]();
  }
}

/** Opens a channel to each address. */
export function workerTransport(addresses: readonly string[]): ClosableTransport {
  const executors = addresses.map((address) => new Executor(address));
  let turn = 0;

  /** The first that is there; where none is, the first. */
  const firstOf = (ranked: readonly Executor[]): Executor => {
    const first = ranked.find(({ isThere }) => isThere) ?? ranked[0];
    if (first === undefined) throw new ConnectError('no address is given', Code.Unavailable);
    return first;
  };
  const inTurn = (): Executor => {
    turn += 1;
    const at = turn % Math.max(1, executors.length);
    return firstOf([...executors.slice(at), ...executors.slice(0, at)]);
  };
  const ofWorker = (workerId: string): Executor =>
    firstOf(executors.toSorted((a, b) => (scoreOf(a.address, workerId) < scoreOf(b.address, workerId) ? 1 : -1)));
  const ofSession = (session: string): Executor => {
    const home = executors.find(({ address }) => address === session);
    return home?.isThere === true ? home : inTurn();
  };

  return {
    async unary(method, signal, timeoutMs, header, input, contextValues) {
      const workerId = 'workerId' in input && typeof input.workerId === 'string' ? input.workerId : '';
      const executor = workerId === '' ? inTurn() : ofWorker(workerId);
      const answer = executor.transport.unary(method, signal, timeoutMs, header, input, contextValues);
      return executor.unlessRefused(answer);
    },

    async stream(method, signal, timeoutMs, header, input, contextValues) {
      const executor = ofSession(new Headers(header).get(SESSION_HEADER) ?? '');
      const opening = executor.transport.stream(method, signal, timeoutMs, header, input, contextValues);
      const response = await executor.unlessRefused(opening);
      return { ...response, message: executor.unlessRefusedAtFirst(response.message) };
    },

    [Symbol.dispose]() {
      for (const executor of executors) executor[Symbol.dispose]();
    },
  };
}

function scoreOf(address: string, workerId: string): string {
  return createHash('sha256').update(`${address}\0${workerId}`).digest('hex');
}
