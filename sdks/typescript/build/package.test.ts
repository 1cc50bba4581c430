import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { spawnProcess, temporaryDirectory } from '@skein/testkit';
import { buildPackage } from './package.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const SOURCES = { '@skein/sdk': 'sdks/typescript', '@skein/domain': 'libs/domain' };
/** An agent, without the kernel: nothing of it is there. */
const PROGRAM = `
import { defineAgent, serve, Skein } from '@skein/sdk';
import { AgentService } from '@skein/sdk/contracts';
const agent = defineAgent({ id: 'echo', version: '1.0.0' }, (input) => input);
const served = await serve(agent);
console.log('served', AgentService.typeName, typeof new Skein().runs.start);
await served.close();
`;

/** A workflow in the program's own process. */
const LOCAL_PROGRAM = `
import { runLocal } from '@skein/sdk/local';
const nodes = [{ id: 'shout', type: 'agent', agent_id: 'shouter' }, { id: 'hold', type: 'wait', duration: '1h' }];
const workflow = { id: 'local', nodes, edges: [{ from: 'shout', to: 'hold' }] };
const agents = { shouter: (text) => text.toUpperCase() };
const run = await runLocal(workflow, { input: 'hello', agents, clock: 'virtual' });
console.log('ended', run.state, run.output, run.events.length);
`;

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: unknown;
  readonly private?: unknown;
}

/** Builds a package into `modules`, with nothing else of this repository, and links what its manifest names. */
async function install(modules: string, name: keyof typeof SOURCES): Promise<Manifest> {
  const built = join(modules, name);
  await buildPackage(join(ROOT, SOURCES[name]), built);
  const manifest = JSON.parse(await readFile(join(built, 'package.json'), 'utf8')) as Manifest;
  assert.equal(manifest.devDependencies, undefined);
  assert.equal(manifest.private, undefined);
  for (const dependency of Object.keys(manifest.dependencies)) {
    if (dependency in SOURCES) continue;
    assert.ok(!dependency.startsWith('@skein/'), dependency);
    await link(modules, dependency, join(ROOT, SOURCES[name]));
  }
  return manifest;
}

async function link(modules: string, name: string, from: string): Promise<void> {
  const own = join(from, 'node_modules', name);
  const found = existsSync(own) ? own : join(ROOT, 'node_modules', name);
  await mkdir(join(modules, name, '..'), { recursive: true });
  await symlink(found, join(modules, name)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

test('the published packages are JavaScript that runs outside of this repository', async () => {
  await using directory = await temporaryDirectory('package');
  const modules = join(directory.path, 'node_modules');
  const run = async (source: string) => {
    const path = join(directory.path, 'program.mjs');
    await writeFile(path, source);
    await using program = await spawnProcess(process.execPath, { args: [path] });
    const { code } = await program.exited;
    assert.equal(code, 0, program.output);
    return program.stdout;
  };
  const sdk = await install(modules, '@skein/sdk');
  assert.deepEqual(
    Object.keys(sdk.dependencies).filter((name) => name.startsWith('@skein/')),
    ['@skein/domain'],
  );
  assert.match(await run(PROGRAM), /^served skein\.agent\.v1\.AgentService function$/m);
  await install(modules, '@skein/domain');
  assert.match(await run(LOCAL_PROGRAM), /^ended DONE HELLO 9$/m);
});
