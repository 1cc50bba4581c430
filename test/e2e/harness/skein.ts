import { join, resolve } from 'node:path';
import { spawnProcess, type SpawnedProcess, type SpawnOptions } from '@skein/testkit';

/** The repository. */
export const ROOT = resolve(import.meta.dirname, '../../..');

/** What a command came to. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Our environment without what would lead a command to some other platform. */
export function cleanEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(SKEIN_|DATABASE_URL$|HTTP_PORT$|LOG_LEVEL$|NODE_TEST_CONTEXT$)/.test(name),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: '1', ...more };
}

/** Starts the real command line as a process of its own. */
export function startSkein(args: readonly string[], options: SpawnOptions = {}): Promise<SpawnedProcess> {
  return spawnProcess(join(ROOT, 'bin/skein'), { env: cleanEnvironment(), ...options, args });
}

/** Runs a command to its end. */
export async function skein(args: readonly string[], options: SpawnOptions = {}): Promise<CommandResult> {
  const child = await startSkein(args, options);
  const { code } = await child.exited;
  return { code, stdout: child.stdout, stderr: child.stderr };
}
