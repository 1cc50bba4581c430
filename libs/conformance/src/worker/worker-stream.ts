/** One stream of a worker, as it came and with what it said. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ConnectRequest, ConnectResponseSchema, Register, TaskEvent } from '@skein/contracts/worker';

type Outgoing = MessageInitShape<typeof ConnectResponseSchema>;

export class WorkerStream {
  readonly register: Register;
  /** The metadata `skein-session`. Empty: none. */
  readonly session: string;
  readonly messages: ConnectRequest['message'][] = [];
  /** When each of them came, in milliseconds of a clock that never goes back. */
  readonly heardAtMs: number[] = [performance.now()];
  readonly #outgoing: Outgoing[] = [];
  readonly #watchers = new Set<() => void>();
  #isOver = false;

  constructor(register: Register, session: string) {
    this.register = register;
    this.session = session;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Credits so far. */
  get credits(): number {
    return this.messages.reduce((sum, message) => sum + (message.case === 'credits' ? message.value.count : 0), 0);
  }

  /** What was said of a task on this stream. */
  eventsOf(taskId: string): TaskEvent[] {
    return this.messages.flatMap((message) =>
      message.case === 'event' && message.value.taskId === taskId ? [message.value] : [],
    );
  }

  send(message: Outgoing): void {
    this.#outgoing.push(message);
    this.#changed();
  }

  heard(message: ConnectRequest['message']): void {
    this.messages.push(message);
    this.heardAtMs.push(performance.now());
    this.#changed();
  }

  end(): void {
    this.#isOver = true;
    this.#changed();
  }

  /** Waits until it holds, the stream is over, or the time is. */
  async until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (!holds()) {
      const leftMs = deadline - performance.now();
      if (this.#isOver || leftMs <= 0) return holds();
      await this.#change(leftMs);
    }
    return true;
  }

  /** What is to be sent, until the stream is over. */
  async *outgoing(): AsyncGenerator<Outgoing> {
    for (;;) {
      for (let next = this.#outgoing.shift(); next !== undefined; next = this.#outgoing.shift()) yield next;
      if (this.#isOver) return;
      await this.#change();
    }
  }

  async #change(timeoutMs?: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = timeoutMs === undefined ? undefined : setTimeout(resolve, timeoutMs);
    this.#watchers.add(resolve);
    await promise;
    this.#watchers.delete(resolve);
    clearTimeout(timer);
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
