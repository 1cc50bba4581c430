import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { ExpressionError } from './errors.ts';
import { compileExpression } from './expression.ts';
import type { JsonValue } from './json.ts';
import { NodeNames } from './node-names.ts';
import { testScope } from './scope-fixture.ts';

const env = { nodeNames: new NodeNames(['classify', 'billing-agent', 'a.b']) };
const scope = testScope({
  input: { n: 5, half: 0.5, list: [1, 2, 3], text: 'héllo 😀', flag: true, nothing: null, map: { a: 1, '1': 'one' } },
  outputs: { classify: { category: 'billing', score: 7 }, 'billing-agent': { ok: true }, 'a.b': 'dotted' },
  last: { answer: 42 },
  error: { code: 'timeout' },
  item: 'x',
  index: 2,
});

function evaluate(source: string): JsonValue {
  return compileExpression(source, env).evaluate(scope);
}

function failure(work: () => unknown): ExpressionError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ExpressionError, String(error));
    return error;
  }
  assert.fail('nothing was raised');
}

const VALUES: readonly (readonly [source: string, value: JsonValue])[] = [
  // Names.
  ['input.n', 5],
  ['output.classify.category', 'billing'],
  ["output['billing-agent'].ok", true],
  ['output.billing_agent.ok', true],
  ["output['billing_agent'].ok", true],
  ["output['a.b']", 'dotted'],
  ['output.a_b', 'dotted'],
  ["output['class' + 'ify'].score", 7],
  ['size(output)', 3],
  ["'classify' in output", true],
  ['last.answer', 42],
  ['run.namespace', 'default'],
  ['run.workflow_id', 'support'],
  ['error.code', 'timeout'],
  ['item + string(index)', 'x2'],
  // JSON numbers beside the integers of expressions.
  ['output.classify.score > 5', true],
  ['output.classify.score == 7', true],
  ['7 == output.classify.score', true],
  ['7 != output.classify.score', false],
  ['input.n + 1', 6],
  ['1 + input.n', 6],
  ['input.n - 1.5', 3.5],
  ['input.n / 2', 2.5],
  ['input.n % 2 == 1', true],
  ['-input.n', -5],
  ['input.list[input.n - 4]', 2],
  ['input.list[0]', 1],
  ['size(input.list) + 1', 4],
  ['size(input.list) > input.half', true],
  ['input.n in [4, 5]', true],
  ['5 in input.list', false],
  ['input.text.substring(input.n + 1)', '😀'],
  ['input.list == [1, 2, 3]', true],
  ["input.map == {'a': 1, '1': 'one'}", true],
  // Integers among themselves.
  ['7 / 2', 3],
  ['-7 / 2', -3],
  ['7 % -2', 1],
  ['0x10', 16],
  ['5u', 5],
  // Values of different kinds are not equal, which is no error.
  ["input.n == '5'", false],
  ['input.text != 5', true],
  ['input.nothing == null', true],
  ['input.list == input.map', false],
  // Maps.
  ["input.map['a']", 1],
  ['input.map[1]', 'one'],
  ["'a' in input.map", true],
  ['1 in input.map', true],
  ["{'b': [1, 2.5, 'x'], 'n': null}", { b: [1, 2.5, 'x'], n: null }],
  ['{1: true, false: 2}', { '1': true, false: 2 }],
  // Choice.
  ["input.flag ? 'yes' : 'no'", 'yes'],
  ['input.n > 9 ? 1 / 0 : 1', 1],
  // Comprehensions.
  ['input.list.map(x, x * 2)', [2, 4, 6]],
  ['input.list.map(x, x > 1, x * 2)', [4, 6]],
  ['input.list.filter(x, x != 2)', [1, 3]],
  ['input.list.all(x, x > 0)', true],
  ['input.list.exists(x, x > 2)', true],
  ['input.list.exists_one(x, x > 1)', false],
  ['input.map.filter(k, k == "a")', ['a']],
  [
    'input.list.map(x, input.list.map(y, x * y))',
    [
      [1, 2, 3],
      [2, 4, 6],
      [3, 6, 9],
    ],
  ],
  ['input.list.map(input, input)', [1, 2, 3]],
  ['[1, 2].map(output, output + 1)', [2, 3]],
  ['cel.bind(x, input.n, x + x)', 10],
  // has() never fails for what is not there.
  ['has(input.map.a)', true],
  ['has(input.map.b)', false],
  ['has(input.nope.deep.deeper)', false],
  ["has(output['billing-agent'].ok)", true],
  ['has(input.list[9].x)', false],
];

