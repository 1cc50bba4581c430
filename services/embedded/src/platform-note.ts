import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a running platform leaves in its data folder, so that others find it. */
export interface PlatformNote {
  readonly mode: 'embedded';
  readonly pid: number;
  /** Base URL of the API. */
  readonly api_url: string;
  /** Base URL of /healthz, /readyz and /metrics. */
  readonly admin_url: string;
  /** RFC 3339. */
  readonly started_at: string;
}

const FILE = 'platform.json';

/** Writes the note whole or not at all. */
export async function writePlatformNote(dataDir: string, note: PlatformNote): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const temporary = join(dataDir, `${FILE}.${note.pid}`);
  await writeFile(temporary, `${JSON.stringify(note, null, 2)}\n`);
  await rename(temporary, join(dataDir, FILE));
}

/** The note of a platform whose process lives; undefined where there is none. */
export async function readPlatformNote(dataDir: string): Promise<PlatformNote | undefined> {
  try {
    const note = JSON.parse(await readFile(join(dataDir, FILE), 'utf8')) as PlatformNote;
    return isAlive(note.pid) ? note : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the note that this process wrote. */
export async function removePlatformNote(dataDir: string): Promise<void> {
  await rm(join(dataDir, FILE), { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
