/**
 * Which of several schedulers is the active one: whoever holds a session lock of the database.
 *
 * Owns: one connection and the lock on it. Does not own: what follows from being active. Not needed for
 * correctness (the key of run_event is), only so that two schedulers do not dispatch the same tasks.
 *
 * A connection that breaks loses the lock. Whoever gets it next writes itself into `leader`; one that
 * finds its own name there knows that nobody was active in between.
 */
import pg from 'pg';
import type { Leadership } from '../../app/leadership.ts';

/** What being a candidate needs. */
export interface PostgresLeadershipOptions {
  readonly databaseUrl: string;
  readonly schedulerId: string;
  /**
   * Called when this scheduler has become the active one, before it says so. `continued`: it was the last one, too.
   */
  readonly onActive: (continued: boolean) => Promise<void>;
  /** Told of every failed try; the next one follows. */
  readonly onRetry: (error: unknown) => void;
}

const RETRY_MS = 250;
const LOCK_KEY = 'skein.scheduler.leader';

/** A candidate. */
export class PostgresLeadership implements Leadership, AsyncDisposable {
  readonly #options: PostgresLeadershipOptions;
  readonly #first = Promise.withResolvers<void>();
  #client: pg.Client | undefined;
  #active = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #isActive = false;

  constructor(options: PostgresLeadershipOptions) {
    this.#options = options;
    this.#active.abort();
    void this.#campaign();
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  get activeSignal(): AbortSignal {
    return this.#active.signal;
  }

  /** Resolves after the first try, whatever came of it. */
  get firstTry(): Promise<void> {
    return this.#first.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#stepDown();
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }

  async #campaign(): Promise<void> {
    try {
      if (await this.#tryOnce()) return;
    } catch (error) {
      this.#dropClient();
      if (!this.#stopped) this.#options.onRetry(error);
    } finally {
      this.#first.resolve();
    }
    if (this.#stopped || this.#isActive) return;
    this.#timer = setTimeout(() => void this.#campaign(), RETRY_MS);
  }

  async #tryOnce(): Promise<boolean> {
    const client = this.#client ?? (await this.#connect());
    const lock = await client.query<{ locked: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
      [LOCK_KEY],
    );
    if (lock.rows[0]?.locked !== true) return false;
    const { schedulerId, onActive } = this.#options;
    const previous = await client.query<{ scheduler_id: string | null }>(
      `with before as (select scheduler_id from scheduler.leader)
       insert into scheduler.leader (scheduler_id) values ($1)
       on conflict (only_row) do update set scheduler_id = excluded.scheduler_id, since = now()
       returning (select scheduler_id from before)`,
      [schedulerId],
    );
    await onActive(previous.rows[0]?.scheduler_id === schedulerId);
    if (this.#stopped || this.#client !== client) return false;
    this.#active = new AbortController();
    this.#isActive = true;
    return true;
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#options.databaseUrl,
      application_name: 'skein-scheduler-leader',
      keepAlive: true,
      connectionTimeoutMillis: 5000,
    });
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    await client.connect();
    if (this.#stopped) {
      await client.end();
      throw new Error('the candidate was stopped while it connected');
    }
    this.#client = client;
    return client;
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client || this.#stopped) return;
    this.#client = undefined;
    const wasActive = this.#isActive;
    this.#stepDown();
    if (wasActive) void this.#campaign();
  }

  #stepDown(): void {
    this.#isActive = false;
    this.#active.abort();
  }

  #dropClient(): void {
    const client = this.#client;
    this.#client = undefined;
    client?.end().catch(() => {});
  }
}
