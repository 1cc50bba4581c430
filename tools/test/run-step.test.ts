import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runStep } from './run-step.ts';

const node = (script: string): [string, ...string[]] => [process.execPath, '-e', script];
const root = import.meta.dirname;

test('a check counts as one test', async () => {
  const passed = await runStep({ kind: 'check', title: 'good', command: node('') }, root);
  const failed = await runStep({ kind: 'check', title: 'bad', command: node('process.exit(1)') }, root);
  assert.deepEqual([passed.totals.passed, passed.totals.failed], [1, 0]);
  assert.deepEqual([failed.totals.passed, failed.totals.failed], [0, 1]);
});

test('a suite that crashes, has no tests or does not exist could not run', async () => {
  const crash = node('process.exit(1)');
  for (const command of [crash, node(''), ['/no/such/program'] as [string]]) {
    const { totals, problem } = await runStep({ kind: 'suite', title: 'suite', command }, root);
    assert.equal(totals.failed, 1);
    assert.match(problem ?? '', /could not run/);
  }
});

test('settings of the person who tests do not reach the tests', async () => {
  process.env['DATABASE_URL'] = 'postgres://mine';
  const script = `process.exit(process.env.DATABASE_URL === undefined ? 0 : 1)`;
  const { totals } = await runStep({ kind: 'check', title: 'clean', command: node(script) }, root);
  delete process.env['DATABASE_URL'];
  assert.equal(totals.passed, 1);
});
