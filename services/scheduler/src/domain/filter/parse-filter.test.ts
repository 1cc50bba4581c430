import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FilterError } from './filter-error.ts';
import type { RunFilter } from './filter.ts';
import { matchesFilter, type FilterableRun } from './matches.ts';
import { FILTER_LIMITS, parseFilter } from './parse-filter.ts';

const RUN: FilterableRun = {
  runId: '01a1fcd3-853f-7648-a691-43958cca9465',
  status: 'FAILED',
  workflowId: 'billing',
  workflowVersion: 3,
  createdAtMs: Date.parse('2026-11-02T00:00:00Z'),
  endedAtMs: Date.parse('2026-11-02T00:00:02.500Z'),
  sessionId: '',
  parent: undefined,
  failureCode: 'TIMEOUT',
  failedNodeId: 'charge',
  labels: { team: 'a', 'my-key': "it's" },
  searchAttributes: {
    customer: 'acme',
    score: 0.5,
    items: 3,
    urgent: true,
    due: { timestampMs: Date.parse('2026-12-24T18:00:00Z') },
    tags: ['red', 'blue'],
  },
};

describe('filters hold', () => {
  const holding = [
    `state = FAILED and workflow_id = 'billing' and created_at > '2026-11-01T00:00:00Z' and attr.customer = 'acme'
       and attr.score >= 0.5 and labels.team in ('a', 'b') and not (attr.customer = 'other')`,
    `state IN (failed, "DONE") AND NOT state = DONE`,
    `attr.score = 0.5 and attr.items = 3.0 and attr.items < 4 and attr.urgent = true`,
    `attr.due < timestamp('2026-12-25T00:00:00+01:00') and attr.due = timestamp('2026-12-24T19:00:00+01:00')`,
    `attr.tags = 'red' and attr.tags in ('green', 'blue') and attr.tags != 'green'`,
    `attr.customer starts_with 'ac' and workflow_id starts_with "bill"`,
    `session_id is null and failure_code is not null and attr.nothing is null and labels.none is null`,
    `labels['my-key'] = 'it''s' and labels.team != 'b' and labels.team < 'b'`,
    `duration_ms >= 2500 and duration_ms < 2501 and workflow_version = 3`,
    `state = DONE and state = PAUSED or state = FAILED`,
    `not attr.nothing = 'x'`,
    `run_id = '01A1FCD3-853F-7648-A691-43958CCA9465'`,
  ];
  for (const source of holding) {
    test(source, () => assert.ok(matchesFilter(parseFilter(source), RUN)));
  }
});

describe('filters do not hold', () => {
  const failing = [
    `attr.nothing != 'x'`,
    `attr.nothing not in ('x', 'y')`,
    `attr.score = '0.5'`,
    `attr.customer > 5`,
    `attr.due > '2026'`,
    `attr.tags < 'z'`,
    `parent_run_id = '01a1fcd3-853f-7648-a691-43958cca9465'`,
    `attr.constructor is not null`,
    `state = FAILED and not state = FAILED`,
  ];
  for (const source of failing) {
    test(source, () => assert.ok(!matchesFilter(parseFilter(source), RUN)));
  }
});

describe('what is no filter is refused, with its place', () => {
  const refused: readonly (readonly [source: string, column: number, message: RegExp, mend?: RegExp])[] = [
    ['stat = FAILED', 1, /unknown field `stat`/, /did you mean `state`\?/],
    ['status = FAILED', 1, /unknown field/, /`state`/],
    ['state = FALED', 9, /no state `FALED`/, /`FAILED`/],
    ['state = FAILED and', 19, /the filter ends here/],
    ['state = ', 9, /a value is missing/],
    ['state', 6, /the filter ends here/, /use =/],
    ['state = FAILED created_at', 16, /one too many/, /`and`/],
    ['(state = FAILED or state = DONE', 32, /`\)` is missing/],
    ["workflow_id = 'x", 15, /no end/],
    ['workflow_id = x', 15, /is a text/, /quotes/],
    ["workflow_id = ''", 15, /never empty/, /is null/],
    ['attr.customer = acme', 17, /no value/, /'acme'/],
    ["created_at > '2026-11-01'", 14, /no time/, /2026-11-01T00:00:00Z/],
    ['created_at > 5', 14, /is a time/],
    ["duration_ms > '5'", 15, /is a number/],
    ['state > DONE', 7, /no order/],
    ['attr.urgent > true', 15, /no order/],
    ["attr.Customer = 'x'", 6, /no attribute is called/],
    ["labels = 'x'", 1, /unknown field/, /labels\.team/],
    ['labels.team = 5', 15, /texts/],
    ["run_id = 'x'", 10, /UUID/],
    ['state not FAILED', 11, /followed by `in`/],
    ['attr.a is 5', 11, /is null/],
    ['a & b', 3, /no meaning/],
    ['attr.a = 1e999', 10, /too large/],
    ["attr.a = 'a\0'", 10, /U\+0000/],
    ['', 1, /the filter ends here/],
  ];
  for (const [source, column, message, mend = /^/] of refused) {
    test(source, () => {
      const error = refusalOf(source);
      assert.equal(error.column, column);
      assert.match(error.message, message);
      assert.match(error.mend, mend);
    });
  }

  test('beyond its bounds', () => {
    assert.match(refusalOf(`state = DONE ${' '.repeat(FILTER_LIMITS.sizeBytes)}`).message, /bytes/);
    assert.match(refusalOf(`${'('.repeat(40)}state = DONE${')'.repeat(40)}`).message, /nested deeper/);
    assert.match(refusalOf(`${'not '.repeat(40)}state = DONE`).message, /nested deeper/);
    assert.match(refusalOf(`attr.a in (${Array.from({ length: 101 }, (_, i) => i).join()})`).message, /more than 100/);
    assert.match(refusalOf(Array.from({ length: 101 }, () => 'attr.a is null').join(' or ')).message, /more than 100/);
  });
});

test('whatever the text, it is a filter or refused within it', () => {
  const words = fc.constantFrom('state', 'attr.a', 'labels.b', '=', '!=', '<', 'in', '(', ')', ',', 'and', 'or', 'not');
  const texts = fc.oneof(fc.string(), fc.array(fc.oneof(words, fc.constantFrom("'x'", '5', 'DONE', 'is', 'null'))));
  fc.assert(
    fc.property(texts, (text) => {
      const source = typeof text === 'string' ? text : text.join(' ');
      const result = attempt(source);
      if (!(result instanceof FilterError)) return typeof matchesFilter(result, RUN) === 'boolean';
      return result.column >= 1 && result.column <= source.length + 1 && result.message !== '';
    }),
    { numRuns: 2000 },
  );
});

function attempt(source: string): RunFilter | FilterError {
  try {
    return parseFilter(source);
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
}

function refusalOf(source: string): FilterError {
  const result = attempt(source);
  assert.ok(result instanceof FilterError, `${source} is a filter`);
  return result;
}
