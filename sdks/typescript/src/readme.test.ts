/** The snippets of the README run as they stand. */
import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { spawnProcess, temporaryDirectory } from '@skein/testkit';
import { testPlatform } from './testing/platform.ts';

const PACKAGE = resolve(import.meta.dirname, '..');

async function snippets(directory: string): Promise<(name: string) => string> {
  await mkdir(join(directory, 'node_modules/@skein'), { recursive: true });
  await symlink(PACKAGE, join(directory, 'node_modules/@skein/sdk'));
  const page = await readFile(join(PACKAGE, 'README.md'), 'utf8');
  const found = [...page.matchAll(/^`(\w+\.ts)`:[^`]*```ts\n(.*?)^```/gms)];
  assert.equal(found.length, 4);
  // An .mts file is a module without a manifest that says so.
  for (const [, name = '', text = ''] of found) await writeFile(join(directory, name.replace('.ts', '.mts')), text);
  return (name) => join(directory, name);
}

test('the agent, the worker, the client and the local run of the README do what they say', async () => {
  await using directory = await temporaryDirectory('readme');
  const file = await snippets(directory.path);
  await using platform = await testPlatform();
  const env = { ...process.env, SKEIN_API_URL: platform.apiUrl, PORT: '0' };
  await using agent = await spawnProcess(process.execPath, { args: [file('agent.mts')], env });
  await agent.waitFor(/^listening on 127\.0\.0\.1:\d+$/m);
  await using worker = await spawnProcess(process.execPath, { args: [file('worker.mts')], env });
  await worker.waitFor(/^working as shouter\./m);
  await using client = await spawnProcess(process.execPath, { args: [file('client.mts')], env });
  const { code } = await client.exited;
  assert.equal(code, 0, client.output);
  assert.match(client.stdout, /^\{ shouted: 'HELLO' \}$/m);
  assert.match(client.stdout, /^1 runStarted$/m);
  assert.match(client.stdout, /^\d+ runDone$/m);
  assert.match(client.stdout, /^\{ shouted: 'AGAIN' \}$/m);
  assert.match(client.stdout, /^RUN_NOT_FOUND /m);
  await using local = await spawnProcess(process.execPath, { args: [file('local.mts')] });
  assert.equal((await local.exited).code, 0, local.output);
  assert.match(local.stdout, /^DONE HELLO!$/m);
  for (const each of [agent, worker]) {
    each.kill('SIGTERM');
    assert.deepEqual(await each.exited, { code: 0, signal: null });
  }
});
