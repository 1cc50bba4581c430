/**
 * Owns the order in which the parts of one process start and stop. Does not own signals or exit codes (see run-main.ts).
 *
 * I1. Parts stop in the reverse of the order in which they started, one at a time.
 * I2. When a part fails to start, everything started before it is stopped before the failure is reported.
 * I3. Stopping happens once: every call of `stop` returns the same promise.
 * I4. A part that fails to stop does not keep the parts below it from stopping.
 */
import type { Readiness, Service } from './service.ts';

/** A part did not start. `cause` is its own error; parts started before it have been stopped. */
export class StartError extends Error {
  readonly reason = 'START_FAILED';
  readonly part: string;

  constructor(part: string, cause: unknown) {
    super(`could not start ${part}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'StartError';
    this.part = part;
  }
}

export class ServiceStack implements Service {
  readonly name: string;
  readonly #parts: Array<{ readonly name: string; readonly part: Partial<Service> }> = [];
  readonly #stack = new AsyncDisposableStack();
  #stopping: Promise<void> | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Starts one part and keeps it. On failure stops what runs already (I2) and throws a {@link StartError}. */
  async start<T extends AsyncDisposable>(name: string, create: () => T | Promise<T>): Promise<T> {
    if (this.#stopping) throw new StartError(name, new Error(`${this.name} is stopping`));
    let part: T;
    try {
      part = await create();
    } catch (cause) {
      await this.stop();
      throw new StartError(name, cause);
    }
    if (this.#stopping) {
      await part[Symbol.asyncDispose]();
      throw new StartError(name, new Error(`${this.name} was stopped meanwhile`));
    }
    this.#stack.use(part);
    this.#parts.push({ name, part });
    return part;
  }

  /** Adds something to undo at its place in the order: closing a pool, removing a file. */
  defer(undo: () => void | Promise<void>): void {
    this.#stack.defer(undo);
  }

  /** Every part's own answer by name; parts without a `ready` of their own are ready once started. */
  async readiness(): Promise<Record<string, Readiness>> {
    const answers = await Promise.all(this.#parts.map(async ({ name, part }) => [name, await askReady(part)] as const));
    return Object.fromEntries(answers);
  }

  async ready(): Promise<Readiness> {
    if (this.#stopping) return { ready: false, reason: `${this.name} is stopping` };
    const missing = Object.entries(await this.readiness()).flatMap(([name, answer]) =>
      answer.ready ? [] : [`${name}: ${answer.reason}`],
    );
    return missing.length === 0 ? { ready: true } : { ready: false, reason: missing.join('; ') };
  }

  /** Stops everything (I1, I3). Rejects with the parts' errors, after all of them were tried (I4). */
  stop(): Promise<void> {
    this.#stopping ??= this.#stack.disposeAsync();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

async function askReady(part: Partial<Service>): Promise<Readiness> {
  try {
    return part.ready ? await part.ready() : { ready: true };
  } catch (error) {
    return { ready: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
