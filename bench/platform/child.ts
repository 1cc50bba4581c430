/**
 * A process of the platform.
 *
 * I1. It writes into a file and not to us: reading it must cost the benchmark nothing.
 * I2. None outlives us, nor does what it has started, unless we are killed outright.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { killTrees } from './kill-tree.ts';

/** How a process is run. */
export interface ChildCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** File that it writes to, both streams; appended to. */
  readonly log: string;
}

/** A running process. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  readonly log: string;
  /** Whether it has ended. */
  readonly ended: boolean;
  /** Ends it at once (SIGKILL) and waits until it is gone. */
  kill(): Promise<void>;
}

const GRACE_MS = 40_000;
const living = new Set<ChildProcess>();

process.once('exit', () => {
  const left = [...living].map(({ pid = 0 }) => [String(pid), pid] as const);
  killTrees(Object.fromEntries(left));
});

/** Starts a process; whether it is ready is another question. */
export async function startChild({ file, args, env, log }: ChildCommand): Promise<Child> {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'a');
  const child = spawn(file, [...args], { env, stdio: ['ignore', output, output] });
  closeSync(output);
  const exited = once(child, 'exit');
  living.add(child);
  void exited.then(() => living.delete(child));
  await once(child, 'spawn');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (hasEnded()) return;
    child.kill(signal);
    const impatient = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await exited;
    clearTimeout(impatient);
  };
  return {
    pid: child.pid ?? 0,
    log,
    get ended() {
      return hasEnded();
    },
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  };
}

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
const SHOWN_LINES = 15;

/** Asks until a process is ready. Rejects, with the end of its log, when it ends or is late. */
export async function untilReady(child: Child, name: string, isReady: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (!(await isReady().catch(() => false))) {
    if (child.ended || performance.now() > deadlineMs) {
      const tail = readFileSync(child.log, 'utf8').trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
      throw new Error(`${name} ${child.ended ? 'ended' : 'was not ready in time'}; the end of ${child.log}:\n${tail}`);
    }
    await delay(POLL_MS);
  }
}

/** Whether a local server answers a GET with success. */
export async function answers(port: number, path: string): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  await response.arrayBuffer();
  return response.ok;
}
