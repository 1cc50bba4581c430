import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonValue } from '../../expression/json.ts';
import { testScope } from '../../expression/scope-fixture.ts';
import { chooseEdges } from '../choose-edges.ts';
import type { WorkflowDefinition } from '../definition.ts';
import { type ParsedWorkflow, parseWorkflow } from '../parse.ts';
import { nodeOf } from '../plan-fixture.ts';
import { summary } from '../problem-cases.ts';
import { resolveInput } from '../resolve-input.ts';
import { resolveOutput } from '../resolve-output.ts';

function read(source: string): ParsedWorkflow & { readonly definition: WorkflowDefinition } {
  const parsed = parseWorkflow(source);
  assert.ok(parsed.definition !== undefined, parsed.problems.map(summary).join('\n'));
  return { ...parsed, definition: parsed.definition };
}

const support = `
id: customer-support-workflow
name: Customer Support Flow
nodes:
  - id: classify
    type: agent
    config:
      agent_id: classifier-agent
  - id: route
    type: decision
    config:
      conditions:
        - "output.classify.category == 'billing'"
        - "output.classify.category == 'technical'"
  - id: billing-agent
    type: agent
    config:
      agent_id: billing-specialist
  - id: tech-agent
    type: agent
    config:
      agent_id: tech-support
edges:
  - from: classify
    to: route
  - from: route
    to: billing-agent
    condition: "output.classify.category == 'billing'"
  - from: route
    to: tech-agent
    condition: "output.classify.category == 'technical'"
`;

describe('the Kairos document', () => {
  const parsed = read(support);

  it('is taken as it is written', () => {
    assert.equal(parsed.dialect, 'kairos');
    assert.deepEqual(parsed.problems, []);
    assert.deepEqual(parsed.definition.nodes[0], { id: 'classify', type: 'agent', agent_id: 'classifier-agent' });
    assert.deepEqual(parsed.plan?.startNodes, ['classify']);
  });

  const routes: readonly (readonly [output: JsonValue, to: readonly string[]])[] = [
    [{ category: 'billing' }, ['billing-agent']],
    [{ category: ' technical\n' }, ['tech-agent']],
    [{ category: 'other' }, []],
    [{}, []],
    ['text', []],
    [{ category: ['billing'] }, []],
  ];
  for (const [output, to] of routes) {
    it(`${JSON.stringify(output)} goes to ${to.join() || 'nobody'}`, () => {
      const { plan } = parsed;
      assert.ok(plan !== undefined);
      const scope = testScope({ outputs: { classify: output, route: output } });
      const { taken, missing } = chooseEdges(nodeOf(plan, 'route'), scope, 'success');
      assert.deepEqual(
        taken.map((index) => plan.edges[index]?.to),
        to,
      );
      const hasCategory = typeof output === 'object' && Object.hasOwn(output ?? {}, 'category');
      assert.equal(missing.length, hasCategory ? 0 : 2);
      if (to.length === 0) assert.deepEqual(resolveOutput(plan, scope, ['route']), output);
    });
  }

  it('takes its first edge only, and warns of the others', () => {
    const { plan, problems } = read(`
id: w
nodes: [{id: a, type: agent, config: {agent_id: x}}, {id: b, type: decision}, {id: c, type: decision}]
edges: [{from: a, to: b}, {from: a, to: c, condition: always}]
`);
    assert.deepEqual(problems.map(summary), ['warning DEAD_EDGE edges[1] 4:27']);
    assert.ok(plan !== undefined);
    assert.deepEqual(chooseEdges(nodeOf(plan, 'a'), testScope(), 'success').taken, [0]);
  });

  it('fans out in the native form', () => {
    const { dialect, plan } = read(`
id: w
nodes: [{id: a, type: agent, config: {agent_id: x}, branch: all}, {id: b, type: decision}, {id: c, type: decision}]
edges: [{from: a, to: b}, {from: a, to: c}]
`);
    assert.equal(dialect, 'native');
    assert.ok(plan !== undefined);
    assert.deepEqual(chooseEdges(nodeOf(plan, 'a'), testScope(), 'success').taken, [0, 1]);
  });

  it('may hold language models, and fields it does not know are warned of', () => {
    const { definition, problems } = read(`
id: w
nodes:
  - {id: a, type: agent, config: {agent_id: x, timeout: 30}, position: {x: 1}}
  - {id: b, type: llm, config: {model: m, prompt: 'Hi \${output.a.name}', top_p: 1}}
edges: [{from: a, to: b, label: next}]
`);
    assert.deepEqual(problems.map(summary), [
      'warning FIELD_IGNORED nodes.a.position 4:62',
      'warning FIELD_IGNORED edges[0].label 6:26',
    ]);
    assert.deepEqual(definition.nodes, [
      { id: 'a', type: 'agent', agent_id: 'x', config: { timeout: 30 } },
      { id: 'b', type: 'llm', model: 'm', prompt: 'Hi ${output.a.name}', config: { top_p: 1 } },
    ]);
  });

  it('names the setting under config that is wrong', () => {
    const { problems } = parseWorkflow('id: w\nnodes:\n  - id: a\n    type: agent\n    config:\n      agent_id: a b\n');
    assert.deepEqual(problems.map(summary), ['error BAD_ID nodes.a.agent_id 6:7']);
  });
});

