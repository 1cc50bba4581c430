/**
 * What runs of a distributed platform, as `platform.json` in its folder.
 *
 * I1. A process is noted before anything is done with it, so that `down` finds whatever `up` has started.
 * I2. The file is replaced whole; a reader never sees half of it.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSameProcess } from '../platform/live-process.ts';
import { NOTE_FILE } from '../platform/platform-note.ts';

/** One process. */
export interface PartRecord {
  readonly pid: number;
  /** Tells the process from a later one with the same pid. */
  readonly start_mark: string;
  /** By use: rpc, admin, http, sql, bus. */
  readonly ports: Readonly<Record<string, number>>;
  /** File with everything it writes. */
  readonly log: string;
}

/** The whole platform. */
export interface DistributedRecord {
  readonly mode: 'distributed';
  readonly api_url: string;
  readonly started_at: string;
  /** By name, in the order they were started. */
  readonly services: Readonly<Record<string, PartRecord>>;
}

/** The record in a folder; undefined where nothing was started. */
export async function readRecord(directory: string): Promise<DistributedRecord | undefined> {
  const text = await readFile(join(directory, NOTE_FILE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as DistributedRecord);
}

export async function writeRecord(directory: string, record: DistributedRecord): Promise<void> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, NOTE_FILE);
  await writeFile(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`);
  await rename(`${path}.new`, path);
}

export async function removeRecord(directory: string): Promise<void> {
  await rm(join(directory, NOTE_FILE), { force: true });
}

/** Names of the parts whose process still runs. */
export async function runningParts(record: DistributedRecord | undefined): Promise<Set<string>> {
  const parts = Object.entries(record?.services ?? {});
  const alive = await Promise.all(parts.map(([, { pid, start_mark }]) => isSameProcess(pid, start_mark)));
  return new Set(parts.filter((_, index) => alive[index]).map(([name]) => name));
}
