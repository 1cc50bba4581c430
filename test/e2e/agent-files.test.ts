/** Agents go from one platform to another as files, registered ones, deployed ones and those of packages. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeFolder } from '@skein/packages';
import { eventually, temporaryDirectory } from '@skein/testkit';
import { startHttpAgent } from './agents/http-agent.ts';
import { startPlatform, type Mode, type TestPlatform } from './harness/platform.ts';
import { ROOT } from './harness/skein.ts';

const DIRECTIONS: readonly (readonly [Mode, Mode])[] = [
  ['embedded', 'distributed'],
  ['distributed', 'embedded'],
];
/** What each platform says for itself. */
const OWN = new Set(['created_at', 'updated_at', 'instance_id', 'health', 'status', 'probed_at', 'load']);

/** Answers who it is, as `POST /process`. */
const startAnswering = (name: string) =>
  startHttpAgent((response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ output: { from: name } }));
  });

async function succeeds({ skein }: TestPlatform, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await skein(...args);
  assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Without what is of this platform. */
function withoutOwn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOwn);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !OWN.has(name));
  return Object.fromEntries(kept.map(([name, each]) => [name, withoutOwn(each)]));
}

async function registered(platform: TestPlatform, agentId: string, namespace = 'default') {
  const { versions, instances, routing } = JSON.parse(
    await succeeds(platform, 'agents', 'get', agentId, '-n', namespace, '-o', 'json'),
  ) as Record<string, unknown>;
  const places = (instances as { endpoint: string; version: string }[]).map(({ endpoint, version }) => ({
    endpoint,
    version,
  }));
  return { said: withoutOwn({ versions, routing }), places };
}

async function deployed(platform: TestPlatform, id: string) {
  const text = await succeeds(platform, 'deployments', 'get', id, '-o', 'json');
  const { status, ...rest } = JSON.parse(text) as { status: { revision: string; phase: string } };
  return { said: withoutOwn(rest), revision: Number(status.revision), phase: status.phase };
}

const isReady = (platform: TestPlatform, id: string) =>
  eventually(async () => (await deployed(platform, id)).phase === 'READY', {
    describe: `deployment ${id} to be ready`,
    timeoutMs: 60_000,
  });

for (const [from, to] of DIRECTIONS) {
  test(`agents are taken from a platform (${from}) to another one (${to})`, { timeout: 240_000 }, async () => {
    await using folder = await temporaryDirectory();
    const unpacked = join(folder.path, 'unpacked');
    await using _unpacked = { [Symbol.asyncDispose]: () => removeFolder(unpacked) };
    const settings = { SKEIN_EXECUTOR_RUNTIMES: 'process', SKEIN_EXECUTOR_PACKAGES_DIR: unpacked };
    await using source = await startPlatform(from, settings);
    await using target = await startPlatform(to, settings);
    await using older = await startAnswering('older');
    await using newer = await startAnswering('newer');
    const file = (name: string) => join(folder.path, name);
    const move = async (agentId: string) => {
      await succeeds(source, 'agents', 'export', agentId, '--to', file(agentId));
      return succeeds(target, 'agents', 'import', file(agentId));
    };

    // Registered, in two versions, with what is of the agent and what is of a version.
    const facts = ['--protocol', 'http-process', '-c', 'answer', '-l', 'tier=gold', '--timeout', '90s'];
    const policies = ['--max-calls', '3', '--config', '{"tone":"kind"}'];
    await succeeds(source, 'agents', 'register', 'answerer', '-e', older.url, '--version', '1.0.0', ...facts);
    await succeeds(
      source,
      'agents',
      'register',
      'answerer',
      '-e',
      newer.url,
      '--version',
      '2.0.0',
      ...facts,
      ...policies,
    );
    assert.match(await move('answerer'), /2 version\(s\) and 0 deployment\(s\)/);
    assert.deepEqual(await registered(target, 'answerer'), await registered(source, 'answerer'));
    const said = await succeeds(target, 'agents', 'invoke', 'answerer', '--input', '{}');
    assert.match(said, /older|newer/);

    // Deployed: what runs is started anew, and importing again changes nothing.
    const deployment = join(ROOT, 'examples/deployments/greeter.yaml');
    await succeeds(source, 'deployments', 'apply', '-f', deployment, '--wait', '60s');
    assert.match(await move('greeter'), /0 version\(s\) and 1 deployment\(s\)/);
    await isReady(target, 'greeter');
    assert.match(await succeeds(target, 'agents', 'invoke', 'greeter', '--input', '{"name":"Ada"}'), /Hello, Ada!/);
    await move('greeter');
    const there = await deployed(target, 'greeter');
    assert.deepEqual(there, await deployed(source, 'greeter'));
    assert.equal(there.revision, 1);

    // Installed: its files are not in the file, and are to be published there first.
    await succeeds(source, 'packages', 'publish', join(ROOT, 'examples/packages/greeter'));
    const install = ['examples/greeter', '--as', 'packed', '--allow-unsigned', '--wait', '60s'];
    await succeeds(source, 'packages', 'install', ...install);
    await succeeds(source, 'agents', 'export', 'packed', '--to', file('packed'));
    const refused = await target.skein('agents', 'import', file('packed'));
    assert.match(refused.stderr, /no package examples\/greeter of version 1\.0\.0/);
    await succeeds(target, 'packages', 'publish', join(ROOT, 'examples/packages/greeter'));
    await succeeds(target, 'agents', 'import', file('packed'));
    await isReady(target, 'packed');
    assert.match(await succeeds(target, 'agents', 'invoke', 'packed', '--input', '{}'), /Hello, you!/);
    assert.match(await succeeds(target, 'packages', 'uninstall', 'packed'), /it was examples\/greeter 1\.0\.0/);

    // A file that is refused in the middle says so, and may be taken again once it is mended.
    const text = await readFile(file('answerer'), 'utf8');
    await writeFile(file('broken'), text.replace('"version": "2.0.0"', '"version": "two"'));
    const broken = await target.skein('agents', 'import', file('broken'), '-n', 'other');
    assert.match(broken.stderr, /version/);
    assert.notEqual(broken.code, 0);
    await succeeds(target, 'agents', 'import', file('answerer'), '-n', 'other');
    const { length } = (await registered(target, 'answerer', 'other')).places;
    assert.equal(length, 2);
  });
}
