import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterProbe, type Finding, type ProbeCount, type Thresholds } from './probe-count.ts';

const NEW: ProbeCount = { health: 'UNKNOWN', failures: 0, successes: 0 };
const FINDINGS: Readonly<Record<string, Finding>> = { '+': 'HEALTHY', '~': 'DEGRADED', '-': 'FAILED' };
const LETTERS = { UNKNOWN: '?', HEALTHY: 'H', DEGRADED: 'D', UNHEALTHY: 'U' };

/** The states after each probe of a row. */
function statesAfter(row: string, thresholds: Thresholds): string {
  let count = NEW;
  const states = row.split('').map((probe) => {
    count = afterProbe(count, FINDINGS[probe] ?? 'FAILED', thresholds);
    return LETTERS[count.health];
  });
  return states.join('');
}

const ROWS: ReadonlyArray<readonly [what: string, thresholds: Thresholds, row: string, states: string]> = [
  ['three failures in a row, one success', { unhealthy: 3, healthy: 1 }, '+--+---+', 'HHHHHHUH'],
  ['nothing is known until the third failure', { unhealthy: 3, healthy: 1 }, '---', '??U'],
  ['one failure', { unhealthy: 1, healthy: 1 }, '+-+-', 'HUHU'],
  ['two successes in a row', { unhealthy: 1, healthy: 2 }, '+-+-++', 'HUUUUH'],
  ['degraded is a success of its own kind', { unhealthy: 2, healthy: 1 }, '+~-~--~+', 'HDDDDUDH'],
];

for (const [what, thresholds, row, states] of ROWS) {
  test(`${what}: ${row}`, () => assert.equal(statesAfter(row, thresholds), states));
}
