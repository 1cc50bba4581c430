import { join } from 'node:path';
import type { ChildCommand } from './child.ts';
import { shippedEnvironment } from './environment.ts';

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
}

/** What starts a part. */
export async function commandOf(part: Part, { logDir, profileDir }: PartPlace): Promise<ChildCommand> {
  const { name, program } = part;
  const log = join(logDir, `${name}.log`);
  const settings = (await part.env?.()) ?? {};
  if (program.kind === 'binary') {
    return { file: program.file, args: program.args, env: shippedEnvironment(settings), log };
  }
  const { entry, args = [] } = program;
  if (profileDir === undefined) {
    return { file: process.execPath, args: [entry, ...args], env: shippedEnvironment(settings), log };
  }
  const preload = join(import.meta.dirname, '../profile/preload.ts');
  const env = shippedEnvironment({ ...settings, BENCH_PROFILE_FILE: join(profileDir, `${name}.cpuprofile`) });
  return { file: process.execPath, args: ['--import', preload, entry, ...args], env, log };
}
