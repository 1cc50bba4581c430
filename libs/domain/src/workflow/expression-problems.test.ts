import { describe } from 'node:test';
import { checkProblems, edge, head, node } from './problem-cases.ts';

describe('problems of expressions', () => {
  const two = `${head}${node('a')}`;
  checkProblems([
    {
      what: 'a condition that is no expression',
      source: `${two}${node('b')}edges:\n${edge('a', 'b', ', condition: "x =="')}`,
      expected: ['error BAD_EXPRESSION edges[0].condition 6:22'],
      says: /at character 5/,
    },
    {
      what: 'a condition that is no condition',
      source: `${two}${node('b')}edges:\n${edge('a', 'b', `, condition: "'yes'"`)}`,
      expected: ['error EXPRESSION_TYPE edges[0].condition 6:22'],
    },
    {
      what: 'an unknown name',
      source: `${head}${node('a', ', when: inputs.x')}`,
      expected: ['error EXPRESSION_TYPE nodes.a.when 3:30'],
      says: /did you mean `input`/,
    },
    {
      what: 'an unknown node',
      source: `${head}${node('a', ', input: "${output.nope}"')}`,
      expected: ['error UNKNOWN_REFERENCE nodes.a.input 3:30'],
      says: /`nope` is no node/,
    },
    {
      what: 'deep in a template',
      source: `${head}${node('a', ', input: {x: [1, "${inputt}"]}')}`,
      expected: ['error EXPRESSION_TYPE nodes.a.input.x[1] 3:45'],
    },
    {
      what: 'in the output',
      source: `output: {a: "\${output.b}"}\n${two}`,
      expected: ['error UNKNOWN_REFERENCE output.a 1:10'],
    },
    {
      what: 'types that never fit',
      source: `${head}${node('a', `, expression: "1 + 'a'"`)}`,
      expected: ['error EXPRESSION_TYPE nodes.a.expression 3:30'],
      says: /int \+ string/,
    },
    {
      what: 'a template without an end',
      source: `${head}${node('a', ', input: "${input"')}`,
      expected: ['error BAD_EXPRESSION nodes.a.input 3:30'],
    },
    {
      what: 'in an llm node',
      source: `${head}  - {id: a, type: llm, model: m, prompt: "\${x}", messages: [{role: user, content: "\${y}"}]}`,
      expected: ['error EXPRESSION_TYPE nodes.a.prompt 3:34', 'error EXPRESSION_TYPE nodes.a.messages[0].content 3:74'],
    },
    {
      what: 'an alias of two nodes',
      source: `${head}${node('a-b')}${node('a_b')}${node('c', ', input: "${output.a_b}"')}edges:\n${edge('a-b', 'c')}${edge('a_b', 'c')}`,
      expected: ['error AMBIGUOUS_ALIAS nodes.c.input 5:30', 'warning AMBIGUOUS_ALIAS nodes.a_b.id 4:6'],
      says: /output\['a-b'\] or output\['a_b'\]/,
    },
    {
      what: 'a node that does not come before',
      source: `${head}${node('a', ', expression: output.b')}${node('b')}${node('c', ', when: output.c')}edges:\n${edge('b', 'c', ', condition: output.a')}`,
      expected: [
        'warning NEVER_BEFORE nodes.a 3:5',
        'warning NEVER_BEFORE nodes.c 5:5',
        'warning NEVER_BEFORE edges[0].condition 7:22',
      ],
    },
  ]);
});

describe('problems of schemas', () => {
  checkProblems([
    {
      what: 'a type that is none',
      source: `input_schema: {properties: {a: {type: strin}}}\n${head}${node('a')}`,
      expected: ['error BAD_SCHEMA input_schema.properties.a.type 1:33'],
    },
    {
      what: 'a reference to the network',
      source: `input_schema: {$ref: "https://example.com/a.json"}\n${head}${node('a')}`,
      expected: ['error BAD_SCHEMA input_schema 1:1'],
      says: /only references within the schema/,
    },
    {
      what: 'a pattern that needs backtracking',
      source: `input_schema: {pattern: "(?=a)b"}\n${head}${node('a')}`,
      expected: ['error BAD_SCHEMA input_schema 1:1'],
      says: /lookaround/,
    },
    {
      what: 'of an llm node',
      source: `${head}  - {id: a, type: llm, model: m, output_schema: {type: 7}}`,
      expected: ['error BAD_SCHEMA nodes.a.output_schema.type 3:50'],
    },
    {
      what: 'an older draft',
      source: `input_schema: {$schema: "http://json-schema.org/draft-07/schema#", type: object}\n${head}${node('a')}`,
      expected: [],
    },
  ]);
});
