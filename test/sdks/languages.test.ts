/**
 * The SDKs of other languages: built, tested by themselves, held against the contract, and put to work by a platform. What a
 * machine has no toolchain for is skipped by name.
 */
import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { spawnProcess, temporaryDirectory } from '@skein/testkit';
import { startPlatform, type TestPlatform } from '../e2e/harness/platform.ts';
import { build, BUILD_TIMEOUT_MS, SDKS, type Sdk } from './sdk.ts';
import { conformanceSuite } from './conformance-suite.ts';
import { exampleSuite } from './example-suite.ts';
import { polyglotSuite } from './polyglot-suite.ts';
import { sourceSuite } from './source-suite.ts';
import { workerSuite } from './worker-suite.ts';

const built: Sdk[] = [];
for (const sdk of SDKS) {
  const absent = await build(sdk);
  if (absent === undefined) built.push(sdk);
  else test(`the SDK for ${sdk.language}`, (t) => t.skip(`sdks/${sdk.language}: ${absent}`));
}

for (const [at, missing] of ['python3', 'go'].entries()) {
  test(`a machine without ${missing} is told so`, async () => {
    // With nothing but what a script needs before it looks for a toolchain.
    await using directory = await temporaryDirectory('path');
    await using which = await spawnProcess('/bin/sh', { args: ['-c', 'command -v dirname'] });
    await which.exited;
    await symlink(which.stdout.trim(), join(directory.path, 'dirname'));
    const sdk = SDKS[at];
    assert.ok(sdk);
    assert.equal(await build(sdk, { PATH: directory.path }), `${missing} not found`);
  });
}

if (built.length > 0) {
  suite('SDKs', { timeout: BUILD_TIMEOUT_MS }, () => {
    let platform: TestPlatform | undefined;
    const use = (): TestPlatform => {
      assert.ok(platform);
      return platform;
    };
    before(async () => {
      platform = await startPlatform('embedded');
    });
    after(() => platform?.[Symbol.asyncDispose]());
    for (const sdk of built) {
      suite(sdk.language, { concurrency: 2 }, () => {
        sourceSuite(sdk);
        conformanceSuite(sdk);
        exampleSuite(sdk, use);
        workerSuite(sdk, use);
      });
    }
    if (built.length === SDKS.length) polyglotSuite(built, use);
  });
}
