/** Connection pools: one per service and database. Idle connections that break are dropped, never thrown. */
import { metrics } from '@opentelemetry/api';
import type { ObservableResult } from '@opentelemetry/api';
import pg from 'pg';

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;

export interface PoolOptions {
  /** Most connections at a time. Default 10. */
  readonly max?: number;
  /** Shown in pg_stat_activity and in the pool's metrics. */
  readonly applicationName: string;
  /** First on the search path of every connection. Default: the server's own. */
  readonly schema?: string;
  /** Longest wait for a free or new connection, in milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Told of idle connections that broke; the pool has already dropped them. Default: nobody is told. */
  readonly onIdleError?: (error: Error) => void;
}

const INT8_OID = 20;
const IDLE_TIMEOUT_MS = 30_000;

/** bigint columns become numbers; a value that a number cannot hold fails its query instead of losing digits. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a number: select it as text`);
  return value;
}

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID && format !== 'binary'
      ? parseInt8
      : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
};

/** Counts its connections while it is open. */
class ObservedPool extends pg.Pool {
  readonly #gauge = metrics.getMeter('skein.postgres').createObservableGauge('postgres_pool_connections', {
    description: 'Connections of a pool by state: used, idle, and callers waiting for one',
  });
  readonly #observe: (result: ObservableResult) => void;

  constructor(config: pg.PoolConfig, name: string) {
    super(config);
    this.#observe = (result) => {
      result.observe(this.totalCount - this.idleCount, { pool: name, state: 'used' });
      result.observe(this.idleCount, { pool: name, state: 'idle' });
      result.observe(this.waitingCount, { pool: name, state: 'waiting' });
    };
    this.#gauge.addCallback(this.#observe);
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    this.#gauge.removeCallback(this.#observe);
    return callback ? super.end(callback) : super.end();
  }
}

/**
 * Opens no connection before the first query. After a restart of Postgres the pool reconnects by itself: queries in
 * flight fail with the driver's error, the next ones get new connections. `end()` it when done.
 */
export function createPool(url: string, options: PoolOptions): Pool {
  const { max = 10, applicationName, schema, connectTimeoutMs = 10_000, onIdleError } = options;
  const pool = new ObservedPool(
    {
      connectionString: url,
      max,
      application_name: applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      keepAlive: true,
      types,
      ...(schema === undefined ? {} : { options: `-c search_path=${schema}` }),
    },
    applicationName,
  );
  // Without listeners a connection that breaks, idle or in use, would end the process. One in use also fails its query.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', (error) => {
    // The driver hangs the whole client on the error, secrets and all; no log may see that.
    Reflect.deleteProperty(error, 'client');
    // A pool that ends lets go of its connections before they are closed; what they say then matters to nobody.
    if (!pool.ending) onIdleError?.(error);
  });
  return pool;
}
