/**
 * Limits of processes, by cgroup v2 of this machine: kept where it has the controller of memory, and else said not to be.
 * Which of the two it is depends on the kernel's set-up; either is checked.
 */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Workshop } from './engine/workshop.ts';

const AGENT = join(import.meta.dirname, 'engine/agent.mjs');

/** A group of its own, made by root. */
async function cgroupFolder(): Promise<AsyncDisposable & { readonly path: string; readonly hasMemory: boolean }> {
  const mounts = await readFile('/proc/mounts', 'utf8');
  const root = /^\S+ (\S+) cgroup2 /m.exec(mounts)?.[1];
  if (root === undefined)
    throw new Error('this machine has no cgroup v2: mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified');
  const hasMemory = (await readFile(join(root, 'cgroup.subtree_control'), 'utf8')).split(/\s/).includes('memory');
  const path = join(root, `skein-test-${process.pid}`);
  await mkdir(path);
  return { path, hasMemory, [Symbol.asyncDispose]: () => rmdir(path) };
}

test('a process is held to its memory, or its status says that it is not', { timeout: 120_000 }, async () => {
  await using folder = await cgroupFolder();
  const settings = { SKEIN_EXECUTOR_RUNTIMES: 'process', SKEIN_EXECUTOR_CGROUP_DIR: folder.path };
  await using shop = await Workshop.open('embedded', undefined, settings);
  const program = { command: process.execPath, args: [AGENT] };
  const mode = folder.hasMemory ? 'greedy' : '';
  await shop.apply({ mode, template: { container: null, process: program, resources: { memory: '128Mi' } } });
  await shop.call();
  if (folder.hasMemory) {
    await shop.until('its end', ({ failure = '' }) => failure.includes('ran out of memory'));
  } else {
    const [instance] = await shop.instances();
    assert.match(instance?.notice ?? '', /^its limits are not kept: /);
  }
  await shop.delete();
  assert.deepEqual(
    (await readdir(folder.path)).filter((name) => name.startsWith('skein-')),
    [],
  );
});
