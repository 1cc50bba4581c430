import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { spawnProcess, temporaryDirectory } from '@skein/testkit';
import { fencedBlocks } from '../../tools/docs/markdown.ts';
import { fileOf, runScript, type Sdk } from './sdk.ts';

const MAX_AGENT_LINES = 15;

/** What an SDK is by itself. */
export function sourceSuite(sdk: Sdk): void {
  test('its own tests pass', () => runScript(sdk, 'test.sh'));

  test('its stubs are what the contracts say', async () => {
    await using directory = await temporaryDirectory('stubs');
    await runScript(sdk, 'generate.sh', [directory.path]);
    const [into, folder] = sdk.stubs;
    const both = [join(directory.path, folder), fileOf(sdk, join(into, folder))];
    await using comparing = await spawnProcess('diff', { args: ['-rq', '-x', '__pycache__', ...both] });
    const { code } = await comparing.exited;
    assert.equal(code, 0, `${comparing.output}run "sh sdks/${sdk.language}/generate.sh"`);
  });

  test('its README shows the examples as they are, and an agent is short', async () => {
    const page = await readFile(fileOf(sdk, 'README.md'), 'utf8');
    const shown = new Set(fencedBlocks(page).map(({ text }) => text.trimEnd()));
    const texts = await Promise.all(sdk.examples.map((path) => readFile(fileOf(sdk, path), 'utf8')));
    for (const [at, text] of texts.entries()) {
      assert.ok(shown.has(text.trimEnd()), `the README does not show ${sdk.examples[at]} as it is`);
    }
    const lines = texts[0]?.split('\n').filter((line) => line.trim() !== '') ?? [];
    assert.ok(lines.length <= MAX_AGENT_LINES, `the first agent has ${lines.length} lines`);
  });
}
