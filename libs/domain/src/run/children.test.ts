import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KernelRun } from '../testing/kernel-run.ts';
import type { MapNode } from '../workflow/definition.ts';
import { childRunId } from './child-run-id.ts';
import { childInput } from './open-children.ts';
import { nodeInput } from './node-input.ts';

const BODY = { nodes: [{ id: 'only', type: 'transform' as const, expression: 'input' }], edges: [] };

function mapRun(items: readonly number[], settings: Partial<MapNode> = {}): KernelRun {
  const each: MapNode = { id: 'each', type: 'map', items: '${ input.items }', body: BODY, ...settings };
  return new KernelRun({ nodes: [each] }, { items: [...items] });
}

describe('map', () => {
  it('starts as many children as may be open at a time, and the next one when one ends', () => {
    const run = mapRun([10, 11, 12], { concurrency: 2 });
    assert.deepEqual(run.open('each'), [0, 1]);
    assert.deepEqual(run.childEnds('each', 1, { output: 'b' }), ['child_run_ended', 'child_runs_started']);
    assert.deepEqual(run.open('each'), [0, 2]);
    run.childEnds('each', 2, { output: 'c' });
    run.childEnds('each', 0, { output: 'a' });
    assert.deepEqual(run.end, ['DONE', ['a', 'b', 'c']]);
  });

  it('gives each child its item', () => {
    const run = mapRun([10, 11]);
    const plan = run.plan.nodes.get('each') ?? assert.fail();
    const items = nodeInput(run.state, plan, run.node('each').scheduledSeq).payload;
    assert.equal(childInput(plan, run.node('each'), 1, items).value, 11);
  });

  it('of no items ends at once with an empty list', () => {
    assert.deepEqual(mapRun([]).end, ['DONE', []]);
  });

  it('fails with its first item, unless it is told otherwise', () => {
    const failing = mapRun([1, 2]);
    failing.childEnds('each', 0, { code: 'BROKEN' });
    assert.deepEqual(failing.end, ['FAILED', 'BROKEN']);
    assert.deepEqual(failing.state.failure?.details, { index: 0, succeeded: 0, failed: 1, total: 2 });

    const skipping = mapRun([1, 2], { on_item_error: 'skip' });
    skipping.childEnds('each', 0, { code: 'BROKEN' });
    skipping.childEnds('each', 1, { output: 'b' });
    assert.deepEqual(skipping.end, ['DONE', [null, 'b']]);

    const collecting = mapRun([1, 2], { on_item_error: 'collect' });
    collecting.childEnds('each', 0, { code: 'BROKEN' });
    collecting.childEnds('each', 1, { output: 'b' });
    const error = { code: 'BROKEN', message: 'BROKEN' };
    assert.deepEqual(collecting.end, [
      'DONE',
      [
        { ok: false, error },
        { ok: true, output: 'b' },
      ],
    ]);
  });

  it('fails where its items are no list, or too many', () => {
    const none = new KernelRun(
      { nodes: [{ id: 'each', type: 'map', items: '${ input.items }', body: BODY }] },
      { items: 7 },
    );
    assert.deepEqual(none.end, ['FAILED', 'EXPRESSION_FAILED']);
    assert.equal(none.state.failure?.place, 'nodes.each.items');
    assert.deepEqual(mapRun(Array.from({ length: 100_001 }, (_, index) => index)).end, ['FAILED', 'TOO_MANY_ITEMS']);
  });

  it('takes the end of a child once, and none of an attempt that is over', () => {
    const run = mapRun([1, 2], { retry: { max_attempts: 2, initial: '1s' } });
    const stale = { ...run.node('each') };
    run.childEnds('each', 0, { code: 'BROKEN' });
    assert.equal(run.node('each').status, 'READY');
    const childOfBefore = stale.children?.open.get(1) ?? assert.fail();
    const late = { nodeId: 'each', attempt: 1, index: 1, childRunId: childOfBefore };
    const outcome = { failure: { code: 'LATE', message: '', place: '', remedy: '', retryable: false } };
    assert.deepEqual(run.apply({ kind: 'child_ended', ...late, outcome }), []);
    assert.deepEqual(run.nextTimer(), ['node_scheduled', 'child_runs_started']);
    assert.notEqual(run.node('each').children?.open.get(1), childOfBefore);
    run.childEnds('each', 0, { output: 1 });
    assert.deepEqual(run.childEnds('each', 0, { output: 2 }), []);
    run.childEnds('each', 1, { output: 2 });
    assert.deepEqual(run.end, ['DONE', [1, 2]]);
  });

  it('starts nothing while it is held back, and goes on where it was', () => {
    const run = mapRun([1, 2, 3], { concurrency: 1 });
    assert.deepEqual(run.apply({ kind: 'pause_run', nodeId: 'each', reason: 'look' }), ['run_paused']);
    assert.deepEqual(run.childEnds('each', 0, { output: 'a' }), ['child_run_ended']);
    assert.deepEqual(run.open('each'), []);
    assert.deepEqual(run.apply({ kind: 'resume_run', nodeId: 'each' }), ['run_resumed', 'child_runs_started']);
    assert.deepEqual(run.open('each'), [1]);
  });

  it('keeps 10,000 items apart', () => {
    const run = mapRun(
      Array.from({ length: 10_000 }, (_, index) => index),
      { concurrency: 1000 },
    );
    for (let index = 0; index < 10_000; index += 500) run.childEnds('each', index % 1000, { output: index });
    assert.equal(run.node('each').children?.succeeded, 2);
  });
});

