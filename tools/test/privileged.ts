/** `npm run test:privileged`: the suites that need root (container engines, network namespaces), one at a time. */
import { glob } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stopTestServer } from '@skein/testkit';
import { report } from './report.ts';
import { runStep } from './run-step.ts';
import { NONE, verdict } from './totals.ts';

const root = resolve(import.meta.dirname, '../..');
const files = (await Array.fromAsync(glob('test/privileged/**/*.test.ts', { cwd: root }))).toSorted();
if (files.length === 0) {
  console.log(verdict(NONE));
} else {
  const command = [process.execPath, '--test', '--test-concurrency=1', ...files] as const;
  const result = await runStep({ kind: 'suite', title: 'privileged', command }, root);
  await stopTestServer();
  const { lines, ok } = report([result]);
  console.log(lines.join('\n'));
  process.exitCode = ok ? 0 : 1;
}
