/**
 * Processes started by tests: a readiness line to wait for, captured output, and an end that is certain.
 *
 * I1. No child outlives the test process, unless that is killed outright.
 * I2. Disposal resolves when the child is gone: first asked (SIGTERM), then made to (SIGKILL).
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface SpawnOptions {
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** The whole environment; default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Resolve when a line of output matches. Default: as soon as the process runs. */
  readonly ready?: RegExp;
  /** Longest wait for the ready line. Default 30,000. */
  readonly readyTimeoutMs?: number;
  /** Time between SIGTERM and SIGKILL at disposal. Default 10,000. */
  readonly graceMs?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SpawnedProcess extends AsyncDisposable {
  readonly pid: number;
  /** Everything written so far, both streams in the order of arrival. */
  readonly output: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves when the process has ended and its output is complete. */
  readonly exited: Promise<Exit>;
  /** Resolves with the first match in the output, past or future; rejects when the process ends or time runs out. */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Sends a signal; false when the process is gone. */
  kill(signal: NodeJS.Signals): boolean;
}

const living = new Set<ChildProcess>();
let sweeping = false;

function killWithUs(child: ChildProcess): void {
  living.add(child);
  child.once('exit', () => living.delete(child));
  if (sweeping) return;
  sweeping = true;
  process.once('exit', () => {
    for (const left of living) left.kill('SIGKILL');
  });
}

/** Starts `command` and waits until it is ready. Rejects, with its output, when it ends or is late; then it is gone. */
export async function spawnProcess(command: string, options: SpawnOptions = {}): Promise<SpawnedProcess> {
  const { args = [], cwd, env = process.env, ready, readyTimeoutMs = 30_000, graceMs = 10_000 } = options;
  const child = spawn(command, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  killWithUs(child);
  const captured = capture(child);
  const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
  await Promise.race([once(child, 'spawn'), failed]);
  failed.catch(() => undefined);
  const closed = once(child, 'close').then(([code, signal]): Exit => ({ code, signal }));

  const spawned: SpawnedProcess = {
    pid: child.pid ?? 0,
    get output() {
      return captured.all;
    },
    get stdout() {
      return captured.stdout;
    },
    get stderr() {
      return captured.stderr;
    },
    exited: closed,
    waitFor: (pattern, timeoutMs = 10_000) => waitForOutput(captured, closed, command, pattern, timeoutMs),
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const impatient = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await closed;
      clearTimeout(impatient);
    },
  };
  if (!ready) return spawned;
  try {
    await spawned.waitFor(ready, readyTimeoutMs);
    return spawned;
  } catch (error) {
    await spawned[Symbol.asyncDispose]();
    throw error;
  }
}

interface Captured {
  all: string;
  stdout: string;
  stderr: string;
  readonly listeners: Set<() => void>;
}

function capture(child: ChildProcess): Captured {
  const captured: Captured = { all: '', stdout: '', stderr: '', listeners: new Set() };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      captured.all += text;
      captured[stream] += text;
      for (const listener of captured.listeners) listener();
    });
  }
  return captured;
}

async function waitForOutput(
  captured: Captured,
  closed: Promise<Exit>,
  command: string,
  pattern: RegExp,
  timeoutMs: number,
): Promise<RegExpExecArray> {
  const found = Promise.withResolvers<RegExpExecArray>();
  const look = (): void => {
    const match = pattern.exec(captured.all);
    if (match) found.resolve(match);
  };
  const giveUp = (why: string): void =>
    found.reject(new Error(`${command} ${why} before its output matched ${String(pattern)}:\n${captured.all}`));
  const timer = setTimeout(() => giveUp(`took more than ${timeoutMs} ms`), timeoutMs);
  captured.listeners.add(look);
  const onClosed = ({ code, signal }: Exit): void => {
    look();
    giveUp(`ended (${signal ?? `code ${code}`})`);
  };
  void closed.then(onClosed);
  look();
  try {
    return await found.promise;
  } finally {
    clearTimeout(timer);
    captured.listeners.delete(look);
  }
}
