/**
 * An agent as a process of its own, for tests.
 *
 * Owns the process from start to end: disposing ends it, by force if it does
 * not obey.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A running agent process. */
export interface SpawnedAgent extends AsyncDisposable {
  /** `host:port` from its READY line. */
  readonly address: string;
  /** Waits for a line on its stderr, from the start or still to come, that matches. */
  logged(pattern: RegExp): Promise<string>;
  /** Asks it to end and gives its exit code; null: it had to be killed. */
  stop(): Promise<number | null>;
}

/** How to start an agent. */
export interface SpawnOptions {
  /** Program and arguments, such as `[process.execPath, 'src/main.ts']`. */
  readonly command: readonly [string, ...string[]];
  /** The whole environment of the agent. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const STOP_TIMEOUT_MS = 10_000;

/** Starts the program and waits for its READY line; rejects with its stderr where it ends before. */
export async function spawnAgent({ command, env }: SpawnOptions): Promise<SpawnedAgent> {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env } });
  const log = new Log(child.stderr);
  const stop = () => end(child);
  try {
    const address = await readyAddress(child, log);
    return {
      address,
      logged: (pattern) => log.line(pattern),
      stop,
      [Symbol.asyncDispose]: async () => void (await stop()),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

async function readyAddress(child: Child, log: Log): Promise<string> {
  const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
  const lines = createInterface({ input: child.stdout });
  const ready = (async () => {
    for await (const line of lines) {
      const address = /^READY (\S+:\d+)$/.exec(line)?.[1];
      if (address !== undefined) return address;
    }
    throw new Error(`the agent ended before it was ready:\n${log.lines.join('\n')}`);
  })();
  const address = await Promise.race([ready, failed]);
  child.stdout.resume();
  return address;
}

async function end(child: Child): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return child.exitCode;
  const exited = once(child, 'exit');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(force);
  return child.exitCode;
}

/** The lines of a stream, with waiters for those that are to come. */
class Log {
  readonly lines: string[] = [];
  readonly #waiters = new Set<{ pattern: RegExp; resolve: (line: string) => void }>();

  constructor(stream: Readable) {
    createInterface({ input: stream }).on('line', (line) => {
      this.lines.push(line);
      for (const waiter of this.#waiters) {
        if (!waiter.pattern.test(line)) continue;
        this.#waiters.delete(waiter);
        waiter.resolve(line);
      }
    });
  }

  line(pattern: RegExp): Promise<string> {
    const seen = this.lines.find((line) => pattern.test(line));
    if (seen !== undefined) return Promise.resolve(seen);
    return new Promise((resolve) => this.#waiters.add({ pattern, resolve }));
  }
}
