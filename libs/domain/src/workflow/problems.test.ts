import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseWorkflow } from './parse.ts';
import { edge, head, node, summary } from './problem-cases.ts';

describe('problems together', () => {
  it('all at once: fields, graph and expressions', () => {
    const source = `${head}${node('a', ', whem: x')}${node('b', ', when: "("')}edges:\n${edge('a', 'c')}`;
    assert.deepEqual(parseWorkflow(source).problems.map(summary), [
      'error UNKNOWN_FIELD nodes.a.whem 3:30',
      'error DANGLING_EDGE edges[0].to 6:15',
      'error BAD_EXPRESSION nodes.b.when 4:30',
    ]);
  });

  it('at their own places where others are left out', () => {
    const source = `id: w\nnodes:\n  - {type: transform}\n${node('b', ', when: "("')}edges:\n  - {to: b}\n${edge('b', 'zz')}`;
    const { problems } = parseWorkflow(source);
    assert.deepEqual(problems.map(summary), [
      'error MISSING_FIELD nodes[0].id 3:5',
      'error MISSING_FIELD edges[0].from 6:5',
      'error DANGLING_EDGE edges[1].to 7:15',
      'error BAD_EXPRESSION nodes.b.when 4:30',
    ]);
    assert.deepEqual([problems[2]?.edgeIndex, problems[3]?.nodeId], [1, 'b']);
  });

  it('at most a hundred, errors before warnings', () => {
    const nodes = Array.from({ length: 150 }, (_, i) => node(`n${i}`, ', when: "("')).join('');
    const { problems } = parseWorkflow(`${head}${nodes}edges:\n${edge('n0', 'n1').repeat(3)}`);
    assert.equal(problems.length, 100);
    assert.ok(problems.every((problem) => problem.severity === 'error'));
  });

  it('each says what to do, and never the same twice', () => {
    const { problems } = parseWorkflow(`nam: 1\n${head}${node('a', ', join: x, retry: {max_attempts: x}')}`);
    assert.equal(new Set(problems.map(summary)).size, problems.length);
    for (const problem of problems) assert.ok(problem.message.length > 10);
  });
});
