import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import type { JsonObject, JsonValue } from '../expression/json.ts';
import type { EdgeDefinition, NodeDefinition, WorkflowDefinition } from './definition.ts';
import { definitionJson, digestOf } from './digest.ts';
import { parseWorkflow } from './parse.ts';
import { summary } from './problem-cases.ts';
import { SOURCE_LIMITS } from './source/extent.ts';

describe('sources that cannot be read', () => {
  const cases: readonly (readonly [what: string, source: string, expected: readonly string[]])[] = [
    ['nothing', '', ['error WRONG_TYPE ']],
    ['a list', '- a', ['error WRONG_TYPE ']],
    ['a text', 'hello', ['error WRONG_TYPE ']],
    ['broken YAML', 'id: a\nnodes: [', ['error MALFORMED_SOURCE  2:9']],
    ['broken JSON', '{"id": "a", "nodes": [}', ['error MALFORMED_SOURCE  1:23']],
    ['a tab for indentation', 'id: a\nnodes:\n\t- {id: a}', ['error MALFORMED_SOURCE  3:1']],
    ['a key twice', 'id: a\nnodes: []\nid: b', ['error DUPLICATE_KEY  3:1']],
    ['a key of a node twice', 'id: a\nnodes:\n  - {id: a, type: transform, id: b}', ['error DUPLICATE_KEY  3:30']],
    ['two documents', 'id: a\n---\nid: b', ['error MALFORMED_SOURCE ']],
    ['an unknown alias', 'id: *x', ['error MALFORMED_SOURCE ']],
    ['a tag', 'id: !!js/function "x"', ['error MALFORMED_SOURCE  1:5']],
    ['not a number', 'id: a\nnodes: []\nmetadata: {a: .nan}', ['error MALFORMED_SOURCE ']],
    ['too many bytes', `id: ${'x'.repeat(SOURCE_LIMITS.sizeBytes)}`, ['error SOURCE_TOO_LARGE ']],
    ['too deep a list', '['.repeat(SOURCE_LIMITS.sizeBytes - 1), ['error MALFORMED_SOURCE ']],
    ['too deep a map', '{a: '.repeat(200_000), ['error MALFORMED_SOURCE ']],
    ['too deep a block', '- '.repeat(500_000), ['error MALFORMED_SOURCE ']],
    ['aliases of aliases', bomb(9), ['error TOO_MANY_ALIASES ']],
    [
      'aliases of something large',
      `a: &a ${'x'.repeat(500_000)}\nb: [${'*a, '.repeat(50)}]`,
      ['error SOURCE_TOO_LARGE '],
    ],
  ];
  for (const [what, source, expected] of cases) {
    it(what, () => {
      const parsed = parseWorkflow(source);
      assert.deepEqual(parsed.problems.slice(0, 1).map(summary), expected);
      assert.equal(parsed.plan, undefined);
    });
  }
});

/** Lists of aliases of lists of aliases. */
function bomb(levels: number): string {
  const lines = ['a0: &a0 [x]'];
  for (let i = 1; i < levels; i++)
    lines.push(`a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ')}]`);
  return lines.join('\n');
}

it('reads aliases and merge keys', () => {
  const { definition } = parseWorkflow(`
id: w
metadata:
  base: &base {type: agent, agent_id: x, retry: &r {max_attempts: 2}}
nodes:
  - {<<: *base, id: a}
  - {<<: *base, id: b, agent_id: y}
`);
  assert.deepEqual(
    definition?.nodes.map((node) => (node.type === 'agent' ? [node.id, node.agent_id, node.retry?.max_attempts] : [])),
    [
      ['a', 'x', 2],
      ['b', 'y', 2],
    ],
  );
});

it('reads JSON with tabs, and values', () => {
  const json = { id: 'w', nodes: [{ id: 'a', type: 'transform' }] };
  assert.ok(parseWorkflow(JSON.stringify(json, null, '\t')).plan !== undefined);
  assert.ok(parseWorkflow(json).plan !== undefined);
});

const nodeId = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/);
const text = fc.string({ unit: 'grapheme', maxLength: 10 });
const free = fc
  .dictionary(
    text,
    fc.jsonValue({ maxDepth: 2, noUnicodeString: false }).map((value) => value as JsonValue),
    { maxKeys: 3 },
  )
  .map((value): JsonObject => JSON.parse(JSON.stringify(value)));
