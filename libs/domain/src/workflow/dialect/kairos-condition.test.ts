import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { compileCondition } from '../../expression/condition.ts';
import type { JsonValue } from '../../expression/json.ts';
import { NodeNames } from '../../expression/node-names.ts';
import { testScope } from '../../expression/scope-fixture.ts';
import { kairosCondition } from './kairos-condition.ts';

const ids = new Set(['classify', 'billing-agent', 'a.b', 'a', 'in']);

describe('Kairos conditions', () => {
  const cases: readonly (readonly [source: string, cel: string])[] = [
    ['last==billing', "text(last) == 'billing'"],
    ['last != billing', "text(last) != 'billing'"],
    ['last.contains:refund now', "text(last).contains('refund now')"],
    ['output.classify.category==billing', "text(output.classify.category) == 'billing'"],
    ["output.classify.category == 'billing'", "text(output.classify.category) == 'billing'"],
    ['output.classify.category != " billing "', "text(output.classify.category) != 'billing'"],
    ['output.billing-agent.is-ok==true', "text(output['billing-agent']['is-ok']) == 'true'"],
    ['output.a.b.c==1', "text(output['a.b'].c) == '1'"],
    ['output.a.c==1', "text(output.a.c) == '1'"],
    ['output.in.x==1', "text(output['in'].x) == '1'"],
    ['output.input.text==hi', "text(input.text) == 'hi'"],
    ['output.classify.note.contains:a==b', "text(output.classify.note).contains('a==b')"],
    ["output.classify.x==it's", `output.classify.x==it's`],
    ['output.classify.x==a\\b', 'text(output.classify.x) == "a\\\\b"'],
    ["output.classify.x==''", "text(output.classify.x) == ''"],
    ['output.classify.x ==', 'output.classify.x =='],
    ['output.classify.x === y', 'output.classify.x === y'],
    ['output.classify.score > 5', 'output.classify.score > 5'],
    ["output.classify.x == 'a' && output.a.y == 'b'", "output.classify.x == 'a' && output.a.y == 'b'"],
    ['output.classify.x == output.a.y', 'output.classify.x == output.a.y'],
    ["output['billing-agent'].x == 'a'", "output['billing-agent'].x == 'a'"],
    ['has(output.a.x)', 'has(output.a.x)'],
  ];
  for (const [source, cel] of cases) it(source, () => assert.equal(kairosCondition(source, ids), cel));
});

/** A key of a path, and a value that is neither quoted nor an expression. */
const key = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/);
const plain = fc
  .stringMatching(/^[A-Za-z0-9_ äé.,;:+*/-]{0,12}$/)
  .filter((value) => !/^\s*($|(output|input|last|run|item|index|error)\b)/.test(value));
const style = fc.constantFrom(
  (value: string) => value,
  (value: string) => `'${value}'`,
  (value: string) => `"${value}"`,
  (value: string) => ` ${value} `,
);

test('whatever the path and the value: compared as texts without spaces around', () => {
  fc.assert(
    fc.property(
      key,
      fc.array(key, { minLength: 1, maxLength: 3 }),
      plain,
      plain,
      style,
      (node, path, wanted, met, write) => {
        fc.pre(node !== 'input');
        let output: JsonValue = ` ${met}`;
        for (const part of path.toReversed()) output = { [part]: output };
        const scope = testScope({ outputs: { [node]: output } });
        const env = { nodeNames: new NodeNames([node]) };
        const left = ['output', node, ...path].join('.');
        const holds = (condition: string): boolean =>
          compileCondition(kairosCondition(condition, env.nodeNames.ids), env).evaluate(scope).holds;
        assert.equal(holds(`${left}==${write(wanted)}`), met.trim() === wanted.trim());
        assert.equal(holds(`${left} != ${write(wanted)}`), met.trim() !== wanted.trim());
        assert.equal(holds(`${left}.contains:${write(wanted)}`), met.trim().includes(wanted.trim()));
        assert.equal(holds(`${left}.nope!=${write(wanted)}`), false);
      },
    ),
    { numRuns: 300 },
  );
});

test('values that are no texts compare by how they are written', () => {
  const scope = testScope({ last: 5, outputs: { a: { yes: true, none: null, list: [1] } } });
  const holds = (condition: string): boolean => compileCondition(kairosCondition(condition, ids)).evaluate(scope).holds;
  assert.deepEqual(['last==5', 'output.a.yes==true', 'output.a.none==null', 'output.a.list==[1]'].map(holds), [
    true,
    true,
    true,
    true,
  ]);
});
