/** What is known of an embedded Postgres from its folder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOwnerNote } from '@skein/postgres';

/** Process id of the server. */
export function postmasterPid(postgresDir: string): number {
  return Number(readFileSync(join(postgresDir, 'cluster/postmaster.pid'), 'utf8').split('\n', 1)[0]);
}

/** Its URL, once it takes connections; empty before. */
export async function urlOf(postgresDir: string): Promise<string> {
  return (await readOwnerNote(postgresDir))?.url ?? '';
}

/** The server's log. */
export function serverLog(postgresDir: string): string {
  return join(postgresDir, 'server.log');
}
