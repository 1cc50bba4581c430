import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runStep as runShown } from './run-step.ts';
import type { StepResult } from './run-step.ts';
import type { Step } from './steps.ts';

const node = (script: string): [string, ...string[]] => [process.execPath, '-e', script];
const runStep = (step: Step): Promise<StepResult> => runShown(step, import.meta.dirname, () => undefined);

test('a check counts as one test', async () => {
  const passed = await runStep({ kind: 'check', title: 'good', command: node('') });
  const failed = await runStep({ kind: 'check', title: 'bad', command: node('process.exit(1)') });
  assert.deepEqual([passed.totals.passed, passed.totals.failed], [1, 0]);
  assert.deepEqual([failed.totals.passed, failed.totals.failed], [0, 1]);
});

test('a suite that crashes, has no tests or does not exist could not run', async () => {
  const crash = node('process.exit(1)');
  for (const command of [crash, node(''), ['/no/such/program'] as [string]]) {
    const { totals, problem } = await runStep({ kind: 'suite', title: 'suite', command });
    assert.equal(totals.failed, 1);
    assert.match(problem ?? '', /could not run/);
  }
});

test('settings of the person who tests do not reach the tests', async () => {
  process.env['DATABASE_URL'] = 'postgres://mine';
  const script = `process.exit(process.env.DATABASE_URL === undefined ? 0 : 1)`;
  const { totals } = await runStep({ kind: 'check', title: 'clean', command: node(script) });
  delete process.env['DATABASE_URL'];
  assert.equal(totals.passed, 1);
});
