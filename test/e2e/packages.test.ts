/** Packages from the folder to an agent that answers: the commands of examples/packages/README.md as they are written. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeFolder } from '@skein/packages';
import { eventually, temporaryDirectory } from '@skein/testkit';
import { startPlatform, type Mode } from './harness/platform.ts';
import { ROOT } from './harness/skein.ts';

const README = join(ROOT, 'examples/packages/README.md');
const MODES: readonly Mode[] = ['embedded', 'distributed'];
/** What the commands write, and `keygen`'s name; the test has them in a folder of its own. */
const WRITTEN = /^(examples|examples\.(key|pub)|greeter\.tar\.gz)$/;

for (const mode of MODES) {
  test(`a package goes from its folder to another platform (${mode})`, { timeout: 180_000 }, async () => {
    await using folder = await temporaryDirectory();
    const unpacked = join(folder.path, 'unpacked');
    await using _unpacked = { [Symbol.asyncDispose]: () => removeFolder(unpacked) };
    const settings = { SKEIN_EXECUTOR_RUNTIMES: 'process', SKEIN_EXECUTOR_PACKAGES_DIR: unpacked };
    await using platform = await startPlatform(mode, settings);
    const { skein, apiUrl: url } = platform;
    const commands = (await readFile(README, 'utf8')).matchAll(/^ {4}\.\/bin\/skein (.+)$/gm);
    const printed = new Map<string, string>();
    for (const [, line = ''] of commands) {
      const words = (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''));
      const isPublisher = words[1] === 'trust';
      const args = words.map((word, at) =>
        WRITTEN.test(word) && !(isPublisher && at === 3) ? join(folder.path, word) : word,
      );
      const { code, stdout, stderr } = await skein(...args);
      assert.equal(code, 0, `${line}: ${stderr}`);
      printed.set(words.slice(0, 2).join(' '), stdout);
    }
    assert.match(printed.get('packages search') ?? '', /examples\/greeter +1\.0\.0 +trusted/);
    assert.match(printed.get('packages install') ?? '', /deployment greeter, ready, 1\/1 ready/);
    assert.match(printed.get('agents invoke') ?? '', /Ahoy, Ada!/);
    // The agent is a file of the package, and finds another one.
    const [digest = ''] = await readdir(unpacked);
    assert.deepEqual((await readdir(join(unpacked, digest))).toSorted(), [
      'agent.mjs',
      'agent.yaml',
      'signature.json',
      'words.json',
    ]);
    assert.match(printed.get('packages uninstall') ?? '', /it was examples\/greeter 1\.0\.0/);
    await eventually(async () => (await skein('deployments', 'get', 'greeter')).code !== 0, {
      describe: 'the deployment to be gone',
      timeoutMs: 30_000,
    });

    // Another namespace has its own catalogue and trusts nobody: it gets the package as from another platform.
    const source = `${url}#examples/greeter@^1.0`;
    const refused = await skein('packages', 'install', source, '-n', 'other');
    assert.match(refused.stderr, /is signed by \w+, which is not trusted/);
    const installed = await skein('packages', 'install', source, '-n', 'other', '--allow-unsigned', '--wait', '30s');
    assert.match(installed.stdout, /1\/1 ready/, installed.stderr);
    const remove = async () => skein('packages', 'delete', 'examples/greeter@1.0.0', '-n', 'other');
    assert.match((await remove()).stderr, /is installed as deployment greeter/);
    assert.equal((await skein('packages', 'uninstall', 'greeter', '-n', 'other')).code, 0);
    await eventually(async () => (await skein('deployments', 'get', 'greeter', '-n', 'other')).code !== 0, {
      describe: 'the deployment to be gone',
      timeoutMs: 30_000,
    });
    assert.match((await remove()).stdout, /1\.0\.0 deleted/);
  });
}