describe('expressions', () => {
  for (const [source, value] of VALUES) {
    it(source, () => assert.deepEqual(evaluate(source), value));
  }
});

describe('expressions refused before they are evaluated', () => {
  const refused: readonly (readonly [source: string, code: string, offset: number, mend?: RegExp])[] = [
    ['', 'SYNTAX', 0],
    ['input.n ==', 'SYNTAX', 10],
    ["'open", 'SYNTAX', 0],
    ['a b', 'SYNTAX', 2],
    ['package.x', 'SYNTAX', 0, /input\['package'\]/],
    ['inptu.n', 'TYPE', 0, /did you mean `input`/],
    ["'a' + 1", 'TYPE', 0],
    ["'a' > 1", 'TYPE', 0],
    ['!5', 'TYPE', 1],
    ["true && 'x'", 'TYPE', 8],
    ['input.list.exist(x, true)', 'TYPE', 0, /did you mean `exists`/],
    ['len(input)', 'TYPE', 0],
    ['size(5)', 'TYPE', 0, /size\(string\)/],
    ["input.text.matches('(')", 'TYPE', 19],
    ["input.text.matches('(?=a)')", 'TYPE', 19],
    ['has(input)', 'TYPE', 0],
    ['"x".map(c, c)', 'TYPE', 0],
    ['output.clasify', 'UNKNOWN_NODE', 0, /did you mean `classify`/],
    ['output.billing-agent.ok', 'UNKNOWN_NODE', 0, /output\['billing-agent'\] or output\.billing_agent/],
    ["output['nope']", 'UNKNOWN_NODE', 0],
    ['99999999999999999999', 'TYPE', 0],
    ['input.?x', 'SYNTAX', 6],
    ['input.list.map(1, 2)', 'SYNTAX', 15],
    ['5.map(x, x)', 'TYPE', 0],
    ['size([1]).map(x, x)', 'TYPE', 0],
    ["-'x'", 'TYPE', 0],
    ['1 in 2', 'TYPE', 0],
    ['input.text.matches(5)', 'TYPE', 0],
  ];
  for (const [source, code, offset, mend] of refused) {
    it(source, () => {
      const error = failure(() => compileExpression(source, env));
      assert.equal(error.code, code);
      assert.equal(error.detail.offset, offset);
      assert.equal(error.detail.source, source);
      if (mend !== undefined) assert.match(error.detail.mend ?? '', mend);
    });
  }

  it('names the nodes an ambiguous alias fits', () => {
    const twins = { nodeNames: new NodeNames(['a-b', 'a_b']) };
    const error = failure(() => compileExpression('output.a_b.x', twins));
    assert.equal(error.code, 'AMBIGUOUS_ALIAS');
    assert.match(error.message, /a-b, a_b/);
    const both = testScope({ outputs: { 'a-b': 1, a_b: 2 } });
    assert.equal(compileExpression("output['a-b']", twins).evaluate(both), 1);
    assert.equal(compileExpression("output['a_b']", twins).evaluate(both), 2);
  });
});

describe('expressions that fail when evaluated', () => {
  const failing: readonly (readonly [source: string, code: string, subject: string])[] = [
    ['input.nope', 'MISSING_KEY', 'input.nope'],
    ['input.nope.deeper', 'MISSING_KEY', 'input.nope'],
    ['input.text.length', 'MISSING_KEY', 'input.text.length'],
    ['input.list[3]', 'MISSING_KEY', 'input.list[3]'],
    ['input.list[-1]', 'MISSING_KEY', 'input.list[-1]'],
    ['input.list[0.5]', 'MISSING_KEY', 'input.list[0.5]'],
    ["'x' + input.map.b", 'MISSING_KEY', 'input.map.b'],
    ['1 / 0', 'VALUE', '1 / 0'],
    ['input.n + input.text', 'VALUE', 'input.n + input.text'],
    ['input.n < input.text', 'VALUE', 'input.n < input.text'],
    ['9223372036854775807 + 1', 'VALUE', '9223372036854775807 + 1'],
    ['input.list.map(x, x.y)', 'MISSING_KEY', 'x.y'],
    ['input.n && true', 'VALUE', 'input.n'],
    ["input.text.matches(input.text + '(')", 'VALUE', "input.text + '('"],
    ["{'a': 1, 'a': 2}", 'VALUE', "{'a': 1, 'a': 2}"],
    ['9007199254740993', 'NOT_JSON', '9007199254740993'],
    ['1.0 / 0.0', 'NOT_JSON', '1.0 / 0.0'],
    ['[0.0 / 0.0]', 'NOT_JSON', '[0.0 / 0.0]'],
  ];
  for (const [source, code, subject] of failing) {
    it(source, () => {
      const error = failure(() => evaluate(source));
      assert.equal(error.code, code);
      assert.equal(error.detail.subject, subject);
      assert.ok(error.message.includes(source), error.message);
    });
  }
});

