import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

let found: Promise<string> | undefined;

/** Path of a nats-server: the machine's own, or one that the repository's tool has fetched. Asked once a process. */
export function findNatsServer(): Promise<string> {
  found ??= ensure();
  return found;
}

async function ensure(): Promise<string> {
  const root = resolve(import.meta.dirname, '../../../..');
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'tools/nats/ensure.ts')]);
  return stdout.trim();
}
