/**
 * How busy instances are: gathers what instances and executors say, writes it, and reads what everybody said.
 *
 * Owns what is not written yet, and the loads as last read. Does not own the instances.
 *
 * B1. Whatever the number of instances, each `intervalMs` takes one statement for heartbeats, one for calls and one to
 *     read. While nobody says anything, nothing is written or read.
 * B2. Of an instance only the latest word is written. What could not be written is tried again with the next, unless
 *     something newer was said.
 * B3. A load that was not repeated for `STALE_MS` is forgotten.
 */
import type { InstanceCalls, InstanceHeartbeat, InstanceLoad, LoadStore } from './agent-store.ts';

/** What a book needs. */
export interface LoadBookOptions {
  readonly store: LoadStore;
  readonly intervalMs: number;
  readonly onFailed: (what: string, error: unknown) => void;
  readonly nowMs: () => number;
}

/** Told of new loads. */
export type LoadListener = (loads: ReadonlyMap<string, InstanceLoad>) => void;

const STALE_MS = 30_000;
/** Transactions that began earlier may become visible later than a read. */
const OVERLAP_MS = 5000;

export class LoadBook implements AsyncDisposable {
  readonly #options: LoadBookOptions;
  readonly #loads = new Map<string, InstanceLoad>();
  readonly #listeners = new Set<LoadListener>();
  #heartbeats = new Map<string, InstanceHeartbeat>();
  #calls = new Map<string, InstanceCalls>();
  #readDue = false;
  #readSinceMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(options: LoadBookOptions) {
    this.#options = options;
  }

  /** The load of an instance; undefined: nobody has said anything lately. */
  loadOf(instanceId: string): InstanceLoad | undefined {
    const load = this.#loads.get(instanceId);
    return load === undefined || load.reportedAtMs < this.#options.nowMs() - STALE_MS ? undefined : load;
  }

  heartbeat(heartbeat: InstanceHeartbeat): void {
    this.#heartbeats.set(heartbeat.instanceId, heartbeat);
    this.#schedule();
  }

  calls(calls: InstanceCalls): void {
    this.#calls.set(`${calls.executorId}/${calls.instanceId}`, calls);
    this.#schedule();
  }

  /** Somebody has written loads. */
  newsInStore(): void {
    this.#readDue = true;
    this.#schedule();
  }

  /** Tells all loads now, and new ones as they are read. */
  listen(listener: LoadListener): Disposable {
    this.#listeners.add(listener);
    if (this.#loads.size > 0) listener(new Map(this.#loads));
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Writes what was said. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#working;
    await this.#write();
  }

  #schedule(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#working = this.#work().finally(() => {
        this.#working = undefined;
        this.#timer = undefined;
        if (this.#heartbeats.size + this.#calls.size > 0 || this.#readDue) this.#schedule();
      });
    }, this.#options.intervalMs);
  }

  async #work(): Promise<void> {
    await this.#write();
    if (this.#readDue) await this.#read();
  }

  async #write(): Promise<void> {
    const [heartbeats, calls] = [this.#heartbeats, this.#calls];
    [this.#heartbeats, this.#calls] = [new Map(), new Map()];
    const { store, onFailed } = this.#options;
    try {
      if (heartbeats.size > 0) await store.recordHeartbeats([...heartbeats.values()]);
    } catch (error) {
      this.#heartbeats = new Map([...heartbeats, ...this.#heartbeats]);
      onFailed('writing heartbeats', error);
    }
    try {
      if (calls.size > 0) await store.recordCalls([...calls.values()]);
    } catch (error) {
      // Executors say it again.
      onFailed('writing calls', error);
    }
  }

  async #read(): Promise<void> {
    const { store, onFailed, nowMs } = this.#options;
    this.#readDue = false;
    try {
      const { loads, nowMs: readAtMs } = await store.loadsSince(this.#readSinceMs);
      this.#readSinceMs = Math.max(0, readAtMs - OVERLAP_MS);
      this.#tell(loads);
    } catch (error) {
      this.#readDue = true;
      onFailed('reading loads', error);
    }
    for (const [instanceId, { reportedAtMs }] of this.#loads) {
      if (reportedAtMs < nowMs() - STALE_MS) this.#loads.delete(instanceId);
    }
  }

  #tell(loads: readonly InstanceLoad[]): void {
    const news = new Map<string, InstanceLoad>();
    for (const load of loads) {
      if (this.#loads.get(load.instanceId)?.reportedAtMs !== load.reportedAtMs) news.set(load.instanceId, load);
      this.#loads.set(load.instanceId, load);
    }
    if (news.size === 0) return;
    for (const listener of this.#listeners) listener(news);
  }
}
