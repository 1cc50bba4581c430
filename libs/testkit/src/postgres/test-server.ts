/** Finds the shared test server, starting its keeper when there is none, and stops it at the end of a test run. */
import { spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { readOwnerNote } from '@skein/postgres';
import { eventually } from '../eventually.ts';
import { testServerDirectory } from './server-directory.ts';

const START_TIMEOUT_MS = 60_000;
const KEEPER_RETRY_MS = 2_000;
const STOP_TIMEOUT_MS = 20_000;

/** Calls `use` with the server's URL until it succeeds; starts the server when it does not answer. */
export async function withTestServer<T>(use: (url: string) => Promise<T>): Promise<T> {
  const directory = testServerDirectory();
  let keeperStartedMs = -Infinity;
  const attempt = async (): Promise<{ result: T }> => {
    const note = await readOwnerNote(directory);
    const url = note && isAlive(note.pid) ? note.url : undefined;
    try {
      if (url !== undefined) return { result: await use(url) };
    } catch (error) {
      // Between two keepers a connection may fail: whoever comes next serves us.
      if (performance.now() - keeperStartedMs > KEEPER_RETRY_MS) await startKeeper(directory);
      keeperStartedMs = performance.now();
      throw error;
    }
    if (performance.now() - keeperStartedMs > KEEPER_RETRY_MS) {
      keeperStartedMs = performance.now();
      await startKeeper(directory);
    }
    throw new Error(`the test server is not up yet; its log is ${join(directory, 'keeper.log')}`);
  };
  const { result } = await eventually(attempt, { describe: 'the shared test Postgres', timeoutMs: START_TIMEOUT_MS });
  return result;
}

/** Stops the shared server; for the end of a test run. Does nothing when none runs. */
export async function stopTestServer(): Promise<void> {
  const directory = testServerDirectory();
  const note = await readOwnerNote(directory);
  if (!note || !isAlive(note.pid)) return;
  process.kill(note.pid, 'SIGTERM');
  // Its note goes when it has stopped; the process itself may linger until somebody collects it.
  const isGone = async (): Promise<boolean> => (await readOwnerNote(directory)) === undefined;
  await eventually(isGone, { describe: 'the test Postgres to stop', timeoutMs: STOP_TIMEOUT_MS });
}

async function startKeeper(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const log = await open(join(directory, 'keeper.log'), 'a');
  // Detached: it serves other test processes after this one has ended.
  const keeper = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), directory], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  keeper.unref();
  await log.close();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
