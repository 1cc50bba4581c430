/**
 * A disk for Postgres' files that can be made full: a file system in memory, whose limit is moved down to what is used
 * and up again. Only root can mount one.
 */
import { execFile } from 'node:child_process';
import { mkdir, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Only what is used of it takes memory. */
const ROOMY = '8g';
const TRIES = 20;

export class SmallDisk implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Mounts one at `path`, which is made; undefined where this user may not. */
  static async mount(path: string): Promise<SmallDisk | undefined> {
    if (process.getuid?.() !== 0) return undefined;
    await mkdir(path, { recursive: true });
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${ROOMY},mode=755`, 'skein-chaos', path]).then(
      () => true,
      () => false,
    );
    return mounted ? new SmallDisk(path) : undefined;
  }

  /** Leaves no room: whoever writes more is told that the disk is full. */
  async fill(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const { blocks, bfree, bsize } = await statfs(this.path);
      try {
        return await this.#limit(String((blocks - bfree) * bsize));
      } catch (error) {
        // Something was written between the question and the limit.
        if (tries === TRIES) throw error;
      }
    }
  }

  /** Bytes that are free now. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.path);
    return bavail * bsize;
  }

  /** Gives the room back. */
  async empty(): Promise<void> {
    await this.#limit(ROOMY);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Lazily: a process that is just ending may still have its working directory there.
    await run('umount', ['-l', this.path]);
  }

  async #limit(size: string): Promise<void> {
    await run('mount', ['-o', `remount,size=${size}`, this.path]);
  }
}
