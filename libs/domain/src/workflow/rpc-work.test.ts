import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { testScope } from '../expression/scope-fixture.ts';
import type { RpcNode } from './definition.ts';
import { nodeOf, testPlan } from './plan-fixture.ts';
import { checkProblems, head } from './problem-cases.ts';
import { resolveInput } from './resolve-input.ts';

const rpc = (more: Partial<RpcNode> = {}): RpcNode => ({
  id: 'a',
  type: 'rpc',
  service_id: 'stock',
  method: 'stock.v1.StockService/Check',
  ...more,
});

describe('the request of an rpc node', () => {
  const requestOf = (node: RpcNode, input: Parameters<typeof testScope>[0]) =>
    resolveInput(nodeOf(testPlan([node]), 'a'), testScope(input));

  it('is its input as the message; null is an empty one', () => {
    assert.deepEqual(requestOf(rpc(), { input: { sku: 's' } }), { message: { sku: 's' } });
    assert.deepEqual(requestOf(rpc({ input: { sku: '${ input.item }' } }), { input: { item: 's' } }), {
      message: { sku: 's' },
    });
    assert.deepEqual(requestOf(rpc(), { input: null }), { message: {} });
  });

  it('has its metadata as texts', () => {
    const node = rpc({ request_metadata: { 'x-tenant': '${ input.tenant }', 'x-limit': '${ input.limit }' } });
    assert.deepEqual(requestOf(node, { input: { tenant: 't', limit: 5 } }), {
      message: { tenant: 't', limit: 5 },
      metadata: { 'x-tenant': 't', 'x-limit': '5' },
    });
  });
});

test('an rpc node is tried three times, as everybody who is called', () => {
  assert.equal(nodeOf(testPlan([rpc()]), 'a').retry.maxAttempts, 3);
});

describe('problems of rpc nodes', () => {
  const node = (more: string) => `${head}  - {id: a, type: rpc, service_id: s, ${more}}`;
  checkProblems([
    {
      what: 'no service',
      source: `${head}  - {id: a, type: rpc, method: a.B/C}`,
      expected: ['error MISSING_FIELD nodes.a.service_id 3:5'],
    },
    {
      what: 'a method without its service',
      source: node('method: Check'),
      expected: ['error BAD_VALUE nodes.a.method 3:39'],
    },
    {
      what: 'a method with a leading slash',
      source: node('method: /a.B/C'),
      expected: ['error BAD_VALUE nodes.a.method 3:39'],
    },
    {
      what: 'metadata that belongs to the protocol',
      source: node('method: a.B/C, request_metadata: {grpc-timeout: 1, X-Big: 1, x-fine: 1, x-bin: 1}'),
      expected: [
        'error BAD_VALUE nodes.a.request_metadata.grpc-timeout 3:73',
        'error BAD_VALUE nodes.a.request_metadata.X-Big 3:90',
        'error BAD_VALUE nodes.a.request_metadata.x-bin 3:111',
      ],
      says: /lower-case/,
    },
    {
      what: 'an expression in the metadata that is none',
      source: node("method: a.B/C, request_metadata: {x: '${ 1 + }'}"),
      expected: ['error BAD_EXPRESSION nodes.a.request_metadata.x 3:73'],
    },
  ]);
});
