import assert from 'node:assert/strict';
import { test } from 'node:test';
import { report } from './report.ts';
import { addTotals, NONE, readTotals, verdict } from './totals.ts';

const STREAM = [
  '@skein/config: \u001B[34mℹ pass 9\u001B[39m',
  '@skein/config: ℹ fail 0',
  '@skein/bus: ℹ pass 3',
  '@skein/bus: ℹ fail 1',
  '@skein/bus:   ✖ loses a message (3.5ms)',
  '@skein/bus: ✖ loses a message (3.5ms)',
  '@skein/bus: ﹣ classifier in Go (0.2ms) # go is not installed',
  '@skein/bus: ℹ cancelled 1',
  '@skein/bus: ℹ skipped 1',
  '@skein/bus: ✖ failing tests:',
  '@skein/config: ▶ beside it',
  '@skein/bus: ',
  '@skein/bus: test at bus.test.ts:1:1',
  'a test that prints ℹ pass 100 in the middle',
].join('\n');

test('adds up the summaries of all packages', () => {
  const totals = readTotals(STREAM);
  assert.deepEqual(totals, {
    passed: 12,
    failed: 2,
    skipped: 1,
    failedNames: ['@skein/bus: loses a message'],
    failures: ['@skein/bus: test at bus.test.ts:1:1'],
    skippedNames: ['classifier in Go # go is not installed'],
  });
});

test('the verdict names skips only when there are some', () => {
  assert.equal(verdict({ ...NONE, passed: 2 }), '2 passed, 0 failed');
  assert.equal(verdict(addTotals([readTotals(STREAM), { ...NONE, passed: 1 }])), '13 passed, 2 failed, 1 skipped');
});

test('the report ends with the verdict and fails with any failure', () => {
  const good = { title: 'lint', totals: { ...NONE, passed: 1 } };
  assert.deepEqual(report([good]).lines.at(-1), '1 passed, 0 failed');
  const bad = { title: 'packages', totals: { ...NONE, failed: 1 }, problem: 'could not run: nx' };
  const { lines, ok } = report([good, bad]);
  assert.equal(ok, false);
  assert.ok(lines.includes('✖ packages: 0 passed, 1 failed (could not run: nx)'));
});
