import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { compileCondition, type ConditionResult } from './condition.ts';
import { ExpressionError } from './errors.ts';
import type { JsonValue } from './json.ts';
import { testScope } from './scope-fixture.ts';

const scope = testScope({ input: { yes: true, no: false, n: 1, list: [{ ok: true }, {}] } });

function evaluate(source: string): ConditionResult {
  return compileCondition(source).evaluate(scope);
}

describe('conditions and missing paths', () => {
  const cases: readonly (readonly [source: string, holds: boolean, missing?: string])[] = [
    ['input.yes', true],
    ['input.no', false],
    ["input.nope == 'x'", false, 'input.nope'],
    ["input.nope != 'x'", false, 'input.nope'],
    ['!input.nope', false, 'input.nope'],
    ['input.nope', false, 'input.nope'],
    ['input.a.b.c > 1', false, 'input.a'],
    ['input.list[5].ok', false, 'input.list[5]'],
    ["output.classify.category == 'billing'", false, 'output.classify'],
    ['last == 1', false, 'last'],
    ['error.code == 1', false, 'error'],
    // The other side settles it.
    ['input.nope || input.yes', true],
    ['input.yes || input.nope', true],
    ['input.nope && input.no', false],
    ['input.no && input.nope', false],
    // It does not.
    ['input.nope || input.no', false, 'input.nope'],
    ['input.no || input.nope', false, 'input.nope'],
    ['input.yes && input.nope', false, 'input.nope'],
    ['!(input.nope && input.yes)', false, 'input.nope'],
    ['!(input.nope && input.no)', true],
    // An element of a list settles it, or not.
    ['input.list.exists(e, e.ok)', true],
    ['input.list.all(e, e.ok)', false, 'e.ok'],
    ['input.list.all(e, !e.ok)', false],
    ['input.list.exists(e, !e.ok)', false, 'e.ok'],
    ['has(input.nope) || input.yes', true],
    ['!has(input.nope.x)', true],
    ['input.nope ? true : true', false, 'input.nope'],
  ];
  for (const [source, holds, missing] of cases) {
    it(source, () => assert.deepEqual(evaluate(source), missing === undefined ? { holds } : { holds, missing }));
  }
});

describe('conditions that cannot be decided', () => {
  const cases: readonly (readonly [source: string, code: string])[] = [
    ['input.n', 'NOT_BOOLEAN'],
    ['input.list', 'NOT_BOOLEAN'],
    ['1 / 0 == 1', 'VALUE'],
    ["input.n < 'x'.size() + input.list", 'VALUE'],
    ['input.n && true', 'VALUE'],
  ];
  for (const [source, code] of cases) {
    it(source, () => {
      const condition = compileCondition(source);
      assert.throws(
        () => condition.evaluate(scope),
        (error) => error instanceof ExpressionError && error.code === code,
      );
    });
  }

  for (const source of ["'billing'", '1 + 1', '[true]', 'size(input)']) {
    it(`refuses ${source} at once`, () => {
      assert.throws(
        () => compileCondition(source),
        (error) => error instanceof ExpressionError && error.code === 'NOT_BOOLEAN',
      );
    });
  }
});

/** An operand, with what it comes to. */
type Outcome = 'true' | 'false' | 'missing' | 'failed';
const SOURCES: Readonly<Record<Outcome, string>> = {
  true: 'input.yes',
  false: 'input.no',
  missing: 'input.nope',
  failed: '(1 / 0 == 1)',
};

/** `&&` and `||` by their definition: a settling side decides, else the first side that failed, else the other value. */
function model(op: '&&' | '||', a: Outcome, b: Outcome): Outcome {
  const settling = op === '||' ? 'true' : 'false';
  if (a === settling || b === settling) return settling;
  if (a === 'missing' || a === 'failed') return a;
  return b;
}

function negated(a: Outcome): Outcome {
  if (a === 'true') return 'false';
  return a === 'false' ? 'true' : a;
}

interface Formula {
  readonly source: string;
  readonly outcome: Outcome;
}

const formula = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc
      .constantFrom<Outcome>('true', 'false', 'missing', 'failed')
      .map((outcome) => ({ source: SOURCES[outcome], outcome })),
    tie('formula').map((a) => ({ source: `!${a.source}`, outcome: negated(a.outcome) })),
    fc.tuple(fc.constantFrom('&&' as const, '||' as const), tie('formula'), tie('formula')).map(([op, a, b]) => ({
      source: `(${a.source} ${op} ${b.source})`,
      outcome: model(op, a.outcome, b.outcome),
    })),
  ),
})).formula;

test('every combination of true, false, missing and failed follows the rule', () => {
  fc.assert(
    fc.property(formula, ({ source, outcome }) => {
      const condition = compileCondition(source);
      if (outcome === 'failed') {
        assert.throws(
          () => condition.evaluate(scope),
          (error) => error instanceof ExpressionError && error.code === 'VALUE',
        );
        return;
      }
      const result = condition.evaluate(scope);
      assert.equal(result.holds, outcome === 'true');
      assert.equal(result.missing, outcome === 'missing' ? 'input.nope' : undefined);
    }),
    { numRuns: 500 },
  );
});

test('a comparison with a text holds exactly for that text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'grapheme' }), (value, wanted) => {
      const at = testScope({ input: { value: value as JsonValue } });
      const literal = JSON.stringify(wanted);
      assert.equal(compileCondition(`input.value == ${literal}`).evaluate(at).holds, value === wanted);
      assert.equal(compileCondition(`input.value != ${literal}`).evaluate(at).holds, value !== wanted);
    }),
  );
});