describe('references', () => {
  it('names the nodes and names an expression reads', () => {
    const { references } = compileExpression("output.classify.score + input.list.map(x, output['a.b'])[0]", env);
    assert.deepEqual([...references.nodes], ['classify', 'a.b']);
    assert.deepEqual([...references.names].toSorted(), ['input', 'output']);
  });

  it('takes every node where `output` is read as a whole or by a computed key', () => {
    assert.equal(compileExpression('size(output)', env).references.nodes.size, 3);
    assert.equal(compileExpression('output[input.name]', env).references.nodes.size, 3);
  });

  it('does not take a bound variable for the name it hides', () => {
    assert.deepEqual([...compileExpression('[1].map(output, output)', env).references.names], []);
  });

  it('reads only the outputs it names', () => {
    const asked: string[] = [];
    const watching = { ...scope, outputs: (id: string) => (asked.push(id), scope.outputs(id)) };
    compileExpression('output.classify.score', env).evaluate(watching);
    assert.deepEqual(asked, ['classify']);
  });
});

test('keys of the data that are special in JavaScript are ordinary keys', () => {
  const hostile: JsonValue = JSON.parse('{"constructor": "c", "__proto__": "p", "toString": 1}');
  const at = testScope({ input: hostile });
  assert.equal(compileExpression('input.constructor', env).evaluate(at), 'c');
  assert.equal(compileExpression("input['__proto__']", env).evaluate(at), 'p');
  assert.equal(compileExpression('input.toString + 1', env).evaluate(at), 2);
  assert.equal(compileExpression('has(input.valueOf)', env).evaluate(at), false);
  assert.equal(
    JSON.stringify(compileExpression("{'__proto__': 1, 'a': 2}", env).evaluate(at)),
    '{"__proto__":1,"a":2}',
  );
});

test('what comes from the scope is handed on, never copied', () => {
  assert.equal(compileExpression('input.map', env).evaluate(scope), (scope.input as { map: JsonValue }).map);
});

/** JSON whose text is also CEL: whole numbers within 64 bits, texts without lone surrogates. */
const celJson = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 5 }), tie('value'), { maxKeys: 4 }),
  ),
})).value;

test('a JSON text is an expression for its value', () => {
  fc.assert(
    fc.property(celJson, (value) => {
      const text = JSON.stringify(value);
      assert.equal(JSON.stringify(compileExpression(text).evaluate(scope)), text);
    }),
  );
});

test('a value equals itself and is in a list of itself, however it was made', () => {
  fc.assert(
    fc.property(celJson, (value) => {
      const both = testScope({ input: value });
      const literal = JSON.stringify(value);
      assert.equal(compileExpression(`input == ${literal} && input in [${literal}]`).evaluate(both), true);
    }),
  );
});

test('any text either compiles or is refused with a place in it', () => {
  const words = [
    'input',
    'output',
    '.',
    '[',
    ']',
    '(',
    ')',
    '&&',
    '||',
    '!',
    '==',
    '1',
    "'a'",
    'x',
    '{',
    '}',
    ':',
    '?',
    ',',
    'map',
    'has',
    ' ',
    '-',
    '"""',
  ];
  const soup = fc.array(fc.constantFrom(...words), { maxLength: 20 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(soup, fc.string()), (source) => {
      try {
        compileExpression(source);
      } catch (error) {
        assert.ok(error instanceof ExpressionError, String(error));
        const offset = error.detail.offset ?? 0;
        assert.ok(offset >= 0 && offset <= source.length);
      }
    }),
    { numRuns: 500 },
  );
});
