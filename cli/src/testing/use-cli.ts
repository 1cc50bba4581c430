import { resolve } from 'node:path';
import type { Environment } from '../host.ts';
import { runCli } from '../run-cli.ts';

/** What a command line came to. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliUse {
  readonly env?: Environment;
  readonly stdin?: string;
  readonly interrupted?: AbortSignal;
}

/** Carries out a command line in this process, with nothing of the process in it. */
export async function useCli(args: readonly string[], use: CliUse = {}): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  const code = await runCli(args, {
    env: use.env ?? {},
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    readStdin: () => Promise.resolve(use.stdin ?? ''),
    interrupted: use.interrupted ?? new AbortController().signal,
    root: resolve(import.meta.dirname, '../../..'),
    node: process.execPath,
  });
  return { code, stdout, stderr };
}
