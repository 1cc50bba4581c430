import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileWorkflow, validateWorkflow } from './compile-plan.ts';
import { parseWorkflow } from './parse.ts';
import { InvalidWorkflowError } from './problem.ts';
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

  it('of a definition that is compiled without a source', () => {
    const definition = {
      id: 'w',
      nodes: [{ id: 'a', type: 'decision', when: 'inptu.x' }],
      edges: [{ from: 'a', to: 'b' }],
    } as const;
    assert.deepEqual(validateWorkflow(definition).map(summary), [
      'error DANGLING_EDGE edges[0].to',
      'error EXPRESSION_TYPE nodes.a.when',
    ]);
    assert.throws(
      () => compileWorkflow(definition),
      (error) =>
        error instanceof InvalidWorkflowError &&
        error.problems.length === 2 &&
        error.message.startsWith('edges[0].to: the edge a → b'),
    );
  });

  it('a long circle is shown shortened', () => {
    const ids = Array.from({ length: 100 }, (_, i) => `n${i}`);
    const definition = {
      id: 'w',
      nodes: ids.map((id) => ({ id, type: 'decision' as const })),
      edges: ids.map((from, i) => ({ from, to: ids[(i + 1) % ids.length] ?? '' })),
    };
    assert.match(validateWorkflow(definition)[0]?.message ?? '', /n0 → n1 → .* → … → .* → n99 → n0$/);
  });
});
