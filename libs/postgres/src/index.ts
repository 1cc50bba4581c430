export { packBodies, plainColumn, textColumn } from './bulk-parameters.ts';
export { checkDurability } from './durability.ts';
export { startEmbeddedPostgres } from './embedded/embedded-postgres.ts';
export type {
  EmbeddedPostgres,
  EmbeddedPostgresElsewhere,
  EmbeddedPostgresOptions,
} from './embedded/embedded-postgres.ts';
export { readOwnerNote } from './embedded/owner-lock.ts';
export type { OwnerNote } from './embedded/owner-lock.ts';
export type { ServerLog } from './embedded/supervisor.ts';
export { findDefects } from './find-defects.ts';
export { createKysely } from './kysely.ts';
export { migrate } from './migrate.ts';
export type { MigrateOptions } from './migrate.ts';
export { createPool } from './pool.ts';
export type { Pool, PoolClient, PoolOptions } from './pool.ts';
export { PostgresError } from './postgres-error.ts';
export type { PostgresReason } from './postgres-error.ts';
export { withTransaction } from './transaction.ts';
export { isUnreachable } from './unreachable.ts';
