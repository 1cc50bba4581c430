import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { create, fromBinary, toBinary, type DescMessage } from '@bufbuild/protobuf';
import { Delivery, Join, OnError, WorkflowDefinitionSchema } from '@skein/contracts/workflow';
import { definitionJson, isJsonObject, parseWorkflow, workflowSchema, type JsonObject } from '@skein/domain';
import { documentOfMessage, messageOfDefinition } from './workflow-definition-codec.ts';

const root = new URL('../../../', import.meta.url);
const documents = globSync(['examples/**/*.yaml', 'test/**/*.yaml', 'docs/**/*.yaml'], {
  cwd: root,
  exclude: ['**/node_modules/**'],
})
  .map((path) => ({ path, definition: parseWorkflow(readFileSync(new URL(path, root), 'utf8')).definition }))
  .flatMap(({ path, definition }) => (definition === undefined ? [] : [{ path, definition }]));

/** Every field that a document may have, at least once. */
const EVERYTHING = {
  $schema: 'https://skein.dev/schemas/workflow.schema.json',
  id: 'everything',
  name: 'Everything',
  description: 'every field',
  version: 'v1',
  input_schema: true,
  output: '${ output.join }',
  search_attributes: { customer: '${ input.customer }', at: { timestamp: '${ input.at }' } },
  defaults: {
    timeouts: { schedule_to_start: '1s', start_to_close: '1m30s', heartbeat: '500ms', schedule_to_close: '1d' },
    retry: { max_attempts: 3, initial: '1s', multiplier: 1.5, max: '10s', jitter: 0, non_retryable: ['NEVER'] },
    on_error: 'fail',
    delivery: 'at_least_once',
    merge: 'by_node',
  },
  concurrency: [{ limit: 2 }, { limit: 3, key: '${ input.customer }', scope: 'namespace' }],
  rate: { limit: 5, per: '1s', key: '${ input.customer }', scope: 'workflow' },
  priority: '${ input.priority }',
  fairness: { key: '${ input.customer }', weight: 2.5 },
  metadata: { on_error: 'ON_ERROR_SKIP', nothing: null },
  nodes: [
    { id: 'in', type: 'input', config: { a: 1 } },
    {
      id: 'agent',
      type: 'agent',
      name: 'Agent',
      description: 'calls',
      agent_id: 'writer',
      version: '^1.2',
      skill: 'draft',
      fallback: [],
      config: { type: 'kept' },
      input: { type: 'kept', on_error: 'fail' },
      when: 'input.ok',
      retry: { non_retryable: [] },
      on_error: 'skip',
      delivery: 'at_most_once',
      compensate: { type: 'tool', tool_id: 'undo' },
      metadata: { x: [1, 'two'] },
    },
    {
      id: 'llm',
      type: 'llm',
      model: 'm',
      system: 's',
      prompt: '${ input.question }',
      messages: [{ role: 'user', content: 'hello' }],
      role: 'summarizer',
      output_schema: { type: 'object' },
      repair_turns: 0,
      context_budget: { tokens: 10, bytes: 20 },
      temperature: 0,
      max_tokens: 5,
    },
    { id: 'rpc', type: 'rpc', service_id: 's', method: 'a.B/C', request_metadata: { 'x-a': '${ input.a }' } },
    { id: 'tool', type: 'tool', tool_id: 't' },
    { id: 'decision', type: 'decision', conditions: ['input.a == 1'], branch: 'all' },
    { id: 'transform', type: 'transform', expression: 'input', join: 'any', merge: 'objects' },
    {
      id: 'map',
      type: 'map',
      items: '${ input.items }',
      body: {
        nodes: [
          { id: 'a', type: 'input' },
          { id: 'b', type: 'output', join: 1 },
        ],
        edges: [{ from: 'a', to: 'b' }],
        output: '${ item }',
      },
      concurrency: 4,
      on_item_error: 'collect',
    },
    {
      id: 'loop',
      type: 'loop',
      body: {
        nodes: [
          { id: 'a', type: 'decision' },
          { id: 'b', type: 'decision' },
        ],
        edges: [{ from: 'a', to: 'b' }],
      },
      until: 'index > 2',
      max_iterations: 5,
    },
    { id: 'sub', type: 'subworkflow', workflow_id: 'other', version: 2, output_schema: false },
    { id: 'wait', type: 'wait', duration: 5 },
    { id: 'until', type: 'wait', until: '${ input.at }' },
    { id: 'signal', type: 'signal', signal_name: 'go', payload_schema: {}, timeout: '1h' },
    {
      id: 'approval',
      type: 'approval',
      prompt: 'may it?',
      approvers: ['ann'],
      form_schema: {},
      expires_in: '1d',
      escalation: { after: '1h', approvers: ['bob', 'group:leads'] },
      on_expire: 'reject',
      on_reject: 'continue',
    },
    { id: 'join', type: 'transform', expression: '1', join: 2, timeouts: { heartbeat: '5s' } },
  ],
  edges: [
    { from: 'in', to: 'agent', condition: 'input.a == 1' },
    { from: 'in', to: 'llm', condition: '' },
    { from: 'agent', to: 'join', on: 'error' },
    { from: 'agent', to: 'rpc', on: 'success' },
  ],
} as const;

