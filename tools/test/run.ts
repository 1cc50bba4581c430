/**
 * `npm test`: everything an ordinary user can run. `--checks` runs the static part alone. The last line is
 * "N passed, N failed" (", N skipped" if any); the exit code is 1 when something failed or could not run.
 */
import { glob } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stopTestServer } from '@skein/testkit';
import { report } from './report.ts';
import { runStep } from './run-step.ts';
import type { StepResult } from './run-step.ts';
import { CHECKS, suites } from './steps.ts';

const root = resolve(import.meta.dirname, '../..');
const isEndToEnd = (path: string): boolean => !path.startsWith('test/privileged/');
const endToEnd = (await Array.fromAsync(glob('test/**/*.test.ts', { cwd: root }))).filter(isEndToEnd).toSorted();
const steps = process.argv.includes('--checks') ? CHECKS : [...CHECKS, ...suites(endToEnd)];

const results: StepResult[] = [];
for (const step of steps) results.push(await runStep(step, root));
await stopTestServer();

const { lines, ok } = report(results);
console.log(lines.join('\n'));
process.exitCode = ok ? 0 : 1;
