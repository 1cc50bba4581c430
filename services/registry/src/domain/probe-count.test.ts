import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterProbe, type ProbeCount } from './probe-count.ts';

const NEW: ProbeCount = { health: 'UNKNOWN', failures: 0 };

/** The states after each probe of a row, `+` being a success. */
function statesAfter(row: string, threshold = 3): string {
  let count = NEW;
  return row
    .split('')
    .map((probe) => {
      count = afterProbe(count, probe === '+', threshold);
      return count.health.at(0);
    })
    .join('');
}

test('three failures in a row make an instance unhealthy, one success healthy', () => {
  assert.equal(statesAfter('+--+---+'), 'HHHHHHUH');
  assert.equal(statesAfter('---'), 'UUU');
  assert.equal(afterProbe({ health: 'UNKNOWN', failures: 1 }, false, 3).health, 'UNKNOWN');
  assert.equal(afterProbe({ health: 'UNKNOWN', failures: 2 }, false, 3).health, 'UNHEALTHY');
});

test('the threshold may be one', () => assert.equal(statesAfter('+-+-', 1), 'HUHU'));
