import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { PackageInvalidError } from './package-errors.ts';
import {
  checkFiles,
  PACKAGE_LIMITS,
  safePath,
  tooLarge,
  tooMany,
  type PackageFile,
  type PackageFiles,
} from './package-files.ts';

/** What no package wants from the folder that it is made of. */
const LEFT_OUT = new Set(['.git', 'node_modules', '.DS_Store']);

/** The files of a folder, without `.git`, `node_modules` and `.DS_Store`. @throws PackageInvalidError, also for links. */
export async function readFolder(folder: string): Promise<PackageFiles> {
  const files = new Map<string, PackageFile>();
  let sizeBytes = 0;
  const read = async (at: string): Promise<void> => {
    for (const entry of await readdir(at, { withFileTypes: true })) {
      if (LEFT_OUT.has(entry.name)) continue;
      const path = join(at, entry.name);
      const name = relative(folder, path).split(sep).join('/');
      if (entry.isDirectory()) {
        await read(path);
        continue;
      }
      if (!entry.isFile()) throw new PackageInvalidError(name, 'leave out links and devices');
      if (files.size >= PACKAGE_LIMITS.files) throw tooMany();
      const { mode, size } = await stat(path);
      sizeBytes += size;
      if (sizeBytes > PACKAGE_LIMITS.unpackedBytes) throw tooLarge();
      files.set(safePath(name), { data: await readFile(path), executable: (mode & 0o100) !== 0 });
    }
  };
  await read(folder);
  checkFiles(files);
  return files;
}
