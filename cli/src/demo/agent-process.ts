/**
 * One agent as a process of its own for as long as a command runs.
 *
 * I1. It is ready when it has said so (`READY host:port`), within a bounded time.
 * I2. Stopping ends it: first asked, then made to.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Host } from '../host.ts';

export interface AgentProcess extends AsyncDisposable {
  readonly pid: number;
  /** `host:port`. */
  readonly address: string;
}

const READY_TIMEOUT_MS = 20_000;
const GRACE_MS = 5_000;
const READY = /^READY (\S+:\d+)$/;
const SHOWN_LOG_LINES = 10;

/** Runs `entry` on a free port; what it writes to standard error goes to `logPath`. */
export async function startAgentProcess(host: Host, entry: string, logPath: string): Promise<AgentProcess> {
  mkdirSync(dirname(logPath), { recursive: true });
  const log = openSync(logPath, 'w');
  const env = { ...host.env, HOST: '127.0.0.1', PORT: '0' };
  // In a group of its own: Ctrl-C is for us, who stop it when nobody needs it any more.
  const child = spawn(host.node, [entry], { cwd: host.root, env, detached: true, stdio: ['ignore', 'pipe', log] });
  closeSync(log);
  const exited = once(child, 'exit').catch(() => undefined);
  try {
    const address = await readyAddress(child);
    return { pid: child.pid ?? 0, address, [Symbol.asyncDispose]: () => end(child, exited) };
  } catch (cause) {
    await end(child, exited);
    throw await notReady(entry, logPath, cause);
  }
}

async function readyAddress(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('it has no standard output');
  const lines = createInterface({ input: child.stdout });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error(`it was not ready after ${READY_TIMEOUT_MS} ms`)), READY_TIMEOUT_MS);
  lines.on('line', (line) => {
    const [, address] = READY.exec(line) ?? [];
    if (address !== undefined) resolve(address);
  });
  child.once('error', reject);
  child.once('exit', (code, signal) => reject(new Error(`it ended with ${signal ?? `code ${code}`}`)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

async function end(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await exited;
  clearTimeout(impatient);
}

async function notReady(entry: string, logPath: string, cause: unknown): Promise<CliError> {
  const log = await readFile(logPath, 'utf8').catch(() => '');
  const tail = log.trimEnd().split('\n').slice(-SHOWN_LOG_LINES).join('\n');
  return new CliError({
    reason: 'AGENT_NOT_STARTED',
    message: `${entry} did not start: ${cause instanceof Error ? cause.message : String(cause)}\n${tail}`,
    place: logPath,
    remedy: 'mend what its log says',
    exitCode: EXIT.unreachable,
    cause,
  });
}
