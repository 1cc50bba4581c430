import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EdgeDefinition, NodeDefinition, WorkflowDefinition } from './definition.ts';
import { diffWorkflows } from './diff.ts';

const A: NodeDefinition = { id: 'a', type: 'agent', agent_id: 'one', retry: { max_attempts: 2, initial: '1s' } };
const B: NodeDefinition = { id: 'b', type: 'decision' };
const EDGES: EdgeDefinition[] = [
  { from: 'a', to: 'b', condition: 'input.x' },
  { from: 'a', to: 'c' },
  { from: 'a', to: 'b', on: 'error' },
];
const BEFORE: WorkflowDefinition = {
  id: 'w',
  input_schema: { type: 'object' },
  nodes: [A, B, { id: 'c', type: 'decision' }],
  edges: EDGES,
};

function changes(after: Partial<WorkflowDefinition>): string[] {
  return diffWorkflows(BEFORE, { ...BEFORE, ...after }).map(
    ({ part, kind, path, before, after: now }) =>
      `${part} ${kind} ${path} ${JSON.stringify(before)} ${JSON.stringify(now)}`,
  );
}

test('equal definitions have no changes, whatever the order of their keys', () => {
  assert.deepEqual(changes({}), []);
  const turned = { edges: EDGES, nodes: BEFORE.nodes, input_schema: { type: 'object' }, id: 'w' };
  assert.deepEqual(diffWorkflows(BEFORE, turned as WorkflowDefinition), []);
});

test('settings, schemas, nodes and edges are told field by field', () => {
  const retry = { initial: '1s', max_attempts: 5 };
  assert.deepEqual(changes({ name: 'W', input_schema: { type: 'string' } }), [
    'schema changed input_schema {"type":"object"} {"type":"string"}',
    'setting added name undefined "W"',
  ]);
  assert.deepEqual(changes({ nodes: [{ ...A, agent_id: 'two', retry }, B, { id: 'd', type: 'decision' }] }), [
    'node changed nodes.a.agent_id "one" "two"',
    'node changed nodes.a.retry.max_attempts 2 5',
    'node removed nodes.c {"type":"decision"} undefined',
    'node added nodes.d undefined {"type":"decision"}',
  ]);
  assert.deepEqual(
    changes({
      edges: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
      ],
    }),
    [
      'edge removed edges[a -> b].condition "input.x" undefined',
      'edge removed edges[a -> c] {} undefined',
      'edge removed edges[a -> b on error] {} undefined',
      'edge added edges[b -> c] undefined {}',
    ],
  );
});

test('the order of edges counts, of several between the same nodes too', () => {
  const [first, second, third] = EDGES as [EdgeDefinition, EdgeDefinition, EdgeDefinition];
  assert.deepEqual(changes({ edges: [second, first, third] }), [
    'edge changed edges[a -> *].order ["a -> b","a -> c","a -> b on error"] ["a -> c","a -> b","a -> b on error"]',
  ]);
  assert.deepEqual(changes({ edges: [...EDGES, { from: 'a', to: 'b', condition: 'input.y' }] }), [
    'edge added edges[a -> b #2] undefined {"condition":"input.y"}',
  ]);
});
