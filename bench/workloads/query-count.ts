/** Counts what a Postgres is asked, by letting it write every statement to its log for a while. */
import { open, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const RELOAD_MS = 200;

/** Statements a second, over so many milliseconds; those that do the counting are left out. */
export async function countQueries(databaseUrl: string, serverLog: string, watchMs: number): Promise<number> {
  await setLogging(databaseUrl, "ALTER SYSTEM SET log_statement = 'all'");
  try {
    const from = await sizeOf(serverLog);
    await delay(watchMs);
    const to = await sizeOf(serverLog);
    return countStatements(await readPart(serverLog, from, to)) / (watchMs / 1000);
  } finally {
    await setLogging(databaseUrl, 'ALTER SYSTEM RESET log_statement');
  }
}

/** Statements in a piece of a server log, simple and prepared ones. */
export function countStatements(log: string): number {
  return [...log.matchAll(/ LOG: {2}(?:statement|execute [^:]+): /g)].length;
}

/** The session that says so is over, and every server process has heard of it, when this resolves. */
async function setLogging(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
    await client.query('SELECT pg_reload_conf()');
  } finally {
    await client.end();
  }
  await delay(RELOAD_MS);
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size;
}

async function readPart(path: string, from: number, to: number): Promise<string> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
  return buffer.toString('utf8', 0, bytesRead);
}
