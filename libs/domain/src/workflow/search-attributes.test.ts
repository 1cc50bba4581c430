import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  checkedSearchAttributes,
  SearchAttributeError,
  searchAttributeJson,
  searchAttributeOf,
} from '../run/search-attributes.ts';
import { memoProblem } from '../run/memo.ts';
import { parseWorkflow } from './parse.ts';
import { summary } from './problem-cases.ts';
import { resolveSearchAttributes } from './resolve-search-attributes.ts';

const workflow = (attributes: string) => `
id: w
search_attributes: ${attributes}
nodes: [{ id: a, type: input }]
`;

describe('search attributes of a workflow', () => {
  const made = (attributes: string, input: Parameters<typeof resolveSearchAttributes>[1]) => {
    const { plan, problems } = parseWorkflow(workflow(attributes));
    assert.deepEqual(problems, []);
    assert.ok(plan);
    return resolveSearchAttributes(plan, input, { workflow_id: 'w' });
  };

  it('are made of the input', () => {
    const attributes = `
  customer: "\${ input.customer }"
  size: "\${ size(input.items) }"
  big: "\${ size(input.items) > 1 }"
  tags: "\${ input.items }"
  source: "\${ run.workflow_id }/web"
  due: { timestamp: "\${ input.due }" }
  kind: order
  tier: 3`;
    assert.deepEqual(made(attributes, { customer: 'acme', items: ['a', 'b'], due: '2026-11-01T00:00:00+01:00' }), {
      customer: 'acme',
      size: 2,
      big: true,
      tags: ['a', 'b'],
      source: 'w/web',
      due: { timestampMs: Date.parse('2026-10-31T23:00:00Z') },
      kind: 'order',
      tier: 3,
    });
  });

  it('are left out where the input has nothing for them', () => {
    const attributes = `{ a: "\${ input.a }", b: "\${ input.b.c }", due: { timestamp: "\${ input.due }" } }`;
    assert.deepEqual(made(attributes, { a: null, due: null }), {});
  });

  it('are refused by name where they are no attribute, or fail', () => {
    const named = (error: unknown) => error instanceof SearchAttributeError && error.attribute === 'a';
    assert.throws(() => made(`{ a: "\${ input }" }`, { x: 1 }), named);
    assert.throws(() => made(`{ a: "\${ input }" }`, ['x', 1]), named);
    assert.throws(() => made(`{ a: { timestamp: "\${ input }" } }`, 'tomorrow'), named);
    assert.throws(() => made(`{ a: "\${ 1 / input }" }`, 0), named);
  });

  const wrong: readonly (readonly [attributes: string, problem: string])[] = [
    [`{ Customer: x }`, 'error UNKNOWN_FIELD search_attributes.Customer'],
    [`{ a: { b: c } }`, 'error BAD_VALUE search_attributes.a'],
    [`{ a: "\${ output.a }" }`, 'error UNKNOWN_REFERENCE search_attributes.a'],
    [`{ a: "\${ last }" }`, 'error UNKNOWN_REFERENCE search_attributes.a'],
    [`{ a: "\${ input. }" }`, 'error BAD_EXPRESSION search_attributes.a'],
    [`[a]`, 'error WRONG_TYPE search_attributes'],
  ];
  for (const [attributes, expected] of wrong) {
    it(`are refused in a definition: ${attributes}`, () => {
      const [first, ...others] = parseWorkflow(workflow(attributes)).problems;
      assert.deepEqual(others, []);
      assert.ok(first);
      assert.equal(summary(first).replace(/ \d+:\d+$/, ''), expected);
    });
  }
});

describe('search attributes', () => {
  it('are read from JSON and written back', () => {
    for (const json of ['text', 5, 0.5, true, ['a', 'b'], { timestamp: '2026-11-01T00:00:00.000Z' }]) {
      const value = searchAttributeOf('a', json);
      assert.ok(value !== undefined);
      assert.deepEqual(searchAttributeJson(value), json);
    }
    assert.equal(searchAttributeOf('a', null), undefined);
    for (const json of [
      {},
      { a: 1 },
      [1],
      [['a']],
      { timestamp: 'now' },
      { timestamp: '2026-11-01T00:00:00Z', a: 1 },
    ]) {
      assert.throws(() => searchAttributeOf('a', json), SearchAttributeError);
    }
  });

  it('have bounds', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, i]));
    checkedSearchAttributes({ ...many(30), text: 'x'.repeat(256), list: Array.from({ length: 32 }, String) });
    const refused = [
      many(33),
      { A: 1 },
      { '': 1 },
      { '1a': 1 },
      { ['a'.repeat(65)]: 1 },
      { a: 'x'.repeat(257) },
      { a: ['x'.repeat(257)] },
      { a: Array.from({ length: 33 }, String) },
      { a: 'a\0b' },
      { a: ['\ud800'] },
      { a: 2 ** 53 },
      { a: Number.NaN },
      { a: Number.POSITIVE_INFINITY },
    ];
    for (const attributes of refused) assert.throws(() => checkedSearchAttributes(attributes), SearchAttributeError);
  });
});

describe('a memo', () => {
  it('has bounds', () => {
    assert.equal(memoProblem({ text: 'x'.repeat(16_000), list: [1, { a: null }] }), undefined);
    assert.match(memoProblem({ text: 'x'.repeat(17_000) }) ?? '', /16 KiB/);
    let deep = {};
    for (let level = 0; level < 100_000; level += 1) deep = { deep };
    assert.match(memoProblem(deep) ?? '', /levels/);
  });
});
