/**
 * Keeps the server of a cluster running until it is stopped.
 *
 * I1. A server that ends without being asked to is started again on the same port, so that callers' pools reconnect.
 * I2. `stop` returns when no server of ours runs any more; it may be called more than once.
 * I3. A start that fails because the last server is not quite gone (its memory is still attached) is tried again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { adopt, launch, ServerNotGoneError } from './postmaster.ts';
import type { Postmaster } from './postmaster.ts';

/** Told what happens to the server; pino's logger fits. */
export interface ServerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const START_DEADLINE_MS = 15_000;
const RETRY_INITIAL_MS = 50;
const RETRY_MAX_MS = 5_000;
const FAST_STOP_MS = 10_000;

export class Supervisor {
  readonly #cluster: Cluster;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #log: ServerLog;
  readonly #stopAsked = new AbortController();
  readonly #kept: Promise<void>;
  #current: Postmaster;
  #stopping: Promise<void> | undefined;

  private constructor(cluster: Cluster, settings: Readonly<Record<string, string>>, log: ServerLog, first: Postmaster) {
    this.#cluster = cluster;
    this.#settings = settings;
    this.#log = log;
    this.#current = first;
    this.#kept = this.#keepRunning();
  }

  /** Adopts the running server or starts one on the port `choosePort` gives; resolves when it accepts connections. */
  static async start(
    cluster: Cluster,
    choosePort: () => Promise<number>,
    settings: Readonly<Record<string, string>>,
    { log, onLaunched }: { readonly log: ServerLog; readonly onLaunched?: () => void },
  ): Promise<Supervisor> {
    const deadline = performance.now() + START_DEADLINE_MS;
    const mayRetry = (waitMs: number, error: unknown): boolean =>
      error instanceof ServerNotGoneError && performance.now() + waitMs < deadline;
    const first = await bringUp(cluster, choosePort, settings, { mayRetry, ...(onLaunched && { onLaunched }) });
    log.info({ pid: first.pid, port: first.port, adopted: first.adopted }, 'embedded Postgres runs');
    return new Supervisor(cluster, settings, log, first);
  }

  get port(): number {
    return this.#current.port;
  }

  get pid(): number {
    return this.#current.pid;
  }

  /** Fast shutdown: open transactions roll back, everything committed is kept (I2). */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #keepRunning(): Promise<void> {
    for (;;) {
      await this.#current.exited;
      if (this.#stopAsked.signal.aborted) return;
      const { pid, port } = this.#current;
      this.#log.warn({ pid }, 'embedded Postgres ended unexpectedly; starting it again');
      const again = await bringUp(this.#cluster, () => Promise.resolve(port), this.#settings, {
        mayRetry: (waitMs, error) => {
          this.#log.warn({ err: error, retry_ms: waitMs }, 'embedded Postgres did not start again');
          return true;
        },
        stopAsked: this.#stopAsked.signal,
      }).catch(() => undefined);
      // Without one, a stop was asked for while it was down: nothing is left to keep running.
      if (!again) return;
      this.#current = again;
      this.#log.info({ pid: again.pid, port }, 'embedded Postgres runs again');
      if (this.#stopAsked.signal.aborted) await end(again);
    }
  }

  async #stop(): Promise<void> {
    this.#stopAsked.abort();
    await end(this.#current);
    await this.#kept;
  }
}

interface BringUp {
  readonly mayRetry: (waitMs: number, error: unknown) => boolean;
  readonly stopAsked?: AbortSignal;
  readonly onLaunched?: () => void;
}

async function bringUp(
  cluster: Cluster,
  choosePort: () => Promise<number>,
  settings: Readonly<Record<string, string>>,
  { mayRetry, stopAsked, onLaunched }: BringUp,
): Promise<Postmaster> {
  for (let waitMs = RETRY_INITIAL_MS; ; waitMs = Math.min(waitMs * 2, RETRY_MAX_MS)) {
    try {
      return (await adopt(cluster)) ?? (await launch(cluster, await choosePort(), settings, onLaunched));
    } catch (error) {
      if (!mayRetry(waitMs, error)) throw error;
      await delay(waitMs, undefined, stopAsked && { signal: stopAsked });
    }
  }
}

async function end(postmaster: Postmaster): Promise<void> {
  signal(postmaster.pid, 'SIGINT');
  const impatient = setTimeout(() => signal(postmaster.pid, 'SIGQUIT'), FAST_STOP_MS);
  await postmaster.exited;
  clearTimeout(impatient);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already, which is what we want.
  }
}
