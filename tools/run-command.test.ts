import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand } from './run-command.ts';

test('a program that falls silent is ended with all that it has started, and each is named', async () => {
  const grandchild = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6) // asleep'],
    { stdio: 'inherit' }); console.log('started')`;
  const { ok, output } = await runCommand([process.execPath, '-e', grandchild], { cwd: '.', silenceMs: 1000 });
  assert.equal(ok, false);
  assert.match(
    output,
    /^started\n\nnothing was written for 1 s; these are ended:\n {2}\d+ .*started'\)\n {2}\d+ .*asleep\n/,
  );
});

test('a program that writes now and then is left alone', async () => {
  const script = `let left = 4; const timer = setInterval(() => { console.log(left); if (--left === 0) clearInterval(timer) }, 1000)`;
  const { ok, output } = await runCommand([process.execPath, '-e', script], { cwd: '.', silenceMs: 3000 });
  assert.deepEqual([ok, output], [true, '4\n3\n2\n1\n']);
});
