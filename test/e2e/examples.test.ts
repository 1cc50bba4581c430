import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { spawnProcess } from '@skein/testkit';
import { fencedBlocks } from '../../tools/docs/markdown.ts';
import { startPlatform, type TestPlatform } from './harness/platform.ts';
import { cleanEnvironment, ROOT } from './harness/skein.ts';

const RUN_ID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;

const page = await readFile(join(ROOT, 'examples/patterns/README.md'), 'utf8');
const blocks = fencedBlocks(page);
/** Commands with what they print; the first block only starts a platform. */
const examples = blocks.flatMap(({ language, text, line }, index) => {
  const next = blocks[index + 1];
  return language === 'sh' && next?.language === 'text' ? [{ commands: text, printed: next.text, line }] : [];
});

suite('the commands of the patterns print what the page says', { timeout: 120_000 }, () => {
  let platform: TestPlatform | undefined;
  before(async () => {
    platform = await startPlatform('embedded');
  });
  after(() => platform?.[Symbol.asyncDispose]());

  test('the page has them all', () => assert.equal(examples.length, 6));
  for (const [index, { commands, printed, line }] of examples.entries()) {
    test(`line ${line}`, async () => {
      assert.ok(platform);
      const env = cleanEnvironment({ SKEIN_DATA_DIR: platform.dataDir, SKEIN_NAMESPACE: `patterns-${index}` });
      const shell = await spawnProcess('sh', { args: ['-e', '-c', commands], env, cwd: ROOT });
      const { code } = await shell.exited;
      assert.equal(code, 0, shell.stderr);
      assert.equal(shell.stdout.replaceAll(RUN_ID, 'RUN').trimEnd(), printed.trimEnd(), shell.stderr);
    });
  }
});