describe('loop', () => {
  const loopRun = (until?: string) =>
    new KernelRun(
      {
        nodes: [
          { id: 'again', type: 'loop', body: BODY, max_iterations: 3, ...(until === undefined ? {} : { until }) },
        ],
      },
      { draft: 0 },
    );

  it('goes on until its condition holds, each time with the output of the time before', () => {
    const run = loopRun('last.draft >= 2');
    const plan = run.plan.nodes.get('again') ?? assert.fail();
    const input = nodeInput(run.state, plan, run.node('again').scheduledSeq).payload;
    assert.deepEqual(childInput(plan, run.node('again'), 0, input).value, { draft: 0 });
    run.childEnds('again', 0, { output: { draft: 1 } });
    assert.deepEqual(childInput(plan, run.node('again'), 1, input).value, { draft: 1 });
    run.childEnds('again', 1, { output: { draft: 2 } });
    assert.deepEqual(run.end, ['DONE', { draft: 2 }]);
    assert.equal(run.node('again').children?.outcomes.size, 0, 'it keeps the last iteration only');
  });

  it('sees the number of the iteration', () => {
    const run = loopRun('index == 1');
    run.childEnds('again', 0, { output: {} });
    run.childEnds('again', 1, { output: 'second' });
    assert.deepEqual(run.end, ['DONE', 'second']);
  });

  it('fails when its condition does not hold in time; without one it just ends', () => {
    for (const [until, end] of [
      ['last.draft > 5', ['FAILED', 'MAX_ITERATIONS_REACHED']],
      [undefined, ['DONE', { draft: 3 }]],
    ] as const) {
      const run = loopRun(until);
      for (const index of [0, 1, 2]) run.childEnds('again', index, { output: { draft: index + 1 } });
      assert.deepEqual(run.end, end);
    }
  });

  it('fails with the iteration that fails, and with a condition that does', () => {
    const failing = loopRun('last.draft > 5');
    failing.childEnds('again', 0, { code: 'BROKEN' });
    assert.deepEqual(failing.end, ['FAILED', 'BROKEN']);
    const confused = loopRun('last.draft > 5');
    confused.childEnds('again', 0, { output: { draft: 'text' } });
    assert.deepEqual(confused.end, ['FAILED', 'EXPRESSION_FAILED']);
  });
});

describe('subworkflow', () => {
  const schema = { type: 'object', required: ['total'] } as const;
  const sub = { id: 'pay', type: 'subworkflow' as const, workflow_id: 'payment', output_schema: schema };

  it('ends with the output of its child, if that is as it should be', () => {
    const run = new KernelRun({ nodes: [sub] });
    run.childEnds('pay', 0, { output: { total: 3 } });
    assert.deepEqual(run.end, ['DONE', { total: 3 }]);
    const wrong = new KernelRun({ nodes: [sub] });
    wrong.childEnds('pay', 0, { output: 'three' });
    assert.deepEqual(wrong.end, ['FAILED', 'OUTPUT_SCHEMA_VIOLATION']);
  });

  it('is tried again only where that was asked for, and never for what cannot change', () => {
    const retry = { max_attempts: 2, initial: '1s' };
    const again = new KernelRun({ nodes: [{ ...sub, retry }] });
    assert.deepEqual(again.childEnds('pay', 0, { code: 'BROKEN' }), ['child_run_ended', 'node_retry_scheduled']);
    again.nextTimer();
    again.childEnds('pay', 0, { output: { total: 1 } });
    assert.deepEqual(again.end, ['DONE', { total: 1 }]);
    const hopeless = new KernelRun({ nodes: [{ ...sub, retry }] });
    hopeless.childEnds('pay', 0, { code: 'WORKFLOW_NOT_FOUND' });
    assert.deepEqual(hopeless.end, ['FAILED', 'WORKFLOW_NOT_FOUND']);
  });

  it('does not nest without an end', () => {
    const parent = { runId: '0', nodeId: 'pay', attempt: 1, index: 0, depth: 16 };
    assert.deepEqual(new KernelRun({ nodes: [sub] }, {}, { parent }).end, ['FAILED', 'TOO_DEEP']);
  });
});

describe('ids of child runs', () => {
  const place = {
    parentRunId: '01890000-0000-7000-8000-0000000000ab',
    nodeId: 'each',
    attempt: 1,
    index: 7,
    startedAtMs: 0x0199_1234_5678,
  };

  it('are UUIDv7 of their start, in the shard of their parent, the same for the same place', () => {
    const id = childRunId(place);
    assert.match(id, /^01991234-5678-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{10}ab$/);
    assert.equal(childRunId({ ...place }), id);
  });

  it('differ for every other place', () => {
    const ids = new Set([
      childRunId(place),
      childRunId({ ...place, index: 8 }),
      childRunId({ ...place, attempt: 2 }),
      childRunId({ ...place, nodeId: 'other' }),
      childRunId({ ...place, parentRunId: '01890000-0000-7000-8000-0000000001ab' }),
    ]);
    assert.equal(ids.size, 5);
  });
});
