/**
 * One running server process of a cluster: launched by us, or found running and adopted.
 * Owns the process while it runs. Does not restart it (see supervisor.ts).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PostgresError } from '../postgres-error.ts';
import { commandAs } from './account.ts';
import type { Cluster } from './cluster.ts';
import { isLivingPostgres, readPostmasterFile } from './postmaster-pid.ts';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** It was running already when we came. */
  readonly adopted: boolean;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
}

const POLL_MS = 10;
const ADOPTED_POLL_MS = 250;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

/** Launches the server on `port` and resolves when it accepts connections. Throws `EMBEDDED_START_FAILED`. */
export async function launch(
  cluster: Cluster,
  port: number,
  settings: Readonly<Record<string, string>>,
  onLaunched?: () => void,
): Promise<Postmaster> {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = ['-D', cluster.path, '-p', String(port), ...flags];
  const command = await commandAs(cluster.account, cluster.postgres, args, [join(cluster.path, 'PG_VERSION')]);
  const log = await openLog(cluster.logPath);
  const from = (await log.stat()).size;
  // A process group of its own: Ctrl-C in a terminal is for us, and we stop the server when our work is done.
  const child = spawn(command.file, command.args, {
    ...command.ids,
    env: cluster.env,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  const exited = Promise.race([once(child, 'exit'), once(child, 'error')]).then(() => undefined);
  child.unref();
  onLaunched?.();
  await log.close();
  let ended = false;
  void exited.then(() => (ended = true));
  for (;;) {
    const file = await readPostmasterFile(cluster.path);
    if (file?.ready && file.pid === child.pid) return { pid: file.pid, port, adopted: false, exited };
    if (ended) throw await startFailure(cluster.logPath, from);
    await delay(POLL_MS);
  }
}

/**
 * The server that already runs on the cluster, left over by a process that was killed; undefined when there is none.
 * Waits while it is starting or stopping. A note of a dead server is removed, so that the next one starts at once.
 */
export async function adopt(cluster: Cluster): Promise<Postmaster | undefined> {
  for (;;) {
    const file = await readPostmasterFile(cluster.path);
    if (!file) return undefined;
    if (!(await isLivingPostgres(file.pid, cluster.path))) {
      await rm(join(cluster.path, 'postmaster.pid'), { force: true });
      return undefined;
    }
    if (file.ready) return { pid: file.pid, port: file.port, adopted: true, exited: watchPid(file.pid, cluster.path) };
    await delay(POLL_MS);
  }
}

async function watchPid(pid: number, cluster: string): Promise<void> {
  // Not our child: the system tells nobody but its parent of its end, so we look.
  while (await isLivingPostgres(pid, cluster)) await delay(ADOPTED_POLL_MS, undefined, { ref: false });
}

async function openLog(path: string): Promise<Awaited<ReturnType<typeof open>>> {
  const size = await stat(path).then(
    (entry) => entry.size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await rename(path, `${path}.1`);
  return open(path, 'a', 0o600);
}

/** The last server of the cluster is not quite gone: its lock or its shared memory is still there for a moment. */
export class ServerNotGoneError extends PostgresError {}

async function startFailure(logPath: string, from: number): Promise<PostgresError> {
  const text = (await readFile(logPath)).subarray(from).toString();
  const lines = text
    .trim()
    .split('\n')
    .filter((line) => /FATAL|HINT|ERROR|could not/.test(line));
  const why = lines.slice(-4).join(' | ') || 'it ended without a word';
  const mend = /Address already in use/.test(text) ? 'free the port or choose another' : `read ${logPath}`;
  const transient = /pre-existing shared memory block|lock file .* already exists/.test(text);
  const Failure = transient ? ServerNotGoneError : PostgresError;
  return new Failure('EMBEDDED_START_FAILED', `the embedded Postgres did not start: ${why}`, mend);
}
