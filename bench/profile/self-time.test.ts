import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { ROOT } from '../platform/environment.ts';
import { selfTimes, type CpuProfile } from './self-time.ts';

const urlOf = (path: string): string => pathToFileURL(join(ROOT, path)).href;
const node = (id: number, functionName: string, url: string) => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
});
const PROFILE: CpuProfile = {
  nodes: [
    node(1, '(idle)', ''),
    node(2, 'fold', urlOf('libs/domain/src/run/evolve.ts')),
    node(3, '', urlOf('node_modules/pg/lib/client.js')),
    node(4, 'decide', urlOf('libs/domain/src/run/decide.ts')),
    node(5, '(garbage collector)', ''),
  ],
  startTime: 0,
  endTime: 11_000,
  samples: [2, 1, 3, 4, 5, 2],
  timeDeltas: [0, 1000, 5000, 2000, 1000, 1000],
};

test('a sample stands for the time until the next, and idle time is no work', () => {
  const { busyMs, spanMs, entries } = selfTimes(PROFILE, 'function');
  assert.deepEqual([busyMs, spanMs], [5, 11]);
  assert.deepEqual(entries, [
    ['(anonymous)  node_modules/pg/lib/client.js:10', 2],
    ['fold  libs/domain/src/run/evolve.ts:10', 1],
    ['decide  libs/domain/src/run/decide.ts:10', 1],
    ['(garbage collector)', 1],
  ]);
});

test('functions add up to packages', () => {
  const { entries } = selfTimes(PROFILE, 'package');
  assert.deepEqual(Object.fromEntries(entries), { pg: 2, 'libs/domain': 2, '(garbage collector)': 1 });
});
