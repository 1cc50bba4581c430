import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { ExpressionError } from './errors.ts';
import { escapeTemplate } from './escape-template.ts';
import type { JsonValue } from './json.ts';
import { NodeNames } from './node-names.ts';
import { testScope } from './scope-fixture.ts';
import { compileTemplate } from './template.ts';

const env = { nodeNames: new NodeNames(['classify', 'tech-agent']) };
const scope = testScope({
  input: { n: 5, text: 'hello', list: [1, 2], map: { a: null }, flag: false },
  outputs: { classify: { category: 'billing' } },
});

function evaluate(template: JsonValue): JsonValue {
  return compileTemplate(template, env).evaluate(scope);
}

describe('templates', () => {
  const cases: readonly (readonly [what: string, template: JsonValue, value: JsonValue])[] = [
    ['a text that is one expression keeps the type', '${input.n}', 5],
    ['spaces within the braces do not count', '${  input.list  }', [1, 2]],
    ['spaces around them make it a text', ' ${input.n}', ' 5'],
    ['a list', '${input.list}', [1, 2]],
    ['null', '${input.map.a}', null],
    ['a number within a text', 'n=${input.n + 1}', 'n=6'],
    ['several in a text', '${input.text} ${input.text}!', 'hello hello!'],
    ['JSON within a text', 'is ${input.map}, ${input.flag}', 'is {"a":null}, false'],
    ['nested', { a: ['${input.n}', { b: 'x${input.n}' }], c: 1, d: null }, { a: [5, { b: 'x5' }], c: 1, d: null }],
    ['keys are literal', { '${input.n}': '${input.n}' }, { '${input.n}': 5 }],
    ['no expression at all', { a: 'plain', b: [1, true] }, { a: 'plain', b: [1, true] }],
    ['an escape', 'costs $${input.n}', 'costs ${input.n}'],
    ['an escape without an expression', '$${', '${'],
    ['an escape beside an expression', '$${${input.n}}', '${5}'],
    ['a dollar sign', 'US$ 5 $', 'US$ 5 $'],
    ['two dollar signs', '$$5', '$$5'],
    ['a brace in quotes', '${"}" + \'{\'}', '}{'],
    ['an escaped quote', '${"\\"}" + \'\\\'}\'}', '"}\'}'],
    ['a triple-quoted text', '${"""a"}b"""}', 'a"}b'],
    ['a map within the braces', "${{'a': {'b': 1}}.a.b}", 1],
    ['a brace after the expression', '${input.n}}', '5}'],
    ['a text output', '${output.classify.category}', 'billing'],
    ['the empty text', '', ''],
  ];
  for (const [what, template, value] of cases) it(what, () => assert.deepEqual(evaluate(template), value));
});

describe('templates that are none', () => {
  const cases: readonly (readonly [template: JsonValue, code: string, at: string])[] = [
    ['${input.n', 'SYNTAX', ''],
    ['${"}', 'SYNTAX', ''],
    ['${}', 'SYNTAX', ''],
    [{ a: [1, { b: '${input.}' }] }, 'SYNTAX', 'a[1].b'],
    [['${inptu}'], 'TYPE', '[0]'],
    [{ prompt: 'x ${output.nope}' }, 'UNKNOWN_NODE', 'prompt'],
  ];
  for (const [template, code, at] of cases) {
    it(JSON.stringify(template), () => {
      assert.throws(
        () => compileTemplate(template, env),
        (error) => error instanceof ExpressionError && error.code === code && (error.detail.at ?? '') === at,
      );
    });
  }

  it('nests too deep', () => {
    let deep: JsonValue = 'x';
    for (let i = 0; i < 100; i++) deep = [deep];
    assert.throws(
      () => compileTemplate(deep),
      (error) => error instanceof ExpressionError && error.code === 'LIMIT',
    );
  });
});

it('a missing path says where in the template and which path', () => {
  const template = compileTemplate({ messages: [{ content: 'Dear ${input.customer.name}' }] }, env);
  assert.throws(
    () => template.evaluate(scope),
    (error) =>
      error instanceof ExpressionError &&
      error.code === 'MISSING_KEY' &&
      error.detail.at === 'messages[0].content' &&
      error.detail.subject === 'input.customer' &&
      /has\(input\.customer\)/.test(error.detail.mend ?? ''),
  );
});

it('names what its expressions read', () => {
  const { references, constant } = compileTemplate(['${output.tech_agent}', { a: '${last} ${output.classify}' }], env);
  assert.deepEqual([...references.nodes].toSorted(), ['classify', 'tech-agent']);
  assert.deepEqual([...references.names].toSorted(), ['last', 'output']);
  assert.equal(constant, false);
  assert.equal(compileTemplate({ a: '$${x}' }).constant, true);
});

const json = fc.jsonValue({ maxDepth: 5 }).map((value) => value as JsonValue);
/** JSON whose texts are full of what templates are made of. */
const spiky = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc
      .array(fc.constantFrom('$', '{', '}', '${', '$${', 'a', '"', "'", '\\', ' '), { maxLength: 8 })
      .map((parts) => parts.join('')),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', '${b}', '__proto__'), tie('value')),
  ),
})).value;

test('an escaped value comes back unchanged', () => {
  fc.assert(
    fc.property(fc.oneof(json, spiky), (value) => {
      const made = compileTemplate(escapeTemplate(value)).evaluate(scope);
      assert.equal(JSON.stringify(made), JSON.stringify(value));
    }),
    { numRuns: 500 },
  );
});

test('any value goes through an expression unchanged, alone and nested', () => {
  fc.assert(
    fc.property(json, (value) => {
      const at = testScope({ input: value });
      assert.equal(compileTemplate('${input}').evaluate(at), value);
      assert.deepEqual(compileTemplate({ a: ['${input}'] }).evaluate(at), { a: [value] });
    }),
  );
});

test('a template never changes between evaluations', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      const template = compileTemplate({ x: '${input}', y: 'and ${input}' });
      const first = JSON.stringify(template.evaluate(testScope({ input: a })));
      template.evaluate(testScope({ input: b }));
      assert.equal(JSON.stringify(template.evaluate(testScope({ input: a }))), first);
    }),
  );
});
