import { closeSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Sink } from '../host.ts';

/** A destination for the lines of a logger. */
export interface LogFile extends Disposable {
  readonly path: string;
  write(line: string): void;
}

const MAX_BYTES = 16 * 1024 * 1024;
const URGENT = /"level":"(?:warn|error|fatal)"/;

/**
 * Appends every line to a file, so that what went wrong can be read afterwards; lines of level warn and above go to
 * `urgent` too. A file that has grown over 16 MiB is begun anew.
 */
export function openLogFile(path: string, urgent?: Sink): LogFile {
  mkdirSync(dirname(path), { recursive: true });
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  // Written synchronously: a crash must not lose the lines that explain it.
  const file = openSync(path, size > MAX_BYTES ? 'w' : 'a');
  return {
    path,
    write(line) {
      writeSync(file, line);
      if (urgent && URGENT.test(line)) urgent.write(line);
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}
