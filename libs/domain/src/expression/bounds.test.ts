import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { compileCondition } from './condition.ts';
import { ExpressionError } from './errors.ts';
import { compileExpression } from './expression.ts';
import type { JsonValue } from './json.ts';
import { EXPRESSION_LIMITS } from './limits.ts';
import { testScope } from './scope-fixture.ts';

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ExpressionError) return error.code;
    throw error;
  }
  return 'fine';
}

function nested(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

const wide = testScope({
  input: {
    list: Array.from({ length: 2_000 }, (_, i) => i),
    text: 'a'.repeat(100_000),
    deep: nested(5_000),
    many: Array.from({ length: EXPRESSION_LIMITS.builtElements }, () => 'x'),
  },
});

describe('bounds of the source', () => {
  const cases: readonly (readonly [what: string, source: string])[] = [
    ['too long', `1${' + 1'.repeat(EXPRESSION_LIMITS.sourceChars)}`],
    ['too many nodes', `[${'1,'.repeat(EXPRESSION_LIMITS.astNodes)}1]`],
    ['nested too deep', '('.repeat(100) + '1' + ')'.repeat(100)],
    ['a tower of signs', `${'!'.repeat(8_000)}true`],
    ['a tower of lists', '['.repeat(4_000)],
    ['a long chain of operators', `true${' && true'.repeat(900)}`],
  ];
  for (const [what, source] of cases) {
    it(what, () =>
      assert.equal(
        codeOf(() => compileExpression(source)),
        'SYNTAX',
      ),
    );
  }

  it('leaves room for what people write', () => {
    const source = Array.from({ length: 100 }, (_, i) => `input.list[${i}] == ${i}`).join(' && ');
    assert.equal(compileExpression(source).evaluate(wide), true);
  });
});

describe('bounds of an evaluation', () => {
  const cases: readonly (readonly [what: string, source: string])[] = [
    ['a loop in a loop', 'input.list.map(x, input.list.map(y, x * y))'],
    ['a loop in a loop in a loop', 'input.list.all(x, input.list.all(y, input.list.all(z, x + y + z >= 0)))'],
    [
      'faults that a quantifier would absorb',
      'input.list.exists(x, input.list.exists(y, input.list.exists(z, z.nope)))',
    ],
    ['a fault that `||` would absorb', 'input.list.all(x, input.list.all(y, true)) || true'],
    ['a fault that `&&` would absorb', 'input.list.map(x, input.list.map(y, y)) == [] && false'],
    ['a list that doubles', `cel.bind(a, input.many + input.many, size(a))`],
    ['a text that doubles', `cel.bind(a, input.list.map(x, input.text), size(a.join()))`],
    ['comparing the same again and again', 'input.list.map(x, input.many == input.many + [])'],
    ['looking for a list in lists', 'input.list.map(x, [input.many] in [input.many + []])'],
    ['writing JSON again and again', 'input.list.map(x, to_json(input.many))'],
    ['splitting a text again and again', "input.list.map(x, input.text.split('a'))"],
    ['a slow pattern', "input.list.map(x, input.text.matches('(a|a)*b'))"],
    ['compiling a pattern again and again', "input.list.map(x, 'a'.matches('(a{30}){30}' + string(x)))"],
    ['comparing what nests too deep', 'input.deep == [input.deep]'],
    ['a result that nests too deep', '[input.deep]'],
  ];
  for (const [what, source] of cases) {
    it(what, () =>
      assert.equal(
        codeOf(() => compileExpression(source).evaluate(wide)),
        'LIMIT',
      ),
    );
  }

  it('a condition that costs too much is an error, not false', () => {
    const condition = compileCondition('input.list.all(x, input.list.all(y, !input.list.exists(z, false))) || true');
    assert.equal(
      codeOf(() => condition.evaluate(wide)),
      'LIMIT',
    );
  });

  it('hands deep values on as long as it need not look inside', () => {
    assert.equal(compileExpression('input.deep').evaluate(wide), (wide.input as { deep: JsonValue }).deep);
  });
});

describe('regular expressions', () => {
  const evil = 'a'.repeat(50_000) + '!';
  for (const pattern of ['(a+)+$', '^(a|a)*$', '^(a?){50}a{50}$', '(.*)*x', '^(([a-z])+.)+[A-Z]([a-z])+$']) {
    it(`${pattern} takes linear time`, () => {
      const scope = testScope({ input: evil });
      assert.equal(compileExpression(`input.matches(r'${pattern}')`).evaluate(scope), false);
    });
  }

  it('finds a match anywhere, compiled once or made of data', () => {
    const scope = testScope({ input: { text: 'order 12345', pattern: '[0-9]{5}' } });
    assert.equal(compileExpression("input.text.matches('[0-9]{5}$')").evaluate(scope), true);
    assert.equal(compileExpression('input.text.matches(input.pattern)').evaluate(scope), true);
    assert.equal(compileExpression("input.text.matches('^[0-9]')").evaluate(scope), false);
  });

  it('refuses a pattern that is too long, or grows too large', () => {
    const long = 'a'.repeat(EXPRESSION_LIMITS.patternChars + 1);
    assert.equal(
      codeOf(() => compileExpression(`'x'.matches('${long}')`)),
      'TYPE',
    );
    assert.equal(
      codeOf(() => compileExpression("'x'.matches('((a{100}){100}){100}')")),
      'TYPE',
    );
    const scope = testScope({ input: long });
    assert.equal(
      codeOf(() => compileExpression("'x'.matches(input)").evaluate(scope)),
      'VALUE',
    );
  });
});

test('no composition of loops escapes the allowance', () => {
  const body = fc.constantFrom(
    'true',
    'x.nope',
    '1 / 0 == 1',
    'size(to_json(input.list)) > 0',
    'input.text + input.text == ""',
  );
  const loop = fc.constantFrom('all', 'exists', 'exists_one', 'filter', 'map');
  const source = fc
    .tuple(fc.array(loop, { minLength: 2, maxLength: 5 }), body)
    .map(([loops, inner]) =>
      loops.reduceRight<string>((made, name) => `size(string(input.list.${name}(x, ${made}) == [])) > 0`, inner),
    );
  fc.assert(
    fc.property(source, (text) => {
      // An answer or a typed error: that it comes at all is the point.
      assert.ok(
        ['fine', 'LIMIT', 'MISSING_KEY', 'VALUE'].includes(codeOf(() => compileExpression(text).evaluate(wide))),
      );
    }),
    { numRuns: 30 },
  );
});
