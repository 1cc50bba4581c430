/**
 * Files of packages in a folder of this machine, one folder for each digest.
 *
 * Owns those folders. Other executors of the machine may use them at the same time; what one has fetched is the others' too.
 *
 * S1. Files are unpacked beside, and get their name at once: whoever dies before has left nothing that has it.
 * S2. What has the name is read, and its digest compared, before each start. What does not fit is moved away and fetched again:
 *     it was written by somebody else, or the machine has lost power.
 * S3. Of one digest one thing is done at a time, and who comes before it has begun shares it: many that start at once fetch it
 *     once, and have it read twice at most.
 * S4. Archives are fetched one after the other, so that at most one is in memory.
 * S5. Who holds a folder touches it; what nobody has touched for `keepMs` is removed, and so is what somebody left half done.
 */
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rename, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, digestOfFolder, PackageInvalidError, readArchive, removeFolder, writeFolder } from '@skein/packages';
import {
  PackageFetchError,
  type HeldPackage,
  type PackageFolders,
  type PackageKey,
  type PackageSource,
} from '../../app/package-folders.ts';
import { KeyedTurns } from './keyed-turns.ts';

/** Told of what happens to folders. */
export interface PackageStoreObserver {
  fetched(key: PackageKey): void;
  /** A folder was not what it is named for, and is fetched again. */
  spoilt(key: PackageKey): void;
  removed(count: number): void;
  cleaningFailed(error: unknown): void;
}

/** What a store needs. */
export interface PackageStoreOptions {
  /** Made where it is missing. */
  readonly directory: string;
  /** Refuses a directory that belongs to somebody else: others may have made it first. */
  readonly mustBeOwn: boolean;
  readonly source: PackageSource;
  readonly observer: PackageStoreObserver;
  /** How long files stay that nobody uses. Default: 1 h. */
  readonly keepMs?: number;
}

const KEEP_MS = 3_600_000;
/** How often within that time the folders in use are touched. */
const TOUCHES = 6;
const DIGEST = /^sha256:([0-9a-f]{64})$/;
const FOLDER = /^[0-9a-f]{64}$/;
/** Of what is not whole yet, or not any more. */
const BESIDE = '.beside-';

export class PackageStore implements PackageFolders {
  readonly #options: PackageStoreOptions;
  readonly #keepMs: number;
  /** How many hold each folder, by its name. */
  readonly #holders = new Map<string, number>();
  /** What this one has beside at the moment. */
  readonly #beside = new Set<string>();
  readonly #turns = new KeyedTurns();
  /** What has not begun yet. */
  readonly #waiting = new Map<string, Promise<void>>();
  readonly #closed = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #fetching: Promise<unknown> = Promise.resolve();
  #cleaning: Promise<void> | undefined;

  constructor(options: PackageStoreOptions) {
    this.#options = options;
    this.#keepMs = options.keepMs ?? KEEP_MS;
    this.#timer = setInterval(() => void this.clean(), this.#keepMs / TOUCHES).unref();
    void this.clean();
  }

