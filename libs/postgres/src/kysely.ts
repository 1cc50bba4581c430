import { Kysely, PostgresDialect } from 'kysely';
import type { Pool } from './pool.ts';

/** A typed query builder over a pool. Ending the pool ends it; do not `destroy` it while others use the pool. */
export function createKysely<Database>(pool: Pool): Kysely<Database> {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}
