import { describe } from 'node:test';
import { checkProblems, head, node } from './problem-cases.ts';

describe('problems of fields', () => {
  checkProblems([
    {
      what: 'a mistyped field',
      source: `nam: x\n${head}${node('a')}`,
      expected: ['error UNKNOWN_FIELD nam 1:1'],
      says: /did you mean `name`/,
    },
    {
      what: 'a mistyped field of a node',
      source: `${head}${node('a', ', whem: true')}`,
      expected: ['error UNKNOWN_FIELD nodes.a.whem 3:30'],
      says: /`when`/,
    },
    {
      what: 'a field of another node type',
      source: `${head}${node('a', ', model: m')}`,
      expected: ['error UNKNOWN_FIELD nodes.a.model 3:30'],
    },
    {
      what: 'a mistyped field of a retry',
      source: `${head}${node('a', ', retry: {max_atempts: 2}')}`,
      expected: ['error UNKNOWN_FIELD nodes.a.retry.max_atempts 3:38'],
      says: /max_attempts/,
    },
    { what: 'no id', source: 'nodes:\n' + node('a'), expected: ['error MISSING_FIELD id 1:1'] },
    { what: 'no nodes', source: 'id: w', expected: ['error NO_NODES nodes 1:1'] },
    {
      what: 'an agent without a name',
      source: `${head}  - {id: a, type: agent}`,
      expected: ['error MISSING_FIELD nodes.a.agent_id 3:5'],
    },
    { what: 'a node without a type', source: `${head}  - {id: a}`, expected: ['error MISSING_FIELD nodes.a.type 3:5'] },
    {
      what: 'an edge without an end',
      source: `${head}${node('a')}edges:\n  - {from: a}`,
      expected: ['error MISSING_FIELD edges[0].to 5:5'],
    },
    {
      what: 'a number for a text',
      source: `${head}  - {id: a, type: llm, model: 3}`,
      expected: ['error WRONG_TYPE nodes.a.model 3:24'],
      says: /a number stands where a text is needed/,
    },
    {
      what: 'a text for a list',
      source: 'id: w\nnodes: x',
      expected: ['error WRONG_TYPE nodes 2:1', 'error NO_NODES nodes 2:1'],
    },
    {
      what: 'a text for a node',
      source: 'id: w\nnodes: [x, {id: a, type: transform}]',
      expected: ['error WRONG_TYPE nodes[0] 2:9'],
    },
    {
      what: 'a word that is not among the choices',
      source: `${head}${node('a', ', on_error: ignore')}`,
      expected: ['error BAD_VALUE nodes.a.on_error 3:30'],
      says: /fail, skip, route/,
    },
    {
      what: 'a number out of bounds',
      source: `${head}${node('a', ', retry: {max_attempts: 0, jitter: 2}')}`,
      expected: ['error BAD_VALUE nodes.a.retry.max_attempts 3:38', 'error BAD_VALUE nodes.a.retry.jitter 3:55'],
    },
    {
      what: 'a join that is none',
      source: `${head}${node('a', ', join: some')}`,
      expected: ['error BAD_VALUE nodes.a.join 3:30'],
    },
    {
      what: 'an id with other characters',
      source: `id: w x\nnodes:\n${node('"a b"')}`,
      expected: ['error BAD_ID id 1:1', 'error BAD_ID nodes.a b.id 3:6'],
    },
    {
      what: 'an id that is too long',
      source: `${head}${node('x'.repeat(129))}`,
      expected: [`error BAD_ID nodes.${'x'.repeat(129)}.id 3:6`],
    },
    {
      what: 'a duration without a unit',
      source: `${head}${node('a', ', timeouts: {heartbeat: "30"}')}`,
      expected: ['error BAD_DURATION nodes.a.timeouts.heartbeat 3:41'],
      says: /500ms, 30s, 5m/,
    },
    {
      what: 'a duration that is a number',
      source: `${head}${node('a', ', timeouts: {heartbeat: 30}')}`,
      expected: ['error WRONG_TYPE nodes.a.timeouts.heartbeat 3:41'],
    },
    {
      what: 'a duration of zero',
      source: `${head}${node('a', ', timeouts: {heartbeat: 0s}')}`,
      expected: ['error BAD_DURATION nodes.a.timeouts.heartbeat 3:41'],
    },
    {
      what: 'a duration beyond a year',
      source: `defaults: {timeouts: {heartbeat: 400d}}\n${head}${node('a')}`,
      expected: ['error BAD_DURATION defaults.timeouts.heartbeat 1:23'],
    },
    {
      what: 'a version range that is none',
      source: `${head}  - {id: a, type: agent, agent_id: x, version: latest!}`,
      expected: ['error BAD_VERSION_RANGE nodes.a.version 3:39'],
      says: /\^1\.2/,
    },
    {
      what: 'free-form fields where they are free',
      source: `metadata: {x: {y: 1}}\n${head}${node('a', ', config: {z: [1]}, metadata: {q: 1}')}`,
      expected: [],
    },
  ]);
});

describe('problems of node types', () => {
  checkProblems([
    {
      what: 'a mistyped type',
      source: `${head}  - {id: a, type: agnet, agent_id: x}`,
      expected: ['error UNKNOWN_NODE_TYPE nodes.a.type 3:13'],
      says: /did you mean `agent`/,
    },
    {
      what: 'a type of no language',
      source: `${head}  - {id: a, type: blockchain}`,
      expected: ['error UNKNOWN_NODE_TYPE nodes.a.type 3:13'],
      says: /agent, llm, rpc, tool, decision, transform/,
    },
  ]);
});
