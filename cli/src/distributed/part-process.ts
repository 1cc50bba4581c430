import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Environment } from '../host.ts';
import { startMark } from '../platform/live-process.ts';

/** How a part is run. */
export interface PartCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  readonly log: string;
}

/** A process that goes on without us. */
export interface StartedPart {
  readonly pid: number;
  readonly startMark: string;
}

const MAX_LOG_BYTES = 64 * 1024 * 1024;

/** Starts a process in the background, with everything it writes in its log. A log over 64 MiB is begun anew. */
export async function startDetached({ file, args, env, cwd, log }: PartCommand): Promise<StartedPart> {
  mkdirSync(dirname(log), { recursive: true });
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  const output = openSync(log, size > MAX_LOG_BYTES ? 'w' : 'a');
  const child = spawn(file, [...args], { cwd, env: { ...env }, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  await once(child, 'spawn');
  child.unref();
  const pid = child.pid ?? 0;
  return { pid, startMark: (await startMark(pid)) ?? 'ended' };
}

/** The last lines of a log. */
export async function logTail(log: string, lines: number): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
