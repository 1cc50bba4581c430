/** The Engine or the executor dies under running containers. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '@skein/testkit';
import { startDev } from '../e2e/harness/platform.ts';
import { isAlive, partsOf } from '../e2e/harness/processes.ts';
import { cleanEnvironment, skein } from '../e2e/harness/skein.ts';
import { IMAGE, TestEngine } from './engine/test-engine.ts';
import { Workshop } from './engine/workshop.ts';

const TIME = { timeout: 240_000 };

test('an Engine that is killed and comes back has what it should', TIME, async () => {
  await using engine = await TestEngine.start();
  await using shop = await Workshop.open('embedded', engine);
  await shop.apply({ replicas: 2 });
  await engine.close('SIGKILL');
  // Ports of containers are dead while nobody forwards them: what cannot be reached gets no calls.
  await eventually(async () => (await shop.instances()).every(({ state }) => state !== 'RUNNING'), {
    describe: 'no instance to be in the routes',
    timeoutMs: 30_000,
  });
  await engine.open();
  await shop.ready();
  assert.equal((await shop.call()).version, '1.0.0');
  assert.equal((await engine.containers()).length, 2, 'none is left of before');
  await shop.delete();
  assert.deepEqual(await engine.containers(), []);
});

test('an Engine that is restarted, with its containers, has what it should', TIME, async () => {
  await using engine = await TestEngine.start({ liveRestore: false });
  await using shop = await Workshop.open('distributed', engine);
  await shop.apply({ replicas: 2 });
  const before = await engine.containers();
  await engine.close('SIGTERM');
  await engine.open();
  await eventually(async () => (await shop.instances()).every(({ restarts = 0 }) => restarts > 0), {
    describe: 'all to be started again',
    timeoutMs: 60_000,
  });
  await shop.ready();
  assert.equal((await shop.call()).version, '1.0.0');
  const now = await engine.containers();
  assert.equal(now.length, 2);
  assert.ok(now.every((id) => !before.includes(id)));
});

test('containers of an executor that was killed are removed by the next one, and only those', TIME, async () => {
  await using engine = await TestEngine.start();
  await using shop = await Workshop.open('distributed', engine);
  await shop.apply({ replicas: 2 });
  const before = await engine.containers();
  // Of another platform, which this one never heard of.
  const other = await engine.docker('create', '--label', 'skein.executor=executor-of-another-platform', IMAGE);
  const { dataDir } = shop.platform;
  const pid = (await partsOf(dataDir))['executor']?.pid ?? 0;
  process.kill(pid, 'SIGKILL');
  await eventually(async () => !(await isAlive(pid)), { describe: 'the executor to be gone' });
  assert.deepEqual((await engine.docker('ps', '--quiet', '--no-trunc')).split('\n').toSorted(), before.toSorted());

  const { code, stderr } = await skein(['up'], {
    env: cleanEnvironment({ SKEIN_DATA_DIR: dataDir, ...shop.settings }),
  });
  assert.equal(code, 0, stderr);
  await eventually(async () => !(await engine.containers()).some((id) => before.includes(id)), {
    describe: 'the old containers to be gone',
    timeoutMs: 60_000,
  });
  await shop.ready();
  assert.equal((await shop.call()).version, '1.0.0');
  const now = await engine.containers();
  assert.deepEqual([now.length, now.includes(other)], [3, true]);
  await shop.delete();
  assert.deepEqual(await engine.containers(), [other]);
});

test('a whole platform that was killed removes what it left when it is started again', TIME, async () => {
  await using engine = await TestEngine.start();
  await using shop = await Workshop.open('embedded', engine);
  await shop.apply();
  const before = await engine.containers();
  const { dataDir } = shop.platform;
  const note = JSON.parse(await readFile(join(dataDir, 'embedded/platform.json'), 'utf8')) as { readonly pid: number };
  process.kill(note.pid, 'SIGKILL');
  await eventually(async () => !(await isAlive(note.pid)), { describe: 'the platform to be gone' });
  await using _again = await startDev(dataDir, shop.settings);
  await eventually(
    async () => {
      const now = await engine.containers();
      return now.length === 1 && !now.includes(before[0] ?? '');
    },
    { describe: 'another container instead', timeoutMs: 60_000 },
  );
  await shop.ready();
  assert.equal((await shop.call()).version, '1.0.0');
});
