import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonValue } from '../expression/json.ts';
import { testPlan } from './plan-fixture.ts';
import { compileSchema, MAX_VIOLATIONS } from './schema-validator.ts';

function violations(schema: Parameters<typeof compileSchema>[0], value: JsonValue): readonly string[] {
  const compiled = compileSchema(schema);
  assert.ok('validate' in compiled);
  return compiled.validate(value).map(({ pointer, keyword }) => `${keyword} ${pointer}`);
}

describe('schemas', () => {
  it('name every violation and its place', () => {
    const schema = {
      type: 'object',
      required: ['text', 'email'],
      properties: {
        text: { type: 'string' },
        email: { format: 'email' },
        tags: { type: 'array', items: { enum: ['a', 'b'] } },
      },
    };
    assert.deepEqual(violations(schema, { text: 5, email: 'no', tags: ['a', 'c'] }), [
      'type /text',
      'format /email',
      'enum /tags/1',
    ]);
    assert.deepEqual(violations(schema, {}), ['required ', 'required ']);
    assert.deepEqual(violations(schema, { text: 'x', email: 'a@example.com' }), []);
  });

  it('true takes everything, false nothing', () => {
    assert.deepEqual(violations(true, 1), []);
    assert.equal(violations(false, 1).length, 1);
  });

  it('may have references within, and the same $id twice', () => {
    const schema = { $id: 'https://example.com/x', $defs: { n: { type: 'number' } }, items: { $ref: '#/$defs/n' } };
    assert.deepEqual(violations(schema, [1, 'x']), ['type /1']);
    assert.deepEqual(violations({ ...schema }, [1, 'x']), ['type /1']);
  });

  it('know their patterns apart, and match them in linear time', () => {
    const schema = { properties: { a: { pattern: '^(a+)+$' }, b: { pattern: '^b$' } } };
    assert.deepEqual(violations(schema, { a: `${'a'.repeat(50_000)}!`, b: 'b' }), ['pattern /a']);
    assert.deepEqual(violations(schema, { a: 'aa', b: 'a' }), ['pattern /b']);
  });

  it('report a bounded number of violations', () => {
    assert.equal(
      violations(
        { items: { type: 'string' } },
        Array.from({ length: 1_000 }, () => 1),
      ).length,
      MAX_VIOLATIONS,
    );
  });

  it('follow a reference to the whole schema', () => {
    const tree = { type: 'object', properties: { left: { $ref: '#' }, value: { type: 'integer' } } };
    assert.deepEqual(violations(tree, { left: { left: { value: 1 } } }), []);
    assert.equal(violations(tree, { left: { left: { value: 'x' } } }).length, 1);
  });

  it('refuse to follow a value that nests without end', () => {
    let deep: JsonValue = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    assert.deepEqual(violations({ $defs: { l: { items: { $ref: '#/$defs/l' } } }, $ref: '#/$defs/l' }, deep), [
      'depth ',
    ]);
  });

  for (const schema of [
    { type: 'strin' },
    { $ref: 'https://example.com/a' },
    { $ref: '#/$defs/nope' },
    { pattern: '(' },
    { pattern: '(?<=a)b' },
    { required: 'x' },
  ]) {
    it(`${JSON.stringify(schema)} is none`, () => assert.ok('reason' in compileSchema(schema)));
  }
});

it('a plan checks the input of a run', () => {
  const plan = testPlan(['a'], [], { input_schema: { type: 'object', required: ['text'] } });
  assert.deepEqual(plan.validateInput({ text: 1 }), []);
  assert.deepEqual(
    plan.validateInput({}).map((violation) => violation.keyword),
    ['required'],
  );
  assert.deepEqual(testPlan(['a']).validateInput(null), []);
});
