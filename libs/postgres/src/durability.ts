import type { Pool } from './pool.ts';
import { PostgresError } from './postgres-error.ts';

/**
 * Refuses a server that answers before a commit is on disk: with `fsync` or `synchronous_commit` off an acknowledged
 * run could be lost. Throws `DURABILITY_OFF`.
 */
export async function checkDurability(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'off' ORDER BY name`,
  );
  if (rows.length === 0) return;
  const names = rows.map((row) => row.name).join(' and ');
  throw new PostgresError(
    'DURABILITY_OFF',
    `Postgres runs with ${names} off, so an acknowledged run could be lost in a crash`,
    `set ${rows.map((row) => `${row.name} = on`).join(', ')} in postgresql.conf (or for the role or database) and reload`,
  );
}
