import assert from 'node:assert/strict';
import { it, test } from 'node:test';
import fc from 'fast-check';
import { isJsonObject, type JsonValue, setOwn } from '../expression/json.ts';
import { canonicalJson } from './canonical-json.ts';
import type { WorkflowDefinition } from './definition.ts';
import { digestOf } from './digest.ts';

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => value as JsonValue);

/** The same value with the keys of its objects turned round. */
function turned(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return Array.isArray(value) ? value.map(turned) : value;
  const made: Record<string, JsonValue> = {};
  for (const [key, part] of Object.entries(value).toReversed()) setOwn(made, key, turned(part));
  return made;
}

it('writes keys in order, without spaces', () => {
  assert.equal(
    canonicalJson({ b: [1, { d: 'ü', c: null }], a: 1e21, '€': -0 }),
    '{"a":1e+21,"b":[1,{"c":null,"d":"ü"}],"€":0}',
  );
});

test('the order of keys does not count, everything else does', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      assert.equal(canonicalJson(turned(a)), canonicalJson(a));
      assert.deepEqual(JSON.parse(canonicalJson(a)), JSON.parse(JSON.stringify(a)));
      const same = canonicalJson(a) === canonicalJson(b);
      assert.equal(same, canonicalJson(JSON.parse(JSON.stringify(a))) === canonicalJson(JSON.parse(JSON.stringify(b))));
    }),
  );
});

it('digests the content of a definition', () => {
  const definition: WorkflowDefinition = { id: 'w', nodes: [{ id: 'a', type: 'agent', agent_id: 'x' }], edges: [] };
  const reordered: WorkflowDefinition = { edges: [], nodes: [{ agent_id: 'x', type: 'agent', id: 'a' }], id: 'w' };
  assert.match(digestOf(definition), /^sha256:[0-9a-f]{64}$/);
  assert.equal(digestOf(reordered), digestOf(definition));
  assert.notEqual(digestOf({ ...definition, description: 'new' }), digestOf(definition));
});
