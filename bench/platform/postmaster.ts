import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Process id of the server of an embedded Postgres' folder. */
export function postmasterPid(postgresDir: string): number {
  return Number(readFileSync(join(postgresDir, 'cluster/postmaster.pid'), 'utf8').split('\n', 1)[0]);
}