describe('the Kairos planner’s graph', () => {
  it('is a map of nodes', () => {
    const { dialect, definition, problems } = read(`
id: my-graph
start: a
nodes:
  a: { id: a, type: agent, tool: "", input: {say: '\${x}'}, metadata: { agent_id: classifier } }
  b: { type: noop }
  c: { type: terminal }
  m: { type: llm_call, metadata: { model: small } }
edges:
  - { from: a, to: b, condition: "output.a.type==billing" }
  - { from: a, to: m, condition: default }
  - { from: b, to: c }
`);
    assert.equal(dialect, 'kairos-planner');
    assert.deepEqual(problems, []);
    assert.deepEqual(definition.nodes, [
      { metadata: { agent_id: 'classifier' }, id: 'a', type: 'agent', input: { say: '$${x}' }, agent_id: 'classifier' },
      { id: 'b', type: 'decision' },
      { id: 'c', type: 'output' },
      { metadata: { model: 'small' }, id: 'm', type: 'llm', model: 'small' },
    ]);
    assert.deepEqual(definition.edges, [
      { from: 'a', to: 'b', condition: "text(output.a.type) == 'billing'" },
      { from: 'a', to: 'm' },
      { from: 'b', to: 'c' },
    ]);
  });

  it('needs `start` where several nodes could be it', () => {
    const graph = (start: string): string =>
      `id: g\n${start}nodes: {a: {type: noop}, b: {type: noop}, c: {type: noop}}\nedges: [{from: a, to: c}, {from: b, to: c}]`;
    assert.deepEqual(parseWorkflow(graph('')).problems.map(summary), ['error MULTIPLE_START_NODES nodes 2:1']);
    const { definition, problems } = read(graph('start: b\n'));
    assert.deepEqual(problems.map(summary), ['warning NODE_LEFT_OUT nodes.a 3:9']);
    assert.deepEqual(
      definition.nodes.map((node) => node.id),
      ['b', 'c'],
    );
    assert.deepEqual(definition.edges, [{ from: 'b', to: 'c' }]);
    assert.deepEqual(parseWorkflow(graph('start: z\n')).problems.map(summary), ['error UNKNOWN_REFERENCE start 2:1']);
  });

  it('calls the tool of a node, whatever its type', () => {
    const { definition, problems } = parseWorkflow('id: g\nnodes: {a: {type: agent, tool: search}}');
    assert.deepEqual(problems.map(summary), []);
    assert.deepEqual(definition?.nodes, [{ id: 'a', type: 'tool', tool_id: 'search' }]);
  });

  it('refuses circles and types of its own', () => {
    const circle = 'id: g\nnodes: {a: {type: noop}, b: {type: noop}}\nedges: [{from: a, to: b}, {from: b, to: a}]';
    assert.deepEqual(parseWorkflow(circle).problems.map(summary), [
      'error CYCLE edges[0] 3:9',
      'error NO_START_NODE nodes 2:1',
    ]);
    assert.deepEqual(parseWorkflow('id: g\nnodes: {a: {type: my-tool}}').problems.map(summary), [
      'error UNKNOWN_NODE_TYPE nodes.a.type 2:13',
    ]);
  });
});

