import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modeDirectory, type Settings } from '../settings.ts';
import { isRunning } from './live-process.ts';

export type Mode = 'embedded' | 'distributed';

/** `platform.json`: what a running platform says of itself in its folder. */
export interface PlatformNote {
  readonly mode: Mode;
  readonly api_url: string;
  readonly started_at: string;
  /** Base URL of /readyz and /metrics, of an embedded platform. */
  readonly admin_url?: string;
  /** The process of an embedded platform. */
  readonly pid?: number;
  /** The processes of a distributed one. */
  readonly services?: Readonly<Record<string, { readonly pid: number }>>;
}

/** Name of the file in a mode's folder. */
export const NOTE_FILE = 'platform.json';

/** The note of a mode; undefined where there is none. */
export async function readNote(settings: Settings, mode: Mode): Promise<PlatformNote | undefined> {
  const text = await readFile(join(modeDirectory(settings, mode), NOTE_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as PlatformNote;
  } catch {
    // Cut short by a crash while it was written: as good as none.
    return undefined;
  }
}

/** The notes of platforms whose process lives, newest first. */
export async function livePlatforms(settings: Settings): Promise<PlatformNote[]> {
  const notes = await Promise.all((['embedded', 'distributed'] as const).map((mode) => readNote(settings, mode)));
  const running = await Promise.all(notes.map((note) => isRunning(note === undefined ? 0 : frontPid(note))));
  return notes
    .filter((note, index): note is PlatformNote => note !== undefined && running[index] === true)
    .toSorted((a, b) => b.started_at.localeCompare(a.started_at));
}

/** The process that serves the API. */
function frontPid(note: PlatformNote): number {
  return (note.mode === 'embedded' ? note.pid : note.services?.['gateway']?.pid) ?? 0;
}