const throughTheWire = (document: JsonObject): JsonObject => {
  const message = messageOfDefinition(document as unknown as Parameters<typeof messageOfDefinition>[0]);
  return documentOfMessage(fromBinary(WorkflowDefinitionSchema, toBinary(WorkflowDefinitionSchema, message)));
};

describe('a definition as a message', () => {
  test('finds documents', () => assert.ok(documents.length >= 15, `${documents.length}`));

  for (const { path, definition } of documents) {
    test(`is the same as ${path}`, () => {
      const again = parseWorkflow(throughTheWire(definitionJson(definition) as JsonObject)).definition;
      assert.deepEqual(again, definition);
    });
  }

  test('has every field of a document', () => {
    assert.deepEqual(throughTheWire(EVERYTHING as unknown as JsonObject), EVERYTHING);
    assert.deepEqual([...missing(workflowSchema, EVERYTHING as unknown as JsonObject)], []);
  });

  test('reads as a document what a program has built', () => {
    const definition = create(WorkflowDefinitionSchema, {
      id: 'typed',
      nodes: [
        {
          id: 'draft',
          onError: OnError.SKIP,
          delivery: Delivery.AT_MOST_ONCE,
          requiredEdges: { case: 'join', value: Join.UNSPECIFIED },
          type: { case: 'agent', value: { agentId: 'writer' } },
        },
        { id: 'done', requiredEdges: { case: 'joinCount', value: 1 }, type: { case: 'exit', value: {} } },
      ],
      edges: [{ from: 'draft', to: 'done' }],
    });
    assert.deepEqual(documentOfMessage(definition), {
      id: 'typed',
      nodes: [
        { id: 'draft', type: 'agent', agent_id: 'writer', on_error: 'skip', delivery: 'at_most_once' },
        { id: 'done', type: 'output', join: 1 },
      ],
      edges: [{ from: 'draft', to: 'done' }],
    });
  });

  test('leaves to the check what no document may say', () => {
    const strange = create(WorkflowDefinitionSchema, { id: 'x', nodes: [{ id: 'a', delivery: 9 as Delivery }] });
    assert.deepEqual(documentOfMessage(strange), { id: 'x', nodes: [{ id: 'a', delivery: 9 }] });
    const infinite = { kind: { case: 'numberValue', value: Number.POSITIVE_INFINITY } } as const;
    assert.throws(() => documentOfMessage(create(WorkflowDefinitionSchema, { priority: infinite })), RangeError);
  });

  test('documents have every field of the message', () => {
    const names = (desc: DescMessage) => desc.fields.map(({ name }) => name);
    const known = new Set(fieldNames(EVERYTHING));
    const spelled = new Set(['schema_url', 'join_count', 'entry', 'exit', 'values']);
    const types = new Set(EVERYTHING.nodes.map(({ type }) => type as string));
    const unknown = WorkflowDefinitionSchema.file.messages
      .flatMap(names)
      .filter((it) => !known.has(it) && !spelled.has(it) && !types.has(it));
    assert.deepEqual(unknown, []);
  });
});

/** Names of fields of the schema that the document never gives. */
function* missing(schema: JsonObject, document: JsonObject): Generator<string> {
  const given = new Set(fieldNames(document));
  for (const [name, definition] of Object.entries(schema['$defs'] as JsonObject)) {
    const properties = isJsonObject(definition) ? definition['properties'] : undefined;
    if (!isJsonObject(properties)) continue;
    for (const field of Object.keys(properties)) if (!given.has(field)) yield `${name}.${field}`;
  }
  for (const field of Object.keys(schema['properties'] as JsonObject)) if (!given.has(field)) yield field;
}

function* fieldNames(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    yield name;
    yield* fieldNames(inner);
  }
}
