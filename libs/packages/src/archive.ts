/**
 * Packages as `.tar.gz`.
 *
 * Owns: which archives are packages at all. Does not own: what their files say.
 *  1. Nothing of an archive is trusted: not its sizes, paths or kinds of entries.
 *  2. The same files make the same archive.
 */
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';
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

/** What tar adds to a file at most: its header, one for a long name with that name, and padding. */
const TAR_BYTES_PER_FILE = 4 * 512;
const MAX_TAR_BYTES = PACKAGE_LIMITS.unpackedBytes + PACKAGE_LIMITS.files * TAR_BYTES_PER_FILE;
/** Where gzip says which system it ran on, and what stands for none. */
const GZIP_SYSTEM_BYTE = 9;
const NO_SYSTEM = 255;

/** @throws PackageInvalidError where the files cannot be a package, or are too many. */
export async function packArchive(files: PackageFiles): Promise<Buffer> {
  checkFiles(files);
  const tar = pack();
  const packed = buffer(tar);
  for (const path of [...files.keys()].toSorted()) {
    const { data, executable } = files.get(path) ?? { data: Buffer.alloc(0), executable: false };
    tar.entry({ name: path, mode: executable ? 0o755 : 0o644, mtime: new Date(0), uid: 0, gid: 0 }, data);
  }
  tar.finalize();
  const archive = await promisify(gzip)(await packed, { level: constants.Z_BEST_COMPRESSION });
  archive[GZIP_SYSTEM_BYTE] = NO_SYSTEM;
  if (archive.length > PACKAGE_LIMITS.archiveBytes) throw tooLarge();
  return archive;
}

/** The files of an archive. @throws PackageInvalidError */
export async function readArchive(archive: Uint8Array): Promise<PackageFiles> {
  if (archive.length > PACKAGE_LIMITS.archiveBytes) throw tooLarge();
  const files = new Map<string, PackageFile>();
  const entries = extract();
  try {
    entries.end(await promisify(gunzip)(archive, { maxOutputLength: MAX_TAR_BYTES }));
    for await (const entry of entries) {
      const { name, type, mode } = entry.header;
      if (type === 'directory') {
        entry.resume();
        continue;
      }
      if (type !== 'file') throw new PackageInvalidError(name, `leave out links and devices: this is a ${type}`);
      if (files.size >= PACKAGE_LIMITS.files) throw tooMany();
      const path = safePath(name);
      if (files.has(path)) throw new PackageInvalidError(path, 'is there twice');
      files.set(path, { data: await buffer(entry), executable: (mode & 0o100) !== 0 });
    }
  } catch (cause) {
    if (cause instanceof PackageInvalidError) throw cause;
    if (cause instanceof RangeError) throw tooLarge();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PackageInvalidError('', `this is no .tar.gz: ${why}`, { cause });
  }
  checkFiles(files);
  return files;
}
