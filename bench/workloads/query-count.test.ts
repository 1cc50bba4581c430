import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countStatements } from './query-count.ts';

test('statements are counted, simple and prepared ones, whatever else the log says', () => {
  const log = [
    '2026-01-01 00:00:00.000 UTC [17] LOG:  statement: BEGIN',
    '2026-01-01 00:00:00.001 UTC [17] LOG:  execute <unnamed>: select 1',
    '\tfrom scheduler.run',
    "2026-01-01 00:00:00.001 UTC [17] DETAIL:  Parameters: $1 = ' LOG:'",
    '2026-01-01 00:00:00.002 UTC [18] LOG:  execute sweep: select 2',
    '2026-01-01 00:00:01.000 UTC [9] LOG:  checkpoint starting: time',
  ].join('\n');
  assert.equal(countStatements(log), 3);
});
