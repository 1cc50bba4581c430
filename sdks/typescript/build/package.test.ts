import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { spawnProcess, temporaryDirectory } from '@skein/testkit';
import { buildPackage } from './package.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const PROGRAM = `
import { defineAgent, serve, Skein } from '@skein/sdk';
import { AgentService } from '@skein/sdk/contracts';
const agent = defineAgent({ id: 'echo', version: '1.0.0' }, (input) => input);
const served = await serve(agent);
console.log('served', AgentService.typeName, typeof new Skein().runs.start);
await served.close();
`;

test('the published package is JavaScript that runs outside of this repository', async () => {
  await using directory = await temporaryDirectory('package');
  const modules = join(directory.path, 'node_modules');
  await mkdir(join(modules, '@skein'), { recursive: true });
  const built = join(modules, '@skein/sdk');
  await buildPackage(built);
  const manifest = JSON.parse(await readFile(join(built, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies?: unknown;
  };
  assert.equal(manifest.devDependencies, undefined);
  // Nothing but what the manifest names is there to be found.
  for (const name of [...Object.keys(manifest.dependencies), 'fast-deep-equal', 'fast-uri', 'json-schema-traverse']) {
    assert.ok(!name.startsWith('@skein/'), name);
    if (name.includes('/')) await mkdir(join(modules, name, '..'), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  }
  await writeFile(join(directory.path, 'program.mjs'), PROGRAM);
  await using program = await spawnProcess(process.execPath, { args: [join(directory.path, 'program.mjs')] });
  const { code } = await program.exited;
  assert.equal(code, 0, program.output);
  assert.match(program.stdout, /^served skein\.agent\.v1\.AgentService function$/m);
});