  async hold(namespace: string, key: PackageKey, signal: AbortSignal): Promise<HeldPackage> {
    const name = DIGEST.exec(key.digest)?.[1];
    if (name === undefined) throw new PackageFetchError('PACKAGE_INVALID', key, `has the digest ${key.digest}`);
    this.#count(name, 1);
    let isHeld = true;
    const release = () => {
      if (isHeld) this.#count(name, -1);
      isHeld = false;
    };
    try {
      await unlessAborted(this.#shared(namespace, key, name), AbortSignal.any([signal, this.#closed.signal]));
    } catch (error) {
      release();
      throw error instanceof PackageFetchError ? error : this.#failure(key, error);
    }
    return { path: this.#pathOf(name), [Symbol.dispose]: release };
  }

  /** S5. */
  clean(): Promise<void> {
    this.#cleaning ??= this.#clean()
      .catch((error: unknown) => this.#options.observer.cleaningFailed(error))
      .finally(() => (this.#cleaning = undefined));
    return this.#cleaning;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#closed.abort();
    await this.#cleaning;
    await this.#turns.idle;
  }

  /** S3. */
  #shared(namespace: string, key: PackageKey, name: string): Promise<void> {
    const id = [namespace, key.name, key.version, name].join(' ');
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) return waiting;
    const provided = this.#turns.take(name, () => {
      this.#waiting.delete(id);
      return this.#provide(namespace, key, name);
    });
    this.#waiting.set(id, provided);
    return provided;
  }

  /** S2. */
  async #provide(namespace: string, key: PackageKey, name: string): Promise<void> {
    const { observer } = this.#options;
    const path = this.#pathOf(name);
    await mkdir(this.#options.directory, { recursive: true, mode: 0o700 });
    await this.#checkOwner();
    const found = await digestOfFolder(path).catch(() => undefined);
    if (found !== key.digest) {
      if (await isThere(path)) {
        observer.spoilt(key);
        await this.#setAside(path);
      }
      await this.#inTurn(() => this.#fetch(namespace, key, path));
      observer.fetched(key);
    }
    await touch(path);
  }

  /** S1. */
  async #fetch(namespace: string, key: PackageKey, path: string): Promise<void> {
    this.#closed.signal.throwIfAborted();
    const archive = await this.#options.source.download(namespace, key, this.#closed.signal);
    const files = await readArchive(archive);
    const digest = digestOf(files);
    if (digest !== key.digest) {
      throw new PackageFetchError('PACKAGE_INVALID', key, `came as ${digest}, and was to be ${key.digest}`);
    }
    await this.#aside(async (beside) => {
      await writeFolder(beside, files);
      try {
        await rename(beside, path);
      } catch (error) {
        // Another executor was faster; what it has made is read like everything that is there.
        if ((await digestOfFolder(path).catch(() => undefined)) !== key.digest) throw error;
      }
    });
  }

  /** What runs in it goes on: it is removed when it is old. */
  async #setAside(path: string): Promise<void> {
    const beside = this.#pathOf(`${BESIDE}${randomUUID()}`);
    await rename(path, beside);
    await touch(beside);
  }

  /** Nothing is left there afterwards. */
  async #aside(work: (beside: string) => Promise<void>): Promise<void> {
    const name = `${BESIDE}${randomUUID()}`;
    this.#beside.add(name);
    try {
      await work(this.#pathOf(name));
    } finally {
      await removeFolder(this.#pathOf(name)).finally(() => this.#beside.delete(name));
    }
  }

  /** S4. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#fetching.then(work);
    this.#fetching = done.catch(() => {});
    return done;
  }

  async #clean(): Promise<void> {
    const { directory } = this.#options;
    // Where there never was a package there is no folder.
    if (!(await isThere(directory))) return;
    await this.#checkOwner();
    for (const name of this.#holders.keys()) await touch(this.#pathOf(name)).catch(() => {});
    let count = 0;
    for (const name of await readdir(directory)) {
      if (this.#closed.signal.aborted) break;
      if (name.startsWith(BESIDE)) {
        if (!this.#beside.has(name) && (await this.#isOld(this.#pathOf(name)))) await removeFolder(this.#pathOf(name));
      } else if (FOLDER.test(name) && (await this.#turns.take(name, () => this.#removeUnused(name)))) count += 1;
    }
    if (count > 0) this.#options.observer.removed(count);
  }

  async #removeUnused(name: string): Promise<boolean> {
    const path = this.#pathOf(name);
    if (this.#holders.has(name) || !(await this.#isOld(path))) return false;
    await this.#aside(async (beside) => {
      await rename(path, beside);
      // Another executor has begun to use it meanwhile; where it has made it again already, that is the one.
      if (!(await this.#isOld(beside))) await rename(beside, path).catch(() => {});
    });
    return !(await isThere(path));
  }

  async #isOld(path: string): Promise<boolean> {
    const found = await stat(path).catch(() => undefined);
    return found !== undefined && Date.now() - found.mtimeMs > this.#keepMs;
  }

  async #checkOwner(): Promise<void> {
    const { directory, mustBeOwn } = this.#options;
    if (!mustBeOwn) return;
    const found = await lstat(directory);
    if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return;
    throw new Error(`${directory} belongs to somebody else; name another folder with SKEIN_EXECUTOR_PACKAGES_DIR`);
  }

  #count(name: string, change: number): void {
    const count = (this.#holders.get(name) ?? 0) + change;
    if (count === 0) this.#holders.delete(name);
    else this.#holders.set(name, count);
  }

  #failure(key: PackageKey, error: unknown): PackageFetchError {
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof PackageInvalidError) return new PackageFetchError('PACKAGE_INVALID', key, why, error);
    return new PackageFetchError('SERVICE_UNAVAILABLE', key, `cannot be kept on this machine: ${why}`, error);
  }

  #pathOf(name: string): string {
    return join(this.#options.directory, name);
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now);
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

/** The work goes on; nobody waits for it any more. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(new Error('it is not wanted any more'));
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    work.catch(() => {});
    aborted.promise.catch(() => {});
  }
}
