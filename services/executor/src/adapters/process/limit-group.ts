/**
 * Limits of a process and all that it starts, by a group of cgroup v2 below a folder that this executor was given.
 *
 * G1. Limits that cannot be kept are told, and keep nobody from running.
 * G2. The process joins before it becomes its program (reaper.ts): nothing of it runs without the limits.
 * G3. A group that an executor left when it died is empty then, and removed by the next that makes one there.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { mkdir, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResourceLimits } from '../../domain/hosted-settings.ts';

/** Where one process is kept to its limits. */
export interface LimitGroup {
  /** Folder of the group; empty: there is none. */
  readonly path: string;
  /** Why the limits are not kept; empty: they are, or there are none. */
  readonly notice: string;
}

const NO_GROUP: LimitGroup = Object.freeze({ path: '', notice: '' });
const PREFIX = 'skein-';
/** 100 ms, as the kernel has it. */
const CPU_PERIOD_US = 100_000;
const NEW_GROUP_MS = 60_000;
const REMOVE_TRIES = 50;
const REMOVE_INTERVAL_MS = 20;

/** @param directory is a folder of cgroup v2 without processes of its own; undefined: there is none. */
export async function makeLimitGroup(
  directory: string | undefined,
  name: string,
  limits: ResourceLimits,
): Promise<LimitGroup> {
  if (limits.cpuMillis === 0 && limits.memoryBytes === 0) return NO_GROUP;
  if (directory === undefined) return notKept('this executor has no SKEIN_EXECUTOR_CGROUP_DIR');
  const path = join(directory, `${PREFIX}${name}`);
  try {
    await removeEmptyGroups(directory);
    await write(directory, 'cgroup.subtree_control', controllersFor(limits));
    await mkdir(path);
    if (limits.memoryBytes > 0) await limitMemory(path, limits.memoryBytes);
    if (limits.cpuMillis > 0)
      await write(path, 'cpu.max', `${(limits.cpuMillis * CPU_PERIOD_US) / 1000} ${CPU_PERIOD_US}`);
    return { path, notice: '' };
  } catch (error) {
    await rmdir(path).catch(() => {});
    return notKept(error instanceof Error ? error.message : String(error));
  }
}

/** Whether something of the group was killed because it needed more memory than it may have. */
export async function ranOutOfMemory({ path }: LimitGroup): Promise<boolean> {
  if (path === '') return false;
  const events = await readFile(join(path, 'memory.events'), 'utf8').catch(() => '');
  return /^oom_kill [1-9]/m.test(events);
}

/** Ends what is left of the group, and removes it. What cannot be killed for a second is left to G3. */
export async function removeLimitGroup({ path }: LimitGroup): Promise<void> {
  if (path === '') return;
  await write(path, 'cgroup.kill', '1').catch(() => {});
  for (let tries = 0; tries < REMOVE_TRIES; tries += 1) {
    try {
      return await rmdir(path);
    } catch {
      // A process that was killed a moment ago is still there.
      await delay(REMOVE_INTERVAL_MS);
    }
  }
}

/** Swap would make a limit of memory one of patience; a group dies as a whole, as a container does. */
async function limitMemory(path: string, memoryBytes: number): Promise<void> {
  await write(path, 'memory.max', String(memoryBytes));
  await write(path, 'memory.oom.group', '1');
  // Kernels without swap do not have it.
  await write(path, 'memory.swap.max', '0').catch(() => {});
}

/** G3. */
async function removeEmptyGroups(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(PREFIX));
  const remove = async (path: string) => {
    // In a new one its process has perhaps not joined yet. The kernel refuses to remove one with processes.
    if (Date.now() - (await stat(path)).mtimeMs > NEW_GROUP_MS) await rmdir(path);
  };
  await Promise.all(names.map((name) => remove(join(directory, name)).catch(() => {})));
}

function controllersFor({ cpuMillis, memoryBytes }: ResourceLimits): string {
  return [...(cpuMillis > 0 ? ['+cpu'] : []), ...(memoryBytes > 0 ? ['+memory'] : [])].join(' ');
}

/** Such files are there, or the folder is none of cgroup v2, or lacks the controller: none is made. */
async function write(directory: string, name: string, text: string): Promise<void> {
  await writeFile(join(directory, name), text, { flag: 'r+' });
}

const notKept = (why: string): LimitGroup => ({ path: '', notice: `its limits are not kept: ${why}` });