const common = fc.record(
  {
    name: text,
    metadata: free,
    input: fc.constantFrom<JsonValue>(null, '${input}', { a: ['x ${input.y}', 1] }),
    when: fc.constantFrom('true', 'input.x == 1'),
    join: fc.constantFrom<'all' | 'any'>('all', 'any'),
    timeouts: fc.constantFrom({}, { heartbeat: '3s', start_to_close: '1h30m' }),
    retry: fc.constantFrom({ max_attempts: 5, initial: '0s', jitter: 0 }, { non_retryable: ['x'] }),
    on_error: fc.constantFrom<'fail' | 'skip'>('fail', 'skip'),
    delivery: fc.constantFrom<'at_least_once' | 'at_most_once'>('at_least_once', 'at_most_once'),
  },
  { requiredKeys: [] },
);
const work = fc.oneof(
  fc.record(
    { type: fc.constant('agent' as const), agent_id: nodeId, config: free, version: fc.constantFrom('^1.2', '*') },
    { requiredKeys: ['type', 'agent_id'] },
  ),
  fc.record(
    {
      type: fc.constant('llm' as const),
      model: fc.constant('m'),
      prompt: fc.constant('Hi ${input}'),
      temperature: fc.constantFrom(0, 1),
    },
    { requiredKeys: ['type', 'model'] },
  ),
  fc.record({ type: fc.constant('transform' as const), expression: fc.constant('1 + 1') }, { requiredKeys: ['type'] }),
  fc.record(
    { type: fc.constantFrom('decision' as const, 'input' as const, 'output' as const), config: free },
    { requiredKeys: ['type'] },
  ),
);

/** Definitions in the native form, with edges that go forward. */
const definitions = fc
  .uniqueArray(nodeId, { minLength: 1, maxLength: 6 })
  .chain((ids) =>
    fc.record({
      nodes: fc.tuple(...ids.map((id) => fc.tuple(common, work).map(([some, own]) => nodeWith(id, some, own)))),
      edges: fc.uniqueArray(edgesAmong(ids), { maxLength: 6, selector: ({ from, to }) => `${from}>${to}` }),
    }),
  )
  .map(({ nodes, edges }): WorkflowDefinition => ({
    id: 'w',
    description: 'd',
    input_schema: { type: 'object' },
    nodes,
    edges,
  }));

function edgesAmong(ids: readonly string[]): fc.Arbitrary<EdgeDefinition> {
  const position = fc.nat({ max: Math.max(0, ids.length - 2) });
  return fc
    .tuple(position, fc.nat({ max: 10 }), fc.constantFrom(undefined, 'input.x', "last == 'y'"))
    .map(([i, step, condition]) =>
      edgeWith(ids[i] ?? '', ids[Math.min(i + 1 + step, ids.length - 1)] ?? '', condition),
    );
}

test('a native definition reads back as itself, from JSON, YAML and a value', () => {
  fc.assert(
    fc.property(definitions, (definition) => {
      fc.pre(definition.edges.every(({ from, to }) => from !== to));
      const json = definitionJson(definition);
      for (const source of [JSON.stringify(json), stringify(json), json as JsonObject]) {
        const parsed = parseWorkflow(source);
        assert.deepEqual(
          parsed.problems.filter((problem) => problem.severity === 'error'),
          [],
        );
        assert.equal(parsed.dialect, 'native');
        assert.ok(parsed.definition !== undefined && parsed.plan !== undefined);
        assert.deepEqual(definitionJson(parsed.definition), json);
        assert.equal(digestOf(parsed.definition), digestOf(definition));
      }
    }),
  );
});

test('whatever the document: problems or a plan, never an exception', () => {
  const value = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<JsonValue>(null, 1, 'a', '${x}', 'agent', 'llm', '5s', true, [], {}),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          'id',
          'nodes',
          'edges',
          'type',
          'from',
          'to',
          'config',
          'agent_id',
          'when',
          'input',
          'output',
          'depends_on',
          'flow_id',
          'start',
          'retry',
          'condition',
          'metadata',
          'input_schema',
          'defaults',
          'messages',
          'model',
        ),
        tie('value'),
      ),
    ),
  })).value;
  const list = fc.array(value, { maxLength: 4 });
  const document = fc.record(
    {
      id: value,
      nodes: fc.oneof(list, value),
      edges: fc.oneof(list, value),
      flow_id: value,
      start: value,
      exit_points: value,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(document, (source) => {
      const { plan, definition, problems } = parseWorkflow(source);
      const failed = problems.some((problem) => problem.severity === 'error');
      assert.equal(plan === undefined, failed);
      assert.equal(definition === undefined, failed);
    }),
    { numRuns: 1_000 },
  );
});

test('whatever the text: problems or a plan, never an exception', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (source) => void parseWorkflow(source)),
    { numRuns: 300 },
  );
});

function nodeWith(id: string, some: object, own: NodeDefinition | object): NodeDefinition {
  return { ...some, ...own, id } as NodeDefinition;
}

function edgeWith(from: string, to: string, condition: string | undefined): EdgeDefinition {
  return { from, to, ...(condition === undefined ? {} : { condition }) };
}
