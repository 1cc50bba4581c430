/** A disk with little room, for Postgres' files: a file system in memory, which only root can mount. */
import { execFile } from 'node:child_process';
import { rm, statfs, open, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SIZE_MB = 1024;
const FILLING = 'filling';
const BLOCK = Buffer.alloc(1024 * 1024);

export class SmallDisk implements AsyncDisposable {
  readonly path: string;
  #mounted = true;

  private constructor(path: string) {
    this.path = path;
  }

  /** Mounts one at `path`, which is made; undefined where this user may not. */
  static async mount(path: string): Promise<SmallDisk | undefined> {
    if (process.getuid?.() !== 0) return undefined;
    await mkdir(path, { recursive: true });
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=755`, 'skein-chaos', path]).then(
      () => true,
      () => false,
    );
    return mounted ? new SmallDisk(path) : undefined;
  }

  /** Leaves no byte of room. */
  async fill(): Promise<void> {
    const file = await open(join(this.path, FILLING), 'a');
    try {
      for (;;) await file.write(BLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
  }

  /** Bytes that are free now. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.path);
    return bavail * bsize;
  }

  /** Gives the room back. */
  async empty(): Promise<void> {
    await rm(join(this.path, FILLING), { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#mounted) return;
    this.#mounted = false;
    // Lazily: a process that is just ending may still have its working directory there.
    await run('umount', ['-l', this.path]);
  }
}