describe('the depends_on form', () => {
  const flow = `
flow_id: credit_analysis
name: Credit Analysis
version: 2
nodes:
  - {id: collect, agent_id: collector, type: input, config: {max_turns: 8}}
  - {id: score, agent_id: scorer, type: processor, depends_on: [collect]}
  - {id: check, type: conditional, depends_on: [collect], conditions: {min: 1}}
  - {id: format, type: output, depends_on: [score, check]}
entry_point: collect
exit_points: [format]
metadata: {team: risk}
`;

  it('becomes a graph', () => {
    const { dialect, definition, plan, problems } = read(flow);
    assert.equal(dialect, 'depends-on');
    assert.deepEqual(problems, []);
    assert.equal(definition.id, 'credit_analysis');
    assert.equal(definition.version, '2');
    assert.deepEqual(
      definition.edges.map(({ from, to }) => `${from}>${to}`),
      ['collect>score', 'collect>check', 'score>format', 'check>format'],
    );
    assert.deepEqual(
      definition.nodes.map(({ type }) => type),
      ['agent', 'agent', 'decision', 'output'],
    );
    assert.deepEqual(definition.nodes[2]?.metadata, { type: 'conditional', conditions: { min: 1 } });
    assert.ok(plan !== undefined);
    const scope = testScope({
      outputs: { collect: {}, score: { a: 1, b: 1 }, check: { b: 2 }, format: { done: true } },
    });
    assert.deepEqual(chooseEdges(nodeOf(plan, 'collect'), scope, 'success').taken, [0, 1]);
    assert.deepEqual(resolveInput(nodeOf(plan, 'format'), scope), { a: 1, b: 2 });
    assert.deepEqual(resolveOutput(plan, scope, ['format']), { done: true });
  });

  it('ends with a map where it has several exits', () => {
    const { definition } = read(flow.replace('[format]', '[format, score]'));
    assert.deepEqual(definition.output, { format: "${ output['format'] }", score: "${ output['score'] }" });
  });

  const bad: readonly (readonly [what: string, from: string, to: string, expected: readonly string[]])[] = [
    ['an unknown dependency', '[score, check]', '[score, chekc]', ['error DANGLING_EDGE edges[3].from 9:52']],
    [
      'a circle',
      'collector, type: input',
      'collector, type: input, depends_on: [score]',
      ['error NO_START_NODE entry_point 10:1', 'error CYCLE edges[1] 7:65', 'error NO_START_NODE nodes 5:1'],
    ],
    ['an unknown entry', 'entry_point: collect', 'entry_point: colect', ['error UNKNOWN_REFERENCE entry_point 10:1']],
    [
      'an entry that depends on others',
      'entry_point: collect',
      'entry_point: score',
      ['error NO_START_NODE entry_point 10:1'],
    ],
    ['an unknown exit', '[format]', '[fromat]', ['error UNKNOWN_REFERENCE exit_points[0] 11:15']],
    ['work without an agent', 'agent_id: scorer, ', '', ['error MISSING_FIELD nodes.score.agent_id 7:5']],
    ['a field that means nothing', 'version: 2', 'color: red', ['warning FIELD_IGNORED color 4:1']],
  ];
  for (const [what, from, to, expected] of bad) {
    it(what, () => assert.deepEqual(parseWorkflow(flow.replace(from, to)).problems.map(summary), expected));
  }
});

describe('the dialect', () => {
  it('can be told instead of guessed', () => {
    const source = { id: 'w', nodes: [{ id: 'a', type: 'agent', config: { agent_id: 'x' } }] };
    assert.equal(parseWorkflow(source).dialect, 'kairos');
    const native = parseWorkflow(source, { dialect: 'native' });
    assert.equal(native.dialect, 'native');
    assert.deepEqual(native.definition?.nodes, [{ id: 'a', type: 'agent', agent_id: 'x' }]);
  });

  it('native keeps the config of an agent that is named on the node', () => {
    const { definition } = read('id: w\nnodes: [{id: a, type: agent, agent_id: x, config: {agent_id: y, version: z}}]');
    assert.deepEqual(definition.nodes[0], {
      id: 'a',
      type: 'agent',
      agent_id: 'x',
      config: { agent_id: 'y', version: 'z' },
    });
  });
});

describe('the native form', () => {
  it('may have settings under `config` in the graphs within nodes too, and no edges there', () => {
    const each =
      "{id: each, type: map, items: '${ input }', body: {nodes: [{id: a, type: agent, config: {agent_id: x}}]}}";
    const { definition } = read(`id: w\nnodes: [${each}]\n`);
    const [node] = definition.nodes;
    assert.deepEqual(node?.type === 'map' && node.body, {
      nodes: [{ id: 'a', type: 'agent', agent_id: 'x' }],
      edges: [],
    });
  });
});
