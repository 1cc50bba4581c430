import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '../expression/json.ts';
import { KernelRun } from '../testing/kernel-run.ts';
import { analyzeWorkflow, compileWorkflow } from '../workflow/compile-plan.ts';
import type { FlowDefinition } from '../workflow/flow-definition.ts';
import { replay } from './replay.ts';
import { DEFAULT_FLOW, FlowError, runFlow, type FlowFacts, type RunFlow } from './run-flow.ts';

const NODES = [{ id: 'work', type: 'agent' as const, agent_id: 'worker' }];
const planOf = (flow: FlowDefinition) => compileWorkflow({ id: 'one', nodes: NODES, edges: [], ...flow });

function flowOf(flow: FlowDefinition, input: JsonObject = {}, change: Partial<FlowFacts> = {}): RunFlow | undefined {
  const facts = { namespace: 'default', workflowVersion: 1, sessionId: '', isBody: false, isLimited: () => false };
  return runFlow(planOf(flow), { ...facts, input, ...change });
}

const keysOf = (flow: RunFlow | undefined) => flow?.limits.map(({ key }) => key);

describe('flow control of a run', () => {
  it('is nothing where nothing is said', () => {
    assert.equal(flowOf({}), undefined);
    assert.equal(flowOf({}, {}, { parent: { flow: undefined } }), undefined);
    assert.equal(flowOf({ priority: 3 }), undefined);
  });

  it('names the limits in the order of their keys', () => {
    const flow = flowOf(
      {
        concurrency: [
          { limit: 4 },
          { limit: 1, key: '${ input.customer }' },
          { limit: 9, key: 'k${ input.n }', scope: 'namespace' },
        ],
        rate: { limit: 2, per: '1s' },
      },
      { customer: 'acme', n: 7 },
    );
    assert.deepEqual(flow?.limits, [
      { key: 'key/k7', maxConcurrency: 9, rate: undefined },
      { key: 'workflow/one', maxConcurrency: 4, rate: { limit: 2, perMs: 1000 } },
      { key: 'workflow/one/acme', maxConcurrency: 1, rate: undefined },
    ]);
  });

  it('counts what operators have set', () => {
    const isLimited = () => true;
    assert.deepEqual(keysOf(flowOf({}, {}, { isLimited })), ['namespace', 'workflow/one']);
    assert.deepEqual(keysOf(flowOf({}, {}, { isLimited, isBody: true })), ['namespace']);
    assert.deepEqual(keysOf(flowOf({}, {}, { isLimited, parent: { flow: undefined } })), ['workflow/one']);
  });

  it('shares the slots of the runs around it, and what they are put in order by', () => {
    const parent = flowOf({ concurrency: { limit: 1 }, priority: 1, fairness: { key: 'acme', weight: 2 } });
    const child = flowOf({ concurrency: [{ limit: 1 }, { limit: 1, key: 'x' }] }, {}, { parent: { flow: parent } });
    assert.deepEqual(keysOf(child), ['workflow/one/x']);
    assert.deepEqual(
      [child?.sharedKeys, child?.priority, child?.fairnessKey, child?.weight],
      [['workflow/one'], 1, 'acme', 2],
    );
    const grandchild = flowOf({ concurrency: { limit: 1, key: 'x' } }, {}, { parent: { flow: child } });
    assert.deepEqual(grandchild?.limits, []);
    assert.deepEqual(grandchild?.sharedKeys, ['workflow/one', 'workflow/one/x']);
  });

  it('lets the caller say priority and fairness key', () => {
    const said = { priority: 5, fairness: { key: 'a' } };
    const flow = flowOf(said, {}, { priority: 1, fairnessKey: 'b' });
    assert.deepEqual([flow?.priority, flow?.fairnessKey], [1, 'b']);
    assert.equal(flowOf({}, {}, { priority: 2 })?.priority, 2);
  });

  it('refuses an input that an expression does not work on', () => {
    const concurrency = { limit: 1, key: '${ input.customer }' };
    for (const input of [{}, { customer: '' }, { customer: null }, { customer: {} }, { customer: 'x'.repeat(257) }]) {
      assert.throws(() => flowOf({ concurrency }, input), FlowError, JSON.stringify(input));
    }
    for (const priority of [0, 6, 1.5, 'high']) {
      assert.throws(() => flowOf({ priority: '${ input.p }' }, { p: priority }), FlowError, String(priority));
    }
  });
});

describe('a definition of flow control', () => {
  const codesOf = (flow: FlowDefinition, nodes: readonly object[] = NODES) =>
    analyzeWorkflow({ id: 'one', nodes: nodes as typeof NODES, edges: [], ...flow }).problems.map(({ code, path }) => [
      code,
      path,
    ]);

  it('is refused where it cannot work', () => {
    assert.deepEqual(codesOf({ concurrency: { limit: 1, scope: 'namespace' } }), [['MISSING_FIELD', 'concurrency']]);
    assert.deepEqual(codesOf({ concurrency: [{ limit: 1 }, { limit: 2 }] }), [['DUPLICATE_KEY', 'concurrency[1]']]);
    assert.deepEqual(codesOf({ rate: { limit: 1, per: '99ms' } }), [['BAD_DURATION', 'rate.per']]);
    assert.deepEqual(codesOf({ priority: '${ output.work }' }), [['UNKNOWN_REFERENCE', 'priority']]);
    assert.deepEqual(
      codesOf({ fairness: { key: '${ (' } }).map(([code]) => code),
      ['BAD_EXPRESSION'],
    );
  });

  it('is refused where a workflow that is limited by a key runs itself', () => {
    const itself = [{ id: 'again', type: 'subworkflow', workflow_id: 'one' }];
    const keyed = { concurrency: { limit: 1, key: '${ input.x }' } };
    assert.deepEqual(codesOf(keyed, itself), [['BAD_VALUE', 'nodes.again.workflow_id']]);
    assert.deepEqual(codesOf({ concurrency: { limit: 1 } }, itself), []);
  });
});

describe('a run under a limit', () => {
  const flow: RunFlow = { ...DEFAULT_FLOW, limits: [{ key: 'namespace', maxConcurrency: undefined, rate: undefined }] };
  const limited = () => new KernelRun({ nodes: NODES }, {}, { flow });

  it('begins when it is admitted, once', () => {
    const run = limited();
    assert.deepEqual([run.state.status, run.history.map(({ event }) => event.kind)], ['CREATED', ['run_started']]);
    assert.deepEqual(run.apply({ kind: 'fire_timers' }), []);
    assert.deepEqual(run.apply({ kind: 'admit_run' }), ['run_admitted', 'node_scheduled']);
    assert.deepEqual(run.apply({ kind: 'admit_run' }), []);
    run.ends('work', { output: 'done' });
    assert.deepEqual(run.end, ['DONE', 'done']);
    const history = run.history.map((entry, index) => ({ seq: index + 1, ...entry }));
    assert.deepEqual(replay(run.plan, { runId: run.state.runId, namespace: 'default' }, history).divergences, []);
  });

  it('can be cancelled, terminated, paused and sent signals before', () => {
    for (const kind of ['cancel_run', 'terminate_run'] as const) {
      const run = limited();
      run.apply({ kind, reason: 'enough' });
      assert.equal(run.end[1], 'CANCELLED');
      assert.deepEqual(run.apply({ kind: 'admit_run' }), []);
    }
    const run = limited();
    assert.deepEqual(run.apply({ kind: 'pause_run', nodeId: '', reason: '' }), ['run_paused']);
    assert.deepEqual(run.apply({ kind: 'admit_run' }), ['run_admitted', 'node_scheduled']);
  });
});
