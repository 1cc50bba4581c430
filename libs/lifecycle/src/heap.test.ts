import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program in a process of its own, for the heap is all of a process; answers what it prints. */
async function outputOf(program: string, flags: readonly string[] = []): Promise<string> {
  const module = JSON.stringify(join(import.meta.dirname, 'heap.ts'));
  const code = `const { keepHeapSmall } = await import(${module});\n${program}`;
  const { stdout } = await run(process.execPath, ['--trace-gc', ...flags, '--input-type=module', '--eval', code]);
  return stdout;
}

/** The heap's size when each full collection began, in MB. */
function fullCollections(output: string): number[] {
  return [...output.matchAll(/ms: Mark-Compact (?:\([^)]*\) )?([\d.]+) \(/g)].map(([, before]) => Number(before));
}

// What lives too long for the nursery, and not much longer, beside what lives on. The limit comes from a collection.
const WORK = `const alive = Array.from({ length: 500_000 }, (_, index) => ({ index }));
  globalThis.gc();
  const recent = [];
  for (let made = 0; made < 20_000_000; made += 1) recent[made % 200_000] = { made };
  if (alive.length + recent.length === 0) console.log('both are alive until here');`;

test('H1: the heap is collected long before V8 would', async () => {
  const work = (before: string) => outputOf(`${before} ${WORK}`, ['--expose-gc']);
  const [small, roomy] = await Promise.all([work('keepHeapSmall();'), work('')]);
  const [often, seldom] = [fullCollections(small), fullCollections(roomy)];
  assert.ok(often.length > seldom.length, `${often.length} collections against ${seldom.length}`);
});

test('H2: what the start left behind is collected once, when the process is quiet, which does not keep it alive', async () => {
  assert.deepEqual(fullCollections(await outputOf('keepHeapSmall();')), []);
  const seen = `const { PerformanceObserver, constants } = await import('node:perf_hooks');
    const { promise: collected, resolve } = Promise.withResolvers();
    const major = (entry) => entry.detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
    new PerformanceObserver((list) => list.getEntries().some(major) && resolve()).observe({ entryTypes: ['gc'] });
    keepHeapSmall({ lookMs: 20 });
    const busyUntilMs = performance.now() + 200;
    while (performance.now() < busyUntilMs) await new Promise(setImmediate);
    console.log('quiet from here');
    const alive = setInterval(() => {}, 1000);
    await collected;
    clearInterval(alive);
    console.log(typeof globalThis.gc);`;
  const output = await outputOf(seen);
  const [busy = '', quiet = ''] = output.split('quiet from here');
  assert.deepEqual([fullCollections(busy).length, fullCollections(quiet).length], [0, 1]);
  assert.match(quiet, /^undefined$/m);
});
