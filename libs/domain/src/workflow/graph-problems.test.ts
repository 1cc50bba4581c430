import { describe } from 'node:test';
import { checkProblems, edge, head, node } from './problem-cases.ts';

describe('problems of the graph', () => {
  checkProblems([
    { what: 'an id twice', source: `${head}${node('a')}${node('a')}`, expected: ['error DUPLICATE_ID nodes.a.id 4:6'] },
    {
      what: 'an edge to nowhere',
      source: `${head}${node('alpha')}edges:\n${edge('alpha', 'alhpa')}`,
      expected: ['error DANGLING_EDGE edges[0].to 5:19'],
      says: /did you mean `alpha`/,
    },
    {
      what: 'an edge from nowhere',
      source: `${head}${node('a')}edges:\n${edge('nope', 'a')}`,
      expected: ['error DANGLING_EDGE edges[0].from 5:6'],
    },
    {
      what: 'a circle behind a start',
      source: `${head}${node('a')}${node('b')}${node('c')}edges:\n${edge('a', 'b')}${edge('b', 'c')}${edge('c', 'b')}`,
      expected: ['error CYCLE edges[1] 8:5'],
      says: /b → c → b/,
    },
    {
      what: 'nothing but a circle',
      source: `${head}${node('a')}${node('b')}edges:\n${edge('a', 'b')}${edge('b', 'a')}`,
      expected: ['error CYCLE edges[0] 6:5', 'error NO_START_NODE nodes 2:1'],
      says: /a → b → a/,
    },
    {
      what: 'an edge to itself',
      source: `${head}${node('a')}${node('b')}edges:\n${edge('b', 'b')}`,
      expected: ['error CYCLE edges[0] 6:5', 'error UNREACHABLE_NODE nodes.b 4:5'],
      says: /b → b/,
    },
    {
      what: 'a circle nothing leads to, and what follows it',
      source: `${head}${node('a')}${node('b')}${node('c')}${node('d')}edges:\n${edge('b', 'c')}${edge('c', 'b')}${edge('c', 'd')}`,
      expected: [
        'error CYCLE edges[0] 8:5',
        'error UNREACHABLE_NODE nodes.b 4:5',
        'error UNREACHABLE_NODE nodes.c 5:5',
        'error UNREACHABLE_NODE nodes.d 6:5',
      ],
    },
    {
      what: 'too many nodes',
      source: head + Array.from({ length: 1_001 }, (_, i) => node(`n${i}`)).join(''),
      expected: ['error TOO_MANY_NODES nodes 2:1'],
      says: /1001 nodes, of at most 1000/,
    },
    {
      what: 'too many edges',
      source: `${head}${node('a')}edges:\n${edge('a', 'b').repeat(5_001)}`,
      expected: ['error TOO_MANY_EDGES edges 4:1'],
    },
    {
      what: 'a join of more edges than there are',
      source: `${head}${node('a')}${node('b', ', join: 2')}edges:\n${edge('a', 'b')}`,
      expected: ['error JOIN_TOO_LARGE nodes.b.join 4:30'],
    },
    {
      what: 'an edge twice',
      source: `${head}${node('a')}${node('b')}edges:\n${edge('a', 'b')}${edge('a', 'b')}`,
      expected: ['warning DUPLICATE_EDGE edges[1] 7:5'],
    },
    {
      what: 'a second fallback',
      source: `${head}${node('a')}${node('b')}${node('c')}edges:\n${edge('a', 'b', ', condition: input.x')}${edge('a', 'c')}${edge('a', 'b')}`,
      expected: ['warning DEAD_EDGE edges[2] 9:5'],
    },
    {
      what: 'on_error route without a route',
      source: `${head}${node('a', ', on_error: route')}`,
      expected: ['error ROUTE_WITHOUT_EDGE nodes.a.on_error 3:30'],
    },
    {
      what: 'an error edge that on_error rules out',
      source: `${head}${node('a', ', on_error: skip')}${node('b')}edges:\n${edge('a', 'b', ', on: error')}`,
      expected: ['warning DEAD_EDGE nodes.a.on_error 3:30'],
    },
  ]);
});
