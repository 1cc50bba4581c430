import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** One process of a distributed platform, as its record has it. */
export interface PartRecord {
  readonly pid: number;
  readonly log: string;
}

/** What a distributed platform says of its processes. */
export async function partsOf(dataDir: string): Promise<Record<string, PartRecord>> {
  const text = await readFile(join(dataDir, 'distributed/platform.json'), 'utf8');
  return (JSON.parse(text) as { services: Record<string, PartRecord> }).services;
}

/** Whether a process runs. One that has ended counts as gone, collected or not. */
export async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return /^[^Z\s]/.test(stdout.trim());
}
