import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ExpressionError } from '../errors.ts';
import { compileExpression } from '../expression.ts';
import type { JsonValue } from '../json.ts';
import { testScope } from '../scope-fixture.ts';

const scope = testScope({
  input: { text: 'grüße 😀!', list: ['a', 'b'], n: 2, json: '{"a": [1, 2]}', obj: { b: 1, a: ' x ' } },
});

function evaluate(source: string): JsonValue {
  return compileExpression(source).evaluate(scope);
}

const VALUES: readonly (readonly [source: string, value: JsonValue])[] = [
  // Texts, by code points.
  ['size(input.text)', 8],
  ['input.text.size()', 8],
  ["input.text.contains('😀')", true],
  ["input.text.startsWith('grü')", true],
  ["input.text.endsWith('!')", true],
  ["input.text.indexOf('!')", 7],
  ["input.text.indexOf('e', 5)", -1],
  ["input.text.indexOf('nope')", -1],
  ["'banana'.lastIndexOf('an')", 3],
  ["'banana'.lastIndexOf('x')", -1],
  ['input.text.charAt(6)', '😀'],
  ['input.text.substring(6)', '😀!'],
  ['input.text.substring(0, 5)', 'grüße'],
  ['input.text.substring(input.n)', 'üße 😀!'],
  ["' x '.trim()", 'x'],
  ["'aBcÄ'.lowerAscii()", 'abcÄ'],
  ["'aBcä'.upperAscii()", 'ABCä'],
  ["'a-b-c'.replace('-', '$&')", 'a$&b$&c'],
  ["'a,b,c'.split(',')", ['a', 'b', 'c']],
  ["'a,b,c'.split(',', 2)", ['a', 'b,c']],
  ["'a,b,c'.split(',', 0)", []],
  ["'😀a'.split('')", ['😀', 'a']],
  ["input.list.join(', ')", 'a, b'],
  ['input.list.join()', 'ab'],
  // Sizes.
  ['size(input.list)', 2],
  ['size(input.obj)', 2],
  ["size(b'\\xff')", 1],
  // Conversions.
  ["int('-42')", -42],
  ['int(3.99)', 3],
  ['int(-3.99)', -3],
  ["uint('42')", 42],
  ["double('1.5')", 1.5],
  ['double(3)', 3],
  ['string(input.n)', '2'],
  ['string(7)', '7'],
  ['string(true)', 'true'],
  ["bool('true')", true],
  ["string(b'gr\\xc3\\xbc')", 'grü'],
  ["bytes('grü')", 'Z3LDvA=='],
  ["b'abc'", 'YWJj'],
  ['type(input.n) == double', true],
  ['type(1)', 'int'],
  ['type(null) == null_type', true],
  ['type(input.obj) == map', true],
  ['dyn(1) == 1.0', true],
  // JSON.
  ['from_json(input.json).a[1]', 2],
  ['to_json(input.obj)', '{"b":1,"a":" x "}'],
  ['to_json([1, {"a": 2.5}])', '[1,{"a":2.5}]'],
  ["text(' x ')", 'x'],
  ['text(input.n)', '2'],
  ['text(null)', 'null'],
  ['text(input.list)', '["a","b"]'],
  // Time.
  ["timestamp('2026-01-15T14:30:45.120Z')", '2026-01-15T14:30:45.12Z'],
  ["timestamp('2026-01-15T14:30:45+02:00')", '2026-01-15T12:30:45Z'],
  ['timestamp(0)', '1970-01-01T00:00:00Z'],
  ["duration('1h30m') + duration('-0.5s')", '5399.5s'],
  ["duration('-1500ms')", '-1.5s'],
  ["timestamp('2026-01-15T00:00:00Z') + duration('24h')", '2026-01-16T00:00:00Z'],
  ["timestamp('2026-01-15T00:00:00Z') - timestamp('2026-01-14T00:00:00Z')", '86400s'],
  ["timestamp('2026-01-15T00:00:00Z') > timestamp('2026-01-14T00:00:00Z')", true],
  ["timestamp('2026-01-15T00:00:00Z') == timestamp('2026-01-15T01:00:00+01:00')", true],
  ["duration('60s') == duration('1m')", true],
  ["int(timestamp('1970-01-01T00:01:00Z'))", 60],
  ["timestamp('2026-12-31T23:30:00Z').getFullYear()", 2026],
  ["timestamp('2026-12-31T23:30:00Z').getFullYear('Europe/Berlin')", 2027],
  ["timestamp('2026-12-31T23:30:00Z').getHours('-05:00')", 18],
  ["timestamp('2026-01-15T14:30:45.123Z').getMonth()", 0],
  ["timestamp('2026-01-15T14:30:45.123Z').getDate()", 15],
  ["timestamp('2026-01-15T14:30:45.123Z').getDayOfMonth()", 14],
  ["timestamp('2026-01-15T14:30:45.123Z').getDayOfWeek()", 4],
  ["timestamp('2026-03-01T00:00:00Z').getDayOfYear()", 59],
  ["timestamp('2026-01-15T14:30:45.123Z').getMinutes()", 30],
  ["timestamp('2026-01-15T14:30:45.123Z').getSeconds()", 45],
  ["timestamp('2026-01-15T14:30:45.123Z').getMilliseconds()", 123],
  ["duration('90m').getHours()", 1],
  ["string(duration('90s')) + string(timestamp(0))", '90s1970-01-01T00:00:00Z'],
];

describe('functions', () => {
  for (const [source, value] of VALUES) it(source, () => assert.deepEqual(evaluate(source), value));
});

describe('functions refuse values they do not fit', () => {
  const failing = [
    "int('x')",
    "int('99999999999999999999')",
    'int(1e30)',
    'uint(-1)',
    "double('1x')",
    "double('')",
    "double('0x10')",
    "bool('yes')",
    "'abc'.charAt(4)",
    "'abc'.substring(2, 1)",
    "'abc'.substring(-1)",
    "'abc'.indexOf('a', 9)",
    '[1, 2].join()',
    "from_json('{')",
    "string(b'\\xff')",
    "timestamp('yesterday')",
    "timestamp('2026-13-01T00:00:00Z')",
    'timestamp(999999999999999)',
    "duration('5 minutes')",
    "duration('')",
    "timestamp(0).getHours('Nowhere/Land')",
    'input.n.startsWith("x")',
    'input.obj.size().size()',
    'input.text.substring(0.5)',
  ];
  for (const source of failing) {
    it(source, () => {
      assert.throws(
        () => evaluate(source),
        (error) => error instanceof ExpressionError && ['VALUE', 'TYPE'].includes(error.code),
      );
    });
  }
});
