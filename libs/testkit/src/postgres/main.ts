/**
 * The process that keeps the shared test server: started in the background by the first test that needs it, it serves
 * every test process of this checkout and goes when nobody has used it for a while. SIGTERM stops it at once.
 *
 * I1. Only one keeper serves a directory: a second one finds the lock taken and ends.
 * I2. Databases of test processes that no longer live are dropped.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createPool, startEmbeddedPostgres } from '@skein/postgres';
import type { Pool } from '@skein/postgres';
import { databaseOwner, TEST_DATABASE_PREFIX } from './database-name.ts';

const CHECK_MS = 2_000;
const IDLE_LIMIT_MS = 60_000;
const MAX_CONNECTIONS = '600';

const dataDir = process.argv[2] ?? '';
const log = {
  info: (fields: object, message: string) => console.log(message, fields),
  warn: (fields: object, message: string) => console.warn(message, fields),
};

const stopAsked = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopAsked.abort());

const server = await startEmbeddedPostgres({ dataDir, log, settings: { max_connections: MAX_CONNECTIONS } });
if (server.kind === 'started') {
  const pool = createPool(server.url, { max: 1, applicationName: 'skein-test-keeper' });
  await keepUntilIdle(pool);
  await pool.end();
  await server.stop();
}

async function keepUntilIdle(pool: Pool): Promise<void> {
  let idleSinceMs = performance.now();
  while (!stopAsked.signal.aborted && performance.now() - idleSinceMs < IDLE_LIMIT_MS) {
    const used = await dropLeftovers(pool).catch((error: unknown) => {
      log.warn({ error }, 'could not look after the test databases');
      return true;
    });
    if (used) idleSinceMs = performance.now();
    await delay(CHECK_MS, undefined, { signal: stopAsked.signal }).catch(() => undefined);
  }
}

/** Drops the databases of dead processes; true when some of living ones are left. */
async function dropLeftovers(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ datname: string }>('SELECT datname FROM pg_database WHERE datname LIKE $1', [
    `${TEST_DATABASE_PREFIX}%`,
  ]);
  const left = rows.filter(({ datname }) => !isAlive(databaseOwner(datname)));
  for (const { datname } of left) await pool.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
  return left.length < rows.length;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
