import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PostgresError } from './postgres-error.ts';

/** One forward-only step of a schema. */
export interface Migration {
  /** 1, 2, 3 … without a gap. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly checksum: string;
  /** The file's first line is `-- breaking`: code that does not know this step must not run on its result. */
  readonly breaking: boolean;
}

const FILE_NAME = /^(\d{4})_([a-z0-9_]+)\.sql$/;
const MEND = 'name migrations 0001_first_step.sql, 0002_next_step.sql, … without gaps';

/** Reads `0001_name.sql` … in order. Throws `MIGRATION_NAME_INVALID` for other `.sql` names, gaps and doubles. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).toSorted();
  return Promise.all(
    files.map(async (file, index) => {
      const match = FILE_NAME.exec(file);
      const version = Number(match?.[1]);
      if (!match?.[2] || version !== index + 1) {
        throw new PostgresError(
          'MIGRATION_NAME_INVALID',
          `${join(directory, file)} is not migration ${index + 1}`,
          MEND,
        );
      }
      const sql = await readFile(join(directory, file), 'utf8');
      const checksum = createHash('sha256').update(sql).digest('hex');
      return { version, name: match[2], sql, checksum, breaking: /^--\s*breaking\b/i.test(sql) };
    }),
  );
}
