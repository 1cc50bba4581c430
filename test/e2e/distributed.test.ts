import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { eventually } from '@skein/testkit';
import { isAlive, partsOf } from './harness/processes.ts';
import { everyMode } from './suites/every-mode.ts';

const PARTS = ['postgres', 'nats', 'registry', 'llm-proxy', 'scheduler', 'event-log', 'executor', 'gateway'];

everyMode('distributed', (use) => {
  suite('up, status and down', () => {
    test('a second up leaves what runs alone', async () => {
      const { dataDir, skein } = use();
      const before = await partsOf(dataDir);
      const { code, stderr } = await skein('up');
      assert.equal(code, 0, stderr);
      assert.deepEqual(await partsOf(dataDir), before);
      assert.deepEqual(Object.keys(before).toSorted(), PARTS.toSorted());
      const status = await skein('status');
      assert.equal(status.code, 0, status.stdout);
      for (const part of PARTS) assert.match(status.stdout, new RegExp(`${part} +READY`));
    });

    test('a part that has died is found by status and doctor, and started by up', async () => {
      const { dataDir, skein } = use();
      const before = await partsOf(dataDir);
      const pid = before['event-log']?.pid ?? 0;
      process.kill(pid, 'SIGKILL');
      await eventually(async () => !(await isAlive(pid)), { describe: 'the killed process to be gone' });
      const [status, doctor] = await Promise.all([skein('status'), skein('doctor')]);
      assert.deepEqual([status.code, doctor.code], [5, 1]);
      assert.match(status.stdout, /event-log +DEAD/);
      assert.match(doctor.stdout, /✗ distributed event-log: dead[^]*what to do: .*skein up/);
      const { code, stderr } = await skein('up');
      assert.equal(code, 0, stderr);
      const after = await partsOf(dataDir);
      assert.notEqual(after['event-log']?.pid, pid);
      assert.equal(after['scheduler']?.pid, before['scheduler']?.pid);
      await eventually(async () => (await skein('doctor')).code === 0, { describe: 'the doctor to be content' });
      const run = await skein('llm', 'complete', 'hello', '--model', 'builtin/echo');
      assert.equal(run.code, 0, run.stderr);
    });

    test('down ends every process and keeps the data', async () => {
      const { dataDir, skein } = use();
      const parts = Object.values(await partsOf(dataDir));
      const { code, stdout } = await skein('down');
      assert.equal(code, 0);
      assert.match(stdout, /stopped 8 processes; its data is kept/);
      for (const { pid, log } of parts) assert.equal(await isAlive(pid), false, log);
      assert.equal((await skein('runs', 'list')).code, 5);
      assert.match((await skein('down')).stdout, /nothing ran/);
    });
  });
});
