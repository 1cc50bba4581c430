import { createHash } from 'node:crypto';
import { PackageInvalidError } from './package-errors.ts';

/** A file of a package. */
export interface PackageFile {
  readonly data: Buffer;
  readonly executable: boolean;
}

/** The files of a package by their paths, `/` between the parts. */
export type PackageFiles = ReadonlyMap<string, PackageFile>;

/** What a package says of itself. */
export const MANIFEST_FILE = 'agent.yaml';
/** Who says that it is theirs; not part of the digest. */
export const SIGNATURE_FILE = 'signature.json';

/** Bounds of a package. */
export const PACKAGE_LIMITS = Object.freeze({
  archiveBytes: 12 * 1024 * 1024,
  unpackedBytes: 64 * 1024 * 1024,
  files: 10_000,
  pathChars: 255,
});

/** Control characters, and what some file systems read as something else. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f\\:*?"<>|]/;

/** The path as packages have it. @throws PackageInvalidError where it leads elsewhere, or means another file on some systems. */
export function safePath(written: string): string {
  const path = written.replace(/^(\.\/)+/, '').normalize('NFC');
  const fault = (problem: string) => new PackageInvalidError(written.slice(0, 300), problem);
  if (path.length > PACKAGE_LIMITS.pathChars) {
    throw fault(`the path is longer than ${PACKAGE_LIMITS.pathChars} characters`);
  }
  if (UNSAFE.test(path) || !path.isWellFormed()) throw fault('the path has characters that not every system keeps');
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw fault('give a path below the folder of the package, without `.` and `..`');
  }
  return path;
}

/** Refuses what could not be written to every file system side by side. @throws PackageInvalidError */
export function checkFiles(files: PackageFiles): void {
  let sizeBytes = 0;
  const seen = new Set<string>();
  const folders = new Set<string>();
  for (const [path, { data }] of files) {
    sizeBytes += data.length;
    const folded = path.toLowerCase();
    if (seen.has(folded)) throw new PackageInvalidError(path, 'there is another file of this name but for its case');
    seen.add(folded);
    for (let slash = folded.indexOf('/'); slash !== -1; slash = folded.indexOf('/', slash + 1)) {
      folders.add(folded.slice(0, slash));
    }
  }
  for (const path of files.keys()) {
    if (folders.has(path.toLowerCase())) throw new PackageInvalidError(path, 'it is both a file and a folder');
  }
  if (files.size > PACKAGE_LIMITS.files) throw tooMany();
  if (sizeBytes > PACKAGE_LIMITS.unpackedBytes) throw tooLarge();
}

/** More files than a package has. */
export function tooMany(): PackageInvalidError {
  return new PackageInvalidError('', `a package has at most ${PACKAGE_LIMITS.files} files`);
}

/** More bytes than a package has. */
export function tooLarge(): PackageInvalidError {
  const { archiveBytes, unpackedBytes } = PACKAGE_LIMITS;
  const problem = `a package has at most ${archiveBytes} bytes, ${unpackedBytes} unpacked; put large things into an image`;
  return new PackageInvalidError('', problem);
}

/**
 * `sha256:` and 64 digits over the path, mode and content of every file but the signature. The order and compression in
 * an archive do not matter to it.
 */
export function digestOf(files: PackageFiles): string {
  return digestOfPrints(Array.from(files, ([path, file]) => printOf(path, file)));
}

/** What the digest takes of a file. */
export interface FilePrint {
  readonly path: string;
  readonly executable: boolean;
  /** SHA-256 of its content, in hexadecimal. */
  readonly content: string;
}

/** What the digest takes of this file. */
export function printOf(path: string, { data, executable }: PackageFile): FilePrint {
  return { path, executable, content: createHash('sha256').update(data).digest('hex') };
}

/** The digest of the files that these are of, in any order. */
export function digestOfPrints(prints: readonly FilePrint[]): string {
  const hash = createHash('sha256').update('skein-package-v1\n');
  const counted = prints.filter(({ path }) => path !== SIGNATURE_FILE);
  for (const { path, executable, content } of counted.toSorted((a, b) => compareBytes(a.path, b.path))) {
    hash.update(`${content} ${executable ? 'x' : '-'} ${path}\n`);
  }
  return `sha256:${hash.digest('hex')}`;
}

const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
