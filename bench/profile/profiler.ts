/** Takes CPU profiles of the platform's Node processes while something happens. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { NamedProcesses } from '../accounting/process-tree.ts';

const BEGIN_MS = 200;
const POLL_MS = 20;
const TIMEOUT_MS = 30_000;

/** Does `work` and keeps a profile of each process as `DIR/CELL/PART.cpuprofile`. `dir` is where the processes write. */
export async function profiled<Result>(
  processes: NamedProcesses,
  dir: string,
  cell: string,
  work: () => Promise<Result>,
): Promise<Result> {
  signalAll(processes);
  // Nobody tells that the profiler runs; what it misses of a cell of seconds is nothing.
  await delay(BEGIN_MS);
  const result = await work();
  signalAll(processes);
  const folder = join(dir, cell);
  mkdirSync(folder, { recursive: true });
  for (const part of Object.keys(processes)) {
    const written = join(dir, `${part}.cpuprofile`);
    await untilThere(written);
    const kept = join(folder, `${part}.cpuprofile`);
    rmSync(kept, { force: true });
    renameSync(written, kept);
  }
  return result;
}

function signalAll(processes: NamedProcesses): void {
  for (const pid of Object.values(processes)) process.kill(pid, 'SIGUSR2');
}

async function untilThere(path: string): Promise<void> {
  const deadlineMs = performance.now() + TIMEOUT_MS;
  while (!existsSync(path)) {
    if (performance.now() > deadlineMs) throw new Error(`${path} was not written within ${TIMEOUT_MS} ms`);
    await delay(POLL_MS);
  }
}
