import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSchema, type JsonObject, type JsonValue } from '@skein/domain';
import { diceFor } from '../dice.ts';
import { ImpossibleSchemaError } from './impossible-schema.ts';
import { shapedAnswer } from './shaped-answer.ts';

const SEEDS = 25;

function answer(schema: JsonObject, text = 'Please refund INV-17, I was charged twice', seed = 0): string {
  const question = {
    model: '',
    messages: [{ role: 'user' as const, content: text }],
    outputSchema: schema,
    temperature: undefined,
    maxTokens: undefined,
    enforcesSchema: true,
    seed: BigInt(seed),
  };
  return shapedAnswer(schema, text, (salt) => diceFor(question, salt));
}

const CASES: Readonly<Record<string, JsonObject>> = {
  'any value': {},
  'an object with required and optional members': {
    type: 'object',
    required: ['id', 'tags'],
    properties: { id: { type: 'integer', minimum: 5 }, tags: { type: 'array', items: { type: 'string' } }, note: {} },
    additionalProperties: false,
  },
  'required without a schema of their own': {
    type: 'object',
    required: ['a', 'b'],
    additionalProperties: { type: 'null' },
  },
  'an enum and a const': {
    type: 'object',
    required: ['e', 'c'],
    properties: { e: { enum: [1, 'two', null] }, c: { const: { x: [1] } } },
  },
  'numbers with bounds': {
    type: 'array',
    prefixItems: [
      { type: 'number', minimum: -1, exclusiveMaximum: -0.5 },
      { type: 'integer', exclusiveMinimum: 3, maximum: 4 },
      { type: 'number', multipleOf: 0.25, minimum: 10 },
      { type: 'integer', multipleOf: 7, maximum: -20 },
      { type: 'number', minimum: 0.001, maximum: 0.002 },
      { type: 'number', maximum: -1000 },
    ],
    minItems: 6,
    items: false,
  },
  'every format': {
    type: 'array',
    minItems: 14,
    prefixItems: [
      'date-time',
      'date',
      'time',
      'duration',
      'email',
      'hostname',
      'ipv4',
      'ipv6',
      'uri',
      'uri-reference',
      'uuid',
      'json-pointer',
      'relative-json-pointer',
      'regex',
    ].map((format) => ({ type: 'string', format })),
  },
  patterns: {
    type: 'array',
    minItems: 8,
    prefixItems: [
      '^[A-Z]{3}-\\d{4}$',
      '^(?:red|green|blue)$',
      '^[a-z][a-z0-9_]*$',
      '^\\+?[0-9 ]{7,15}$',
      '^v\\d+\\.\\d+(\\.\\d+)?$',
      'needle',
      '^[^@\\s]+@[^@\\s]+\\.[a-z]{2,}$',
      '^\\p{Lu}\\w+$',
    ].map((pattern) => ({ type: 'string', pattern })),
  },
  'a pattern with lengths': { type: 'string', pattern: '^[a-f]+$', minLength: 30, maxLength: 40 },
  'text with lengths': { type: 'string', minLength: 300, maxLength: 310 },
  'a very short text': { type: 'string', maxLength: 3 },
  'unique items of an enum': { type: 'array', items: { enum: [1, 2, 3] }, uniqueItems: true, minItems: 3 },
  'unique numbers': { type: 'array', items: { type: 'integer' }, uniqueItems: true, minItems: 8 },
  contains: { type: 'array', items: { type: 'integer' }, contains: { minimum: 50 }, minContains: 2 },
  'anyOf takes the first': { anyOf: [{ type: 'boolean' }, { type: 'string' }] },
  'oneOf where the first is of both': {
    oneOf: [{ type: 'number' }, { type: 'number', minimum: 0 }, { type: 'string' }],
  },
  allOf: {
    allOf: [
      { type: 'object', required: ['a'], properties: { a: { type: 'number', minimum: 2 } } },
      { properties: { a: { maximum: 3 }, b: { type: 'string', minLength: 2 } }, required: ['b'] },
    ],
  },
  'references within the document': {
    type: 'object',
    required: ['owner', 'others'],
    properties: { owner: { $ref: '#/$defs/person' }, others: { type: 'array', items: { $ref: '#person' } } },
    $defs: {
      person: { $anchor: 'person', type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
    },
  },
  'a tree that refers to itself': {
    type: 'object',
    required: ['value'],
    properties: {
      value: { type: 'integer' },
      left: { $ref: '#' },
      right: { $ref: '#' },
      all: { items: { $ref: '#' } },
    },
  },
  'if and then': {
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: ['card', 'cash'] } },
    if: { properties: { kind: { const: 'card' } } },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema; nobody awaits a schema
    then: { required: ['number'], properties: { number: { type: 'string', pattern: '^\\d{4}$' } } },
  },
  'null among the types': { type: ['null', 'integer'], minimum: 3 },
  not: { type: 'string', enum: ['a', 'b', 'c'], not: { const: 'a' } },
  'more members than are named': {
    type: 'object',
    minProperties: 4,
    maxProperties: 5,
    properties: { a: { type: 'null' } },
  },
  'members that need each other': { type: 'object', required: ['a'], dependentRequired: { a: ['b'], b: ['c'] } },
  'no members left': {
    type: 'object',
    properties: { gone: false, here: { type: 'boolean' } },
    additionalProperties: false,
  },
  'a member named __proto__': { type: 'object', required: ['__proto__'], additionalProperties: { type: 'integer' } },
};

for (const [name, schema] of Object.entries(CASES)) {
  test(`a value fits its schema: ${name}`, () => {
    const compiled = compileSchema(schema);
    assert.ok('validate' in compiled, name);
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const text = answer(schema, undefined, seed);
      assert.deepEqual(compiled.validate(JSON.parse(text) as JsonValue), [], `seed ${seed}: ${text}`);
      assert.equal(answer(schema, undefined, seed), text, 'the same question gives the same value');
    }
  });
}

test('words and numbers of the user are taken where they fit', () => {
  const schema = {
    type: 'object',
    required: ['category', 'order_id', 'confidence'],
    properties: {
      category: { enum: ['other', 'billing', 'technical'] },
      order_id: { type: 'integer' },
      confidence: { type: 'number', minimum: 0, maximum: 1 },
    },
  };
  const mentioned = JSON.parse(answer(schema, 'This is about billing, order 17')) as JsonObject;
  assert.equal(mentioned['category'], 'billing');
  const named = JSON.parse(answer(schema, '{"order_id": 4711, "category": "technical"}')) as JsonObject;
  assert.equal(named['order_id'], 4711);
  assert.equal(named['category'], 'technical');
  assert.equal(answer({ type: 'object' }, '{"already": [1, "fits"]}'), '{"already":[1,"fits"]}');
});

test('another seed gives another value', () => {
  const schema = { type: 'array', items: { type: 'integer' }, minItems: 5 };
  assert.notEqual(answer(schema, 'x', 1), answer(schema, 'x', 2));
});

test('a schema that nothing fits is refused', () => {
  assert.throws(() => answer({ type: 'integer', minimum: 5, maximum: 4 }), ImpossibleSchemaError);
  assert.throws(() => answer({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }), ImpossibleSchemaError);
  assert.throws(
    () => answer({ type: 'object', required: ['next'], properties: { next: { $ref: '#' } } }),
    ImpossibleSchemaError,
  );
  assert.throws(() => answer({ type: 'array', minItems: 1e9 }), ImpossibleSchemaError);
});
