/**
 * The session of one registry process with the database: it hears of changes, and holds the lock of the process that
 * probes.
 *
 * Owns one connection, which it makes again for as long as it lives. Does not own what is done with the news.
 *
 * R1. After every connect, `onConnected` is called once notices are heard: whatever changed before is then read as a
 *     whole, so that no change is missed.
 * R2. The lock is held from `onProbing(true)` to `onProbing(false)`; a connection that breaks ends both. Not needed for
 *     correctness: two processes that probe write the same states twice.
 * R3. A connection that is silently dead is noticed by its beat.
 */
import pg from 'pg';
import { Backoff } from '@skein/lifecycle';
import type { AgentKey } from '../../domain/agent-record.ts';
import { CHANGE_CHANNEL, DEPLOYMENT_CHANNEL, keyOfNotice, LOAD_CHANNEL } from './change-notice.ts';

/** What a session needs. */
export interface RegistrySessionOptions {
  readonly databaseUrl: string;
  readonly onConnected: () => void;
  readonly onChange: (key: AgentKey) => void;
  /** Somebody has written loads. */
  readonly onLoads: () => void;
  /** Somebody has written deployments, or an executor how its instances are. */
  readonly onDeployments: () => void;
  /** Whether this process is the one that probes. */
  readonly onProbing: (probing: boolean) => void;
  /** Told of a connection that broke or was not made; the next one follows. */
  readonly onRetry: (error: unknown) => void;
  /** Time between two beats; default 2,000. */
  readonly beatMs?: number;
}

const LOCK_KEY = 'skein.registry.prober';
const TIMEOUT_MS = 5000;

/** Starts a session; it connects by itself. */
export class RegistrySession implements AsyncDisposable {
  readonly #options: RegistrySessionOptions;
  readonly #backoff = new Backoff({ initialMs: 50, maxMs: 1000 });
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #probing = false;
  #stopped = false;

  constructor(options: RegistrySessionOptions) {
    this.#options = options;
    void this.#beat();
  }

  /** Whether changes are heard now. */
  get isConnected(): boolean {
    return this.#client !== undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#setProbing(false);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }

  async #beat(): Promise<void> {
    try {
      const client = this.#client ?? (await this.#connect());
      await this.#tryLock(client);
      this.#backoff.reset();
      this.#again(this.#options.beatMs ?? 2000);
    } catch (error) {
      this.#drop(this.#client, error);
      this.#again(this.#backoff.nextMs());
    }
  }

  #again(inMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#beat(), inMs);
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#options.databaseUrl,
      application_name: 'skein-registry-session',
      keepAlive: true,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
    });
    const onLost = (error?: Error) => {
      if (this.#client !== client) return;
      this.#drop(client, error ?? new Error('the database closed the connection'));
      this.#again(this.#backoff.nextMs());
    };
    client.on('error', onLost);
    client.on('end', onLost);
    client.on('notification', ({ channel, payload }) => {
      if (this.#client !== client) return;
      if (channel === LOAD_CHANNEL) return this.#options.onLoads();
      if (channel === DEPLOYMENT_CHANNEL) return this.#options.onDeployments();
      const key = keyOfNotice(payload ?? '');
      if (key !== undefined) this.#options.onChange(key);
    });
    try {
      await client.connect();
      await client.query(`listen ${CHANGE_CHANNEL}; listen ${LOAD_CHANNEL}; listen ${DEPLOYMENT_CHANNEL}`);
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
    if (this.#stopped) {
      await client.end();
      throw new Error('the session is closed');
    }
    this.#client = client;
    this.#options.onConnected();
    return client;
  }

  async #tryLock(client: pg.Client): Promise<void> {
    if (this.#probing) {
      await client.query('select 1');
      return;
    }
    const sql = 'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked';
    const { rows } = await client.query<{ locked: boolean }>(sql, [LOCK_KEY]);
    if (rows[0]?.locked === true && this.#client === client) this.#setProbing(true);
  }

  #drop(client: pg.Client | undefined, error: unknown): void {
    if (this.#stopped) return;
    if (client !== undefined && this.#client === client) {
      this.#client = undefined;
      this.#setProbing(false);
      client.end().catch(() => {});
    }
    this.#options.onRetry(error);
  }

  #setProbing(probing: boolean): void {
    if (this.#probing === probing) return;
    this.#probing = probing;
    this.#options.onProbing(probing);
  }
}
