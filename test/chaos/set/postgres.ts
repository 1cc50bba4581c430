/**
 * A Postgres server of the set's own, which can be killed, frozen and starved of room.
 *
 * Owns: a data directory and the server on it. It is run without a supervisor: whoever hurts it brings it back.
 *
 * P1. The port stays the same for the life of the handle.
 * P2. No process of it outlives this one, unless this one is killed outright.
 * P3. It keeps the time of every commit (`track_commit_timestamp`), by a clock that no fault touches.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from '@skein/testkit';
import pg from 'pg';
import { openCluster, SUPERUSER, type Cluster } from '../../../libs/postgres/src/embedded/cluster.ts';
import { lastingPort } from './lasting-port.ts';
import { adopt, launch, type Postmaster } from '../../../libs/postgres/src/embedded/postmaster.ts';

const HOST = '127.0.0.1';
const DATABASE = 'skein';
const START_TIMEOUT_MS = 60_000;
const LONG_MS = 60_000;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  max_connections: '200',
  jit: 'off',
  timezone: 'UTC',
  track_commit_timestamp: 'on',
  // So that its files fit a small disk.
  max_wal_size: '128MB',
  min_wal_size: '32MB',
};

export class ChaosPostgres implements AsyncDisposable {
  readonly port: number;
  readonly #cluster: Cluster;
  #server: Postmaster | undefined;

  private constructor(cluster: Cluster, port: number) {
    this.#cluster = cluster;
    this.port = port;
  }

  /** Makes the server's files in `directory`, starts it and makes the database. */
  static async start(directory: string): Promise<ChaosPostgres> {
    const postgres = new ChaosPostgres(await openCluster(directory), await lastingPort());
    process.once('exit', () => signalAll(postgres.#server === undefined ? [] : [postgres.#server.pid], 'SIGQUIT'));
    await postgres.ensureRunning();
    const client = new pg.Client({ connectionString: postgres.url(postgres.port, 'postgres') });
    await client.connect();
    await client.query(`CREATE DATABASE ${DATABASE}`);
    await client.end();
    return postgres;
  }

  /** The file it logs to. */
  get logPath(): string {
    return this.#cluster.logPath;
  }

  /** Its address through any port that leads to it. */
  url(port: number, database = DATABASE): string {
    return `postgres://${SUPERUSER}:${this.#cluster.password}@${HOST}:${port}/${database}`;
  }

  /** Starts it where it does not run, as often as it takes; resolves when it takes connections. */
  async ensureRunning(): Promise<void> {
    await eventually(
      async () => {
        this.#server = (await adopt(this.#cluster)) ?? (await launch(this.#cluster, this.port, SETTINGS));
        return this.#answers();
      },
      { describe: 'Postgres to start', timeoutMs: START_TIMEOUT_MS },
    );
  }

  /** Ends it at once; resolves when the postmaster is gone. `whole`: with every backend, at the same moment. */
  async kill(whole: boolean): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    signalAll(whole ? await this.#processes() : [server.pid], 'SIGKILL');
    await gone(server);
  }

  /** Freezes every process of it. */
  async pause(): Promise<void> {
    signalAll(await this.#processes(), 'SIGSTOP');
  }

  async resume(): Promise<void> {
    signalAll(await this.#processes(), 'SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    await this.resume();
    // Nothing of it is needed any more.
    signalAll([server.pid], 'SIGQUIT');
    await gone(server);
  }

  async #answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url(this.port, 'postgres'), connectionTimeoutMillis: 1000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
      return true;
    } finally {
      await client.end();
    }
  }

  /** The postmaster first, so that it starts nothing new meanwhile. */
  async #processes(): Promise<number[]> {
    const parent = this.#server?.pid;
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
    const rows = stdout.trim().split('\n');
    const ids = rows.map((row) => row.trim().split(/\s+/).map(Number));
    const children = ids.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
    return parent === undefined ? [] : [parent, ...children];
  }
}

/** The server keeps no process alive that waits for its end. */
async function gone({ exited }: Postmaster): Promise<void> {
  const alive = setInterval(() => undefined, LONG_MS);
  await exited;
  clearInterval(alive);
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself meanwhile.
    }
  }
}
