/**
 * Packages as folders in which programs run.
 *
 * Owns how they are written and read. Does not own where they are, nor for how long.
 *  1. Nobody writes to them: files and folders are read-only, and files keep whether they may be executed.
 *  2. What is read is everything that is there: a file more or less is another digest.
 */
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { PackageInvalidError } from './package-errors.ts';
import { digestOfPrints, printOf, safePath, type FilePrint, type PackageFiles } from './package-files.ts';

const READ_ONLY = 0o444;
const READ_AND_EXECUTE = 0o555;
const OWN_FOLDER = 0o700;
const FILES_AT_A_TIME = 8;

/** Writes the files into a folder, which must not be there yet. What it leaves behind when it throws is for `removeFolder`. */
export async function writeFolder(folder: string, files: PackageFiles): Promise<void> {
  await mkdir(folder, { mode: OWN_FOLDER });
  const folders = new Set<string>([folder]);
  for (const path of files.keys()) {
    const target = join(folder, safePath(path));
    if (folders.has(dirname(target))) continue;
    await mkdir(dirname(target), { recursive: true, mode: OWN_FOLDER });
    for (let above = dirname(target); !folders.has(above); above = dirname(above)) folders.add(above);
  }
  await someAtATime([...files], ([path, { data, executable }]) =>
    writeFile(join(folder, safePath(path)), data, { flag: 'wx', mode: executable ? READ_AND_EXECUTE : READ_ONLY }),
  );
  for (const each of folders) await chmod(each, READ_AND_EXECUTE);
}

/** The digest of what is in a folder, whoever wrote it. @throws PackageInvalidError for links; Error where it cannot be read. */
export async function digestOfFolder(folder: string): Promise<string> {
  const prints: FilePrint[] = [];
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  await someAtATime(entries, async (entry) => {
    if (entry.isDirectory()) return;
    const file = join(entry.parentPath, entry.name);
    const path = safePath(relative(folder, file).split(sep).join('/'));
    if (!entry.isFile()) throw new PackageInvalidError(path, 'is a link or a device');
    const executable = ((await stat(file)).mode & 0o100) !== 0;
    prints.push(printOf(path, { data: await readFile(file), executable }));
  });
  return digestOfPrints(prints);
}

/** Removes a folder that `writeFolder` wrote, or began to. Repeatable. */
export async function removeFolder(folder: string): Promise<void> {
  // Who may not write to a folder cannot empty it.
  const makeWritable = async (at: string): Promise<void> => {
    await chmod(at, OWN_FOLDER);
    const below = await readdir(at, { withFileTypes: true });
    for (const entry of below) if (entry.isDirectory()) await makeWritable(join(at, entry.name));
  };
  await makeWritable(folder).catch(() => {});
  await rm(folder, { recursive: true, force: true });
}

/** Packages may have thousands of files, of which each alone takes longer to wait for than to write. */
async function someAtATime<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  let isFailed = false;
  const workOn = async () => {
    for (const item of rest) {
      if (isFailed) return;
      await work(item).catch((error: unknown) => {
        isFailed = true;
        throw error;
      });
    }
  };
  // When this throws nobody is at work any more: what is there can be removed.
  const done = await Promise.allSettled(Array.from({ length: FILES_AT_A_TIME }, workOn));
  for (const each of done) if (each.status === 'rejected') throw each.reason;
}
