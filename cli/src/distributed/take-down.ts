/**
 * Stops a distributed platform, those that need others first.
 *
 * I1. Only processes that `up` started are signalled: a pid that means another process by now is left alone.
 * I2. Each is asked first and made to after a bound; when this returns, none runs.
 */
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@skein/postgres';
import { isSameProcess } from '../platform/live-process.ts';
import { modeDirectory } from '../settings.ts';
import type { Session } from '../session.ts';
import { lockFolder } from './folder-lock.ts';
import { postgresDirectory } from './part-runner.ts';
import { POSTGRES } from './parts.ts';
import { readRecord, removeRecord, type PartRecord } from './record.ts';

export interface TakeDownOptions {
  /** Whether the data and the logs go too. */
  readonly purge?: boolean;
}

const GRACE_MS = 15_000;
const POSTGRES_GRACE_MS = 32_000;
const KILL_WAIT_MS = 5_000;
const POLL_MS = 25;
const NAME_WIDTH = 10;

/** Stops what runs; answers with the names of the parts that ran. */
export async function takeDown(session: Session, { purge = false }: TakeDownOptions = {}): Promise<string[]> {
  const directory = modeDirectory(session.settings, 'distributed');
  const stopped: string[] = [];
  {
    using _lock = await lockFolder(directory);
    const record = await readRecord(directory);
    // One after the other: each is drained while those it needs still answer.
    for (const [name, part] of Object.entries(record?.services ?? {}).toReversed()) {
      const how = await stopPart(part, name === POSTGRES.name ? POSTGRES_GRACE_MS : GRACE_MS);
      if (how !== 'did not run') stopped.push(name);
      session.output.note(`${name.padEnd(NAME_WIDTH)} ${how}  (pid ${part.pid})`);
    }
    await stopLeftoverPostgres(directory);
    await removeRecord(directory);
  }
  if (purge) await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  return stopped;
}

async function stopPart({ pid, start_mark }: PartRecord, graceMs: number): Promise<string> {
  if (!(await isSameProcess(pid, start_mark))) return 'did not run';
  signal(pid, 'SIGTERM');
  if (await isGone(pid, start_mark, graceMs)) return 'stopped';
  // Asked again: it may have ended just now, and the pid be somebody else's.
  if (await isSameProcess(pid, start_mark)) signal(pid, 'SIGKILL');
  await isGone(pid, start_mark, KILL_WAIT_MS);
  return `killed after ${graceMs / 1000} s`;
}

async function isGone(pid: number, mark: string, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (await isSameProcess(pid, mark)) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended between the question and the signal.
  }
}

/** A server whose keeper was killed lives on: it is adopted and stopped in order. */
async function stopLeftoverPostgres(directory: string): Promise<void> {
  const dataDir = postgresDirectory(directory);
  const runs = await access(join(dataDir, 'cluster', 'postmaster.pid')).then(
    () => true,
    () => false,
  );
  if (!runs) return;
  const silent = { info: () => undefined, warn: () => undefined };
  const server = await startEmbeddedPostgres({ dataDir, log: silent });
  if (server.kind === 'started') await server.stop();
}
