/**
 * One process of the set: started, killed, frozen, hurt from within, started again.
 *
 * Owns: the process, its log file and the file of its orders. Does not own: the ports it listens on, nor its links.
 *
 * M1. No process outlives this one, unless this one is killed outright; disposal resolves when it is gone.
 * M2. An end that nobody here asked for is noted, and the process is started again: as a supervisor would.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@skein/testkit';
import type { InsideOrder } from './inside.ts';

export interface MemberOptions {
  readonly name: string;
  /** The program, a TypeScript file. */
  readonly entry: string;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly logPath: string;
  /** File for what it is told to suffer. */
  readonly orderPath: string;
  /** Folder for compiled code: processes of the same program start faster, which is most of what a restart takes. */
  readonly cachePath: string;
  /** Whether it can do its work; asked until it can. */
  readonly isReady: () => Promise<boolean>;
}

/** An end that nobody asked for. */
export interface UnaskedEnd {
  readonly member: string;
  /** When the process was started. */
  readonly startedAtMs: number;
  readonly atMs: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const RESTART_AFTER_MS = 500;
const READY_TIMEOUT_MS = 60_000;
const TAIL_LINES = 10;
const living = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export class Member implements AsyncDisposable {
  readonly name: string;
  readonly unaskedEnds: UnaskedEnd[] = [];
  readonly #options: MemberOptions;
  #child: ChildProcess | undefined;
  /** Ends that we caused. */
  readonly #asked = new WeakSet<ChildProcess>();
  #disposed = false;

  constructor(options: MemberOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it where it does not run. Does not wait until it is ready. */
  async start(): Promise<void> {
    if (this.#child !== undefined || this.#disposed) return;
    const { entry, args = [], env, logPath, orderPath, cachePath } = this.#options;
    const log = openSync(logPath, 'a');
    const inside = new URL('inside.ts', import.meta.url).href;
    const child = spawn(process.execPath, ['--import', inside, entry, ...args], {
      env: { ...env, CHAOS_ORDER: orderPath, NODE_COMPILE_CACHE: cachePath },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child = child;
    living.add(child);
    const startedAtMs = Date.now();
    child.once('exit', (code, signal) => this.#ended(child, { startedAtMs, code, signal }));
    await once(child, 'spawn');
  }

  /** Resolves when it can do its work. */
  async ready(timeoutMs = READY_TIMEOUT_MS): Promise<void> {
    const { isReady, logPath } = this.#options;
    try {
      await eventually(isReady, { describe: `${this.name} to be ready`, timeoutMs });
    } catch (cause) {
      throw new Error(`${this.name} is not ready; the end of its log:\n${tailOf(logPath)}`, { cause });
    }
  }

  /** Ends it at once; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to end; resolves when it is gone. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Freezes it: its connections stay open, nothing answers. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Hurts it from within, until the next order. One that does not run is not hurt. */
  suffer(order: InsideOrder): void {
    writeFileSync(this.#options.orderPath, JSON.stringify(order));
    this.#child?.kill('SIGUSR2');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#asked.add(child);
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill(signal);
    await gone;
  }

  #ended(child: ChildProcess, end: Pick<UnaskedEnd, 'startedAtMs' | 'code' | 'signal'>): void {
    living.delete(child);
    this.#child = undefined;
    if (this.#asked.has(child)) return;
    this.unaskedEnds.push({ member: this.name, atMs: Date.now(), ...end });
    void delay(RESTART_AFTER_MS, undefined, { ref: false }).then(() => this.start());
  }
}

function tailOf(path: string): string {
  return readFileSync(path, 'utf8').split('\n').slice(-TAIL_LINES).join('\n');
}
