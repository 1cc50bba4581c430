import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';

const LIMIT_MS = 240_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * Plays one round in a process of its own, as `npm run chaos` does, and fails with its report. Apart, because a process
 * that has had thousands of connections cut under it may never get done with cleaning up after itself.
 */
export async function playApart(context: TestContext, words: readonly string[]): Promise<void> {
  const seed = process.env['SKEIN_TEST_SEED'] ?? String(randomInt(2 ** 31));
  const args = ['--seed', seed, '--round', '0', ...words];
  const replay = `npm run chaos -- ${args.join(' ')}`;
  context.diagnostic(`to see it again: ${replay}`);
  const main = join(import.meta.dirname, 'main.ts');
  const played = await promisify(execFile)(process.execPath, [main, ...args], {
    timeout: LIMIT_MS,
    maxBuffer: MAX_OUTPUT_BYTES,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  }).then(
    ({ stdout }) => ({ isKept: true, text: stdout }),
    (error: Error & { readonly stdout?: string; readonly stderr?: string }) => ({
      isKept: false,
      text: `${error.message}\n${error.stderr ?? ''}\n${error.stdout ?? ''}`,
    }),
  );
  assert.ok(played.isKept, `to see it again: ${replay}\n${played.text}`);
  assert.match(played.text, /kept \(/, 'a round was played');
}
