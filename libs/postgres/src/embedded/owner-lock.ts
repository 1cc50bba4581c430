/**
 * One process at a time owns a data directory. The lock is the operating system's own on a small SQLite file, so it goes
 * with its holder, however that ends; there is no stale lock to detect.
 *
 * I1. Whoever holds the lock is the only one that starts or stops the server of the directory.
 * I2. `owner.json` is a note for others, written by the holder; it counts only while the lock is held by somebody.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What the holder tells others. `url` is undefined until its server is ready. */
export interface OwnerNote {
  readonly pid: number;
  readonly url?: string;
}

const PRIVATE_MODE = 0o600;
const SQLITE_BUSY = 5;

export class OwnerLock {
  readonly #directory: string;
  readonly #database: DatabaseSync;

  private constructor(directory: string, database: DatabaseSync) {
    this.#directory = directory;
    this.#database = database;
  }

  /** Takes the lock, or returns undefined when a living process holds it. */
  static tryTake(directory: string): OwnerLock | undefined {
    const database = new DatabaseSync(join(directory, 'lock.db'));
    try {
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      return new OwnerLock(directory, database);
    } catch (error) {
      database.close();
      if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
      throw error;
    }
  }

  async note(note: OwnerNote): Promise<void> {
    const path = join(this.#directory, 'owner.json');
    await writeFile(`${path}.new`, JSON.stringify(note), { mode: PRIVATE_MODE });
    await rename(`${path}.new`, path);
  }

  async release(): Promise<void> {
    if (!this.#database.isOpen) return;
    await rm(join(this.#directory, 'owner.json'), { force: true });
    this.#database.close();
  }
}

/** The holder's note; undefined when there is none yet. */
export async function readOwnerNote(directory: string): Promise<OwnerNote | undefined> {
  const text = await readFile(join(directory, 'owner.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as OwnerNote);
}
