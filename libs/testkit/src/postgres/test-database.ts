import { createPool } from '@skein/postgres';
import type { Pool } from '@skein/postgres';
import pg from 'pg';
import { newDatabaseName } from './database-name.ts';
import { withTestServer } from './test-server.ts';

export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  /** Connection URL, password included. */
  readonly url: string;
  /** A pool that is ended before the database is dropped. */
  pool(max?: number): Pool;
}

/** A fresh, empty database of its own on the shared real Postgres; dropped, with force, when disposed. */
export async function testDatabase(): Promise<TestDatabase> {
  const name = newDatabaseName();
  const serverUrl = await withTestServer(async (url) => {
    await runOnce(url, `CREATE DATABASE ${name}`);
    return url;
  });
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const pools: Pool[] = [];
  return {
    name,
    url: url.href,
    pool: (max = 10) => {
      const pool = createPool(url.href, { max, applicationName: 'skein-test' });
      pools.push(pool);
      return pool;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(pools.filter((pool) => !pool.ending).map((pool) => pool.end()));
      await runOnce(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function runOnce(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
