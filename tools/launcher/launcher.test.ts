/** Runs the real launchers in a small copy of the repository, on a machine whose Node is too old and whose npm is ours. */
import assert from 'node:assert/strict';
import { chmod, cp, mkdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { spawnProcess, temporaryDirectory } from '@skein/testkit';
import type { SpawnedProcess } from '@skein/testkit';

const BIN = resolve(import.meta.dirname, '../../bin');
const PRINT = ['-p', 'process.execPath'];

/** "Installs" by linking the Node that runs this test, and writes down what it was asked. */
const NPM = `
  const { appendFileSync, mkdirSync, symlinkSync, writeFileSync, existsSync } = require('node:fs');
  const [verb, ...rest] = process.argv.slice(2);
  appendFileSync(process.env.NPM_LOG, verb + ' ' + (process.env.npm_config_cache ?? '') + '\\n');
  if (process.env.NPM_FAILS) process.exit(1);
  if (verb === 'ci') { mkdirSync('node_modules', { recursive: true }); writeFileSync('node_modules/.package-lock.json', ''); }
  if (verb === 'install') {
    const name = rest.at(-1).split('@')[0];
    const bin = 'node_modules/' + name + '/bin';
    mkdirSync(bin, { recursive: true });
    if (!existsSync(bin + '/node')) symlinkSync(${JSON.stringify(process.execPath)}, bin + '/node');
  }`;

interface Machine extends AsyncDisposable {
  readonly root: string;
  /** What npm was asked to do so far, a verb a line. */
  asked(): Promise<string[]>;
  launch(program: string, args?: readonly string[], env?: NodeJS.ProcessEnv): Promise<SpawnedProcess>;
}

async function machine(): Promise<Machine> {
  const directory = await temporaryDirectory('launcher');
  const root = join(directory.path, 'checkout');
  const tools = join(directory.path, 'machine');
  const log = join(directory.path, 'npm.log');
  await mkdir(tools, { recursive: true });
  await cp(BIN, join(root, 'bin'), { recursive: true });
  await writeFile(join(root, 'package-lock.json'), '{}');
  await writeFile(log, '');
  await writeFile(join(tools, 'npm-cli.js'), NPM);
  await writeFile(join(tools, 'node'), '#!/bin/sh\necho v20.20.2\n');
  await writeFile(join(tools, 'npm'), `#!/bin/sh\nexec ${process.execPath} ${join(tools, 'npm-cli.js')} "$@"\n`);
  await Promise.all(['node', 'npm'].map((name) => chmod(join(tools, name), 0o755)));
  const basic = {
    PATH: `${tools}:/usr/bin:/bin`,
    HOME: directory.path,
    NPM_LOG: log,
    npm_execpath: join(tools, 'npm-cli.js'),
  };
  return {
    root,
    asked: async () => (await readFile(log, 'utf8')).trimEnd().split('\n'),
    launch: (program, args = PRINT, env = {}) => spawnProcess(program, { args, cwd: '/', env: { ...basic, ...env } }),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

async function succeeds(running: Promise<SpawnedProcess>): Promise<string> {
  const program = await running;
  const { code } = await program.exited;
  assert.equal(code, 0, program.output);
  return program.stdout.trim();
}

test('many first starts at once install Node and the dependencies once', async () => {
  await using host = await machine();
  const starts = Array.from({ length: 5 }, () => succeeds(host.launch(join(host.root, 'bin/node'))));
  const paths = await Promise.all(starts);
  assert.equal(new Set(paths).size, 1);
  assert.deepEqual(
    (await host.asked()).map((line) => line.trim()),
    ['install', 'ci'],
  );
});

test('a changed lock file installs again, an unchanged one does not', async () => {
  await using host = await machine();
  const node = join(host.root, 'bin/node');
  await succeeds(host.launch(node));
  await succeeds(host.launch(node));
  assert.equal((await host.asked()).length, 2);
  const later = new Date(Date.now() + 60_000);
  await utimes(join(host.root, 'package-lock.json'), later, later);
  await succeeds(host.launch(node));
  assert.deepEqual(
    (await host.asked()).map((line) => line.trim()),
    ['install', 'ci', 'ci'],
  );
});

test('works through links and without a home directory', async () => {
  await using host = await machine();
  await symlink('../bin/node', join(host.root, 'bin/inner-link'));
  await symlink('bin/inner-link', join(host.root, 'outer-link'));
  await succeeds(host.launch(join(host.root, 'outer-link'), PRINT, { HOME: '' }));
  assert.deepEqual(
    await host.asked(),
    ['install', 'ci'].map((verb) => `${verb} ${join(host.root, '.toolchain/npm-cache')}`),
  );
});

test('a failed installation says so, and the next start tries again', async () => {
  await using host = await machine();
  const node = join(host.root, 'bin/node');
  const failing = await host.launch(node, PRINT, { NPM_FAILS: '1' });
  assert.equal((await failing.exited).code, 1);
  assert.match(failing.stderr, /could not install node-linux-\w+@24/);
  await succeeds(host.launch(node));
});

test('the lock of a process that has ended is taken over', async () => {
  await using host = await machine();
  const ended = await spawnProcess('true');
  await ended.exited;
  await mkdir(join(host.root, '.toolchain/lock'), { recursive: true });
  await writeFile(join(host.root, '.toolchain/lock/pid'), `${ended.pid}\n`);
  await succeeds(host.launch(join(host.root, 'bin/node')));
});

test('a recent Node of the machine is used as it is', async () => {
  await using host = await machine();
  const own = join(host.root, '../machine/node');
  await writeFile(own, `#!/bin/sh\n[ "$1" = -v ] && echo v26.1.0 && exit\nexec ${process.execPath} "$@"\n`);
  await succeeds(host.launch(join(host.root, 'bin/node')));
  assert.deepEqual(
    (await host.asked()).map((line) => line.trim()),
    ['ci'],
  );
});

test('skein and npm run under the same Node', async () => {
  await using host = await machine();
  await mkdir(join(host.root, 'cli/src'), { recursive: true });
  await writeFile(
    join(host.root, 'cli/src/main.ts'),
    'const args: string[] = process.argv.slice(2); console.log(args.join());',
  );
  assert.equal(await succeeds(host.launch(join(host.root, 'bin/skein'), ['runs', 'list'])), 'runs,list');
  await succeeds(host.launch(join(host.root, 'bin/npm'), ['outdated']));
  assert.equal((await host.asked()).at(-1)?.trim(), 'outdated');
});
