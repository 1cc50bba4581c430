/** Packages and keys as files of this machine. */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { packArchive, readArchive, readFolder, type PackageFiles } from '@skein/packages';
import { CliError, invalidValue } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { withPackageTrouble } from './package-trouble.ts';

/** Whether it is a folder or an archive; undefined: neither is there. */
export async function localKind(path: string): Promise<'folder' | 'archive' | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isDirectory() ? 'folder' : 'archive';
}

/** The files of a package in a folder or an archive. */
export async function readLocal(path: string): Promise<PackageFiles> {
  const kind = await localKind(path);
  if (kind === undefined) throw invalidValue(path, 'there is no such folder or file', 'give a folder, or a .tar.gz');
  return withPackageTrouble(async () => (kind === 'folder' ? readFolder(path) : readArchive(await readFile(path))));
}

/** The archive of a package in a folder or an archive, as it is. */
export async function localArchive(path: string): Promise<Uint8Array> {
  if ((await localKind(path)) === 'archive') return readFile(path);
  const files = await readLocal(path);
  return withPackageTrouble(() => packArchive(files));
}

/** A key in a file. */
export async function readKey(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw invalidValue(path, 'this file cannot be read', 'give the file that `skein packages keygen` wrote', cause);
  });
}

/** Writes a file that is there whole or not at all. `mode` is its permissions. */
export async function writeWhole(path: string, content: Uint8Array | string, mode = 0o644): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await writeFile(partial, content, { mode });
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw new CliError({
      reason: 'FILE_NOT_WRITABLE',
      message: `cannot write ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      place: path,
      remedy: 'check the path and its permissions',
      exitCode: EXIT.refused,
      cause,
    });
  }
}
