import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryDirectory } from '../testing/temporary-server.ts';
import { isLivingPostgres, readPostmasterFile } from './postmaster-pid.ts';

test('reads pid, port and readiness; a missing or half-written file is none', async () => {
  await using directory = await temporaryDirectory();
  assert.equal(await readPostmasterFile(directory.path), undefined);
  await writeFile(join(directory.path, 'postmaster.pid'), '');
  assert.equal(await readPostmasterFile(directory.path), undefined);
  await writeFile(
    join(directory.path, 'postmaster.pid'),
    `42\n${directory.path}\n1700000000\n5433\n\n127.0.0.1\n 1 2\nready   \n`,
  );
  assert.deepEqual(await readPostmasterFile(directory.path), { pid: 42, port: 5433, ready: true });
});

test('a process that ended but was not collected does not live', { timeout: 20_000 }, async () => {
  await using directory = await temporaryDirectory();
  // The shell's child waits for input, so it ends only after the shell has become a program that collects nothing.
  const becomes = `${process.execPath} -e 'console.log("up"); setInterval(() => {}, 1e6)'`;
  const script = `exec 3<&0; cat <&3 3<&- & echo $!; exec ${becomes} </dev/null 3<&-`;
  const parent = spawn('sh', ['-c', script], { cwd: directory.path, timeout: 20_000 });
  try {
    let output = '';
    parent.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    while (!output.includes('up')) await once(parent.stdout, 'data');
    const pid = Number.parseInt(output, 10);
    assert.ok(await isLivingPostgres(pid, directory.path), 'a living process in the directory');
    parent.stdin.end();
    while (await isLivingPostgres(pid, directory.path)) await delay(5);
    assert.ok(process.kill(pid, 0), 'it still answers signals');
  } finally {
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  }
});

test('another program with the same number is not the server', async () => {
  await using directory = await temporaryDirectory();
  assert.equal(await isLivingPostgres(process.pid, directory.path), false);
});
