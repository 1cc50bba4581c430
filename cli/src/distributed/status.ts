import { join } from 'node:path';
import { isRunning, isSameProcess } from '../platform/live-process.ts';
import { readNote, type Mode } from '../platform/platform-note.ts';
import { modeDirectory, type Settings } from '../settings.ts';
import { probePart } from './part-runner.ts';
import { probeReadyz, type Probed } from './probe.ts';
import { readRecord } from './record.ts';

/** One process of a platform as it is now. */
export interface PartStatus {
  readonly name: string;
  readonly state: 'READY' | 'NOT READY' | 'DEAD';
  readonly pid: number;
  readonly ports: Readonly<Record<string, number>>;
  readonly log: string;
  /** Why it is not ready. Empty: it is. */
  readonly reason: string;
}

/** A platform of the data directory as it is now. */
export interface PlatformStatus {
  readonly mode: Mode;
  readonly api_url: string;
  readonly parts: readonly PartStatus[];
}

/** Every platform that runs, or should. */
export async function statusOf(settings: Settings): Promise<PlatformStatus[]> {
  const found = await Promise.all([embeddedStatus(settings), distributedStatus(settings)]);
  return found.filter((status) => status !== undefined);
}

async function embeddedStatus(settings: Settings): Promise<PlatformStatus | undefined> {
  const note = await readNote(settings, 'embedded');
  if (note?.pid === undefined) return undefined;
  const { pid, api_url, admin_url: adminUrl } = note;
  // It runs in somebody's foreground: when it has ended, it was meant to or its terminal told.
  if (!(await isRunning(pid))) return undefined;
  const probed: Probed = adminUrl === undefined ? { ready: true } : await probeReadyz(adminUrl);
  const ports = { http: Number(new URL(api_url).port) };
  const log = join(modeDirectory(settings, 'embedded'), 'platform.log');
  return { mode: 'embedded', api_url, parts: [{ name: 'embedded', pid, ports, log, ...stateOf(probed) }] };
}

async function distributedStatus(settings: Settings): Promise<PlatformStatus | undefined> {
  const directory = modeDirectory(settings, 'distributed');
  const record = await readRecord(directory);
  if (!record) return undefined;
  const parts = await Promise.all(
    Object.entries(record.services).map(async ([name, { pid, start_mark, ports, log }]): Promise<PartStatus> => {
      const lives = await isSameProcess(pid, start_mark);
      return { name, pid, ports, log, ...stateOf(lives ? await probePart(name, pid, ports, directory) : undefined) };
    }),
  );
  return { mode: 'distributed', api_url: record.api_url, parts };
}

/** `undefined`: the process has ended. */
function stateOf(probed: Probed | undefined): Pick<PartStatus, 'state' | 'reason'> {
  if (probed === undefined) return { state: 'DEAD', reason: 'the process has ended' };
  return probed.ready ? { state: 'READY', reason: '' } : { state: 'NOT READY', reason: probed.reason };
}
