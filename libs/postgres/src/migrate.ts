/**
 * Plain numbered forward-only SQL migrations, one directory and one schema for each service.
 *
 * I1. One process migrates a schema at a time (session advisory lock); others wait and then find nothing to do.
 * I2. Each file runs in its own transaction together with its row in `<schema>.migration`: both or neither.
 * I3. An applied file never changes: its checksum is compared at every start.
 * I4. A database newer than the code is fine (old and new versions run side by side) unless one of the unknown steps
 *     is marked breaking.
 */
import pg from 'pg';
import { readMigrations } from './migration-files.ts';
import type { Migration } from './migration-files.ts';
import type { Pool, PoolClient } from './pool.ts';
import { PostgresError } from './postgres-error.ts';

export interface MigrateOptions {
  /** Owned by one service. Made when missing; it is first on the search path while the files run. */
  readonly schema: string;
  /** Holds `0001_name.sql`, `0002_name.sql`, … */
  readonly directory: string;
}

interface AppliedRow {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly breaking: boolean;
}

/** Brings the schema up to date and returns the names of the steps it applied, in order. Throws `PostgresError`. */
export async function migrate(pool: Pool, { schema, directory }: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(directory);
  const client = await pool.connect();
  let failed = true;
  try {
    await client.query(`SELECT pg_advisory_lock(hashtextextended($1, 0))`, [`skein.migrate.${schema}`]);
    const table = `${pg.escapeIdentifier(schema)}.migration`;
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${pg.escapeIdentifier(schema)}`);
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${table} (version int PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
       breaking boolean NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const { rows } = await client.query<AppliedRow>(
      `SELECT version, name, checksum, breaking FROM ${table} ORDER BY version`,
    );
    checkApplied(schema, migrations, rows);
    const missing = migrations.slice(rows.length);
    for (const migration of missing) await apply(client, schema, table, migration);
    await client.query(`SELECT pg_advisory_unlock(hashtextextended($1, 0))`, [`skein.migrate.${schema}`]);
    failed = false;
    return missing.map(({ name }) => name);
  } finally {
    // A connection that failed half-way may still hold the lock: closing it lets go (I1).
    client.release(failed);
  }
}

function checkApplied(schema: string, migrations: readonly Migration[], applied: readonly AppliedRow[]): void {
  for (const row of applied) {
    const known = migrations[row.version - 1];
    const step = `step ${row.version} (${row.name}) of schema ${schema}`;
    if (!known) {
      if (!row.breaking) continue;
      throw new PostgresError(
        'DATABASE_NEWER',
        `the database has the breaking ${step}, which this version does not know`,
        'run the version that made it, or a newer one',
      );
    }
    if (known.checksum === row.checksum) continue;
    throw new PostgresError(
      'MIGRATION_CHANGED',
      `${step} differs from the file that was applied`,
      'restore the file as it was and put the change into a new, higher-numbered file',
    );
  }
}

async function apply(client: PoolClient, schema: string, table: string, migration: Migration): Promise<void> {
  const { version, name, sql, checksum, breaking } = migration;
  try {
    await client.query('BEGIN');
    await client.query(`SET LOCAL search_path TO ${pg.escapeIdentifier(schema)}, public`);
    await client.query(sql);
    await client.query(`INSERT INTO ${table} (version, name, checksum, breaking) VALUES ($1, $2, $3, $4)`, [
      version,
      name,
      checksum,
      breaking,
    ]);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PostgresError(
      'MIGRATION_FAILED',
      `step ${version} (${name}) of schema ${schema} failed: ${why}`,
      'nothing of this step was kept; correct the cause and start again',
      cause,
    );
  }
}
