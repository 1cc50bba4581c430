/** What this machine's Postgres and disk do, with nothing of ours in between. */
import pg from 'pg';
import { closedLoop } from '../load/closed-loop.ts';

const DATABASE = 'bench_yardstick';
const TABLE = 'CREATE TABLE IF NOT EXISTS yard (id bigserial PRIMARY KEY, k text NOT NULL, body jsonb NOT NULL)';
const BODY = JSON.stringify({ pad: 'x'.repeat(200) });
const BATCH = 100;
const ONE_ROW = { name: 'row', text: 'INSERT INTO yard (k, body) VALUES ($1, $2)' };
const MANY_ROWS = { name: 'rows', text: 'INSERT INTO yard (k, body) SELECT * FROM unnest($1::text[], $2::jsonb[])' };

/** Rows a second. */
export interface CommitRates {
  /** Each row a commit of its own, durable before the next: one connection, and sixteen. */
  readonly commits_per_s_c1: number;
  readonly commits_per_s_c16: number;
  /** A hundred rows a commit, one connection. */
  readonly batched_rows_per_s: number;
}

/** Measures for so long each. The connections are closed afterwards, for their memory is not the platform's. */
export async function commitRates(databaseUrl: string, maxMs: number): Promise<CommitRates> {
  const connectionString = await yardDatabase(databaseUrl);
  const pool = new pg.Pool({ connectionString, max: 16 });
  try {
    await pool.query(TABLE);
    await pool.query('TRUNCATE yard');
    let number = 0;
    const oneRow = async (): Promise<void> => void (await pool.query(ONE_ROW, [`row-${(number += 1)}`, BODY]));
    const keys = Array.from({ length: BATCH }, (_, index) => `key-${index}`);
    const bodies = keys.map(() => BODY);
    const manyRows = async (): Promise<void> => void (await pool.query(MANY_ROWS, [keys, bodies]));
    const rate = async (concurrency: number, work: () => Promise<void>): Promise<number> => {
      const { runs, seconds, errors, firstErrors } = await closedLoop({ concurrency, maxMs }, work);
      if (errors > 0) throw new Error(`the yardstick failed: ${firstErrors.join('; ')}`);
      return Math.round(runs / seconds);
    };
    return {
      commits_per_s_c1: await rate(1, oneRow),
      commits_per_s_c16: await rate(16, oneRow),
      batched_rows_per_s: BATCH * (await rate(1, manyRows)),
    };
  } finally {
    await pool.end();
  }
}

/** The URL of a database of our own on the platform's server. */
async function yardDatabase(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
  return Object.assign(new URL(databaseUrl), { pathname: `/${DATABASE}` }).href;
}
