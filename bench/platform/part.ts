import { join } from 'node:path';
import type { ChildCommand } from './child.ts';
import { shippedEnvironment } from './environment.ts';
import type { PlatformOptions } from './platform.ts';

/** A process of the platform as it is started, again and again if need be. */
export interface Part {
  readonly name: string;
  readonly program: NodeProgram | BinaryProgram;
  /** Settings; asked for at every start, when all parts before this one are ready. */
  readonly env?: () => Promise<Readonly<Record<string, string>>>;
  readonly isReady: () => Promise<boolean>;
}

interface NodeProgram {
  readonly kind: 'node';
  /** Options of Node itself. */
  readonly flags?: readonly string[];
  readonly entry: string;
  readonly args?: readonly string[];
}

interface BinaryProgram {
  readonly kind: 'binary';
  readonly file: string;
  readonly args: readonly string[];
}

/** Where a part writes. */
export interface PartPlace {
  readonly logDir: string;
  readonly profileDir?: string;
  readonly tracesUrl?: string;
}

/** Where the parts of a platform in a directory write. */
export function placeOf({ directory, profileDir, tracesUrl }: PlatformOptions): PartPlace {
  return { logDir: join(directory, 'logs'), ...(profileDir && { profileDir }), ...(tracesUrl && { tracesUrl }) };
}

/** What starts a part. */
export async function commandOf(part: Part, { logDir, profileDir, tracesUrl }: PartPlace): Promise<ChildCommand> {
  const { name, program } = part;
  const log = join(logDir, `${name}.log`);
  const tracing = tracesUrl === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: tracesUrl };
  const settings = { ...tracing, ...(await part.env?.()) };
  if (program.kind === 'binary') {
    return { file: program.file, args: program.args, env: shippedEnvironment(settings), log };
  }
  const { flags = [], entry, args = [] } = program;
  if (profileDir === undefined) {
    return { file: process.execPath, args: [...flags, entry, ...args], env: shippedEnvironment(settings), log };
  }
  const preload = join(import.meta.dirname, '../profile/preload.ts');
  const env = shippedEnvironment({ ...settings, BENCH_PROFILE_FILE: join(profileDir, `${name}.cpuprofile`) });
  return { file: process.execPath, args: [...flags, '--import', preload, entry, ...args], env, log };
}
