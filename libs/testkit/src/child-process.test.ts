import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { spawnProcess } from './child-process.ts';
import { eventually } from './eventually.ts';
import { temporaryDirectory } from './temporary-directory.ts';

function node(script: string): { command: string; args: string[] } {
  return { command: process.execPath, args: ['-e', script] };
}

/** Nobody listens there; asks the port, because a process that nobody collects still answers signals. */
function isRefused(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.on('connect', () => resolve(false)).on('error', () => resolve(true));
  return promise.finally(() => socket.destroy());
}

test('is ready when its line appears, and keeps both streams', async () => {
  const { command, args } = node(`console.error('warming'); console.log('ready on 1234'); setInterval(() => {}, 1e6)`);
  await using child = await spawnProcess(command, { args, ready: /ready on/ });
  const match = await child.waitFor(/ready on (\d+)/);
  await child.waitFor(/warming/);
  assert.equal(match[1], '1234');
  assert.equal(child.stdout, 'ready on 1234\n');
  assert.equal(child.stderr, 'warming\n');
});

test('a process that ends before it is ready is an error with its output', async () => {
  const { command, args } = node(`console.log('no such table'); process.exit(3)`);
  await assert.rejects(spawnProcess(command, { args, ready: /ready/ }), /ended \(code 3\)[^]*no such table/);
});

test('a program that does not exist is an error', async () => {
  await assert.rejects(spawnProcess('/no/such/program'), /ENOENT/);
});

test('one that ignores SIGTERM is killed', async () => {
  const { command, args } = node(`process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1e6)`);
  const child = await spawnProcess(command, { args, ready: /up/, graceMs: 20 });
  await child[Symbol.asyncDispose]();
  assert.deepEqual(await child.exited, { code: null, signal: 'SIGKILL' });
  assert.equal(child.kill('SIGTERM'), false);
});

test('children end with the test process', async () => {
  await using directory = await temporaryDirectory();
  const module = JSON.stringify(import.meta.resolve('./child-process.ts'));
  const inner = `const server = require('node:net').createServer().listen(0, '127.0.0.1', () =>
    console.log('port ' + server.address().port + ' end'))`;
  const outer = `import(${module}).then(async ({ spawnProcess }) => {
    const child = await spawnProcess(process.execPath, { args: ['-e', ${JSON.stringify(inner)}], ready: /end/ });
    console.log(child.output); process.exit(0); })`;
  const { command, args } = node(outer);
  const parent = await spawnProcess(command, { args, cwd: directory.path });
  const [, port] = await parent.waitFor(/port (\d+) end/);
  await parent.exited;
  await eventually(() => isRefused(Number(port)), { describe: 'the child to be gone' });
});
