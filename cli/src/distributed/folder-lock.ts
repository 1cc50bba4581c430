/**
 * One command at a time changes what runs from a folder. The lock is the operating system's own on a small SQLite file,
 * so it goes with its holder, however that ends; there is no stale lock to detect.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

const SQLITE_BUSY = 5;
const WAIT_MS = 90_000;
const POLL_MS = 100;

/** Waits for the lock of a folder, making the folder where it is missing; disposing gives the lock back. */
export async function lockFolder(directory: string): Promise<Disposable> {
  await mkdir(directory, { recursive: true });
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const lock = tryLock(join(directory, 'lock.db'));
    if (lock) return lock;
    if (performance.now() > deadline) {
      throw new CliError({
        reason: 'BUSY',
        message: `another command has been changing the platform in ${directory} for ${WAIT_MS / 1000} s`,
        place: directory,
        remedy: 'wait for it or end it, then try again',
        exitCode: EXIT.refused,
      });
    }
    await delay(POLL_MS);
  }
}

function tryLock(path: string): Disposable | undefined {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return { [Symbol.dispose]: () => database.close() };
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}
