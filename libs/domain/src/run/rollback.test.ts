import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KernelRun } from '../testing/kernel-run.ts';
import type { NodeDefinition } from '../workflow/definition.ts';
import { nodeInput } from './node-input.ts';

const undo = (agent_id: string) => ({ type: 'agent' as const, agent_id, retry: { max_attempts: 1 } });
const booking = (id: string): NodeDefinition => ({
  id,
  type: 'agent',
  agent_id: id,
  retry: { max_attempts: 1 },
  compensate: undo(`cancel-${id}`),
});

/** flight → hotel → car; what is booked is cancelled again when something fails. */
function trip(): KernelRun {
  return new KernelRun({
    nodes: [
      booking('flight'),
      booking('hotel'),
      { id: 'car', type: 'agent', agent_id: 'car', retry: { max_attempts: 1 } },
    ],
    edges: [
      { from: 'flight', to: 'hotel' },
      { from: 'hotel', to: 'car' },
    ],
  });
}

describe('compensation', () => {
  it('undoes what has succeeded, the latest first, then the run fails as it was going to', () => {
    const run = trip();
    run.ends('flight', { output: 'F1' });
    run.ends('hotel', { output: 'H1' });
    assert.deepEqual(run.ends('car', { code: 'NO_CAR' }).slice(-2), ['run_failing', 'node_scheduled']);
    assert.equal(run.state.status, 'FAILING');
    assert.deepEqual(run.nodes['hotel~compensate'], 'READY');
    assert.equal(run.nodes['flight~compensate'], undefined, 'one at a time');
    const plan = run.plan.compensations.get('hotel~compensate') ?? assert.fail();
    assert.equal(nodeInput(run.state, plan, run.state.seq + 1).payload.value, 'H1');
    run.ends('hotel~compensate', { output: 'ok' });
    run.ends('flight~compensate', { output: 'ok' });
    assert.deepEqual(run.end, ['FAILED', 'NO_CAR']);
    assert.equal(run.state.failedNodeId, 'car');
  });

  it('goes on with the others where one cannot be undone', () => {
    const run = trip();
    run.ends('flight', { output: 'F1' });
    run.ends('hotel', { output: 'H1' });
    run.ends('car', { code: 'NO_CAR' });
    run.ends('hotel~compensate', { code: 'TOO_LATE' });
    run.ends('flight~compensate', { output: 'ok' });
    assert.deepEqual(run.end, ['FAILED', 'NO_CAR']);
    assert.equal(run.nodes['hotel~compensate'], 'FAILED');
  });

  it('comes before a cancelled run ends; what was at work is stopped', () => {
    const run = trip();
    run.ends('flight', { output: 'F1' });
    assert.deepEqual(run.apply({ kind: 'cancel_run', reason: 'rain' }), ['run_cancelling', 'node_scheduled']);
    assert.equal(run.nodes['hotel'], 'CANCELLED');
    assert.deepEqual(run.apply({ kind: 'cancel_run', reason: 'again' }), []);
    run.ends('flight~compensate', { output: 'ok' });
    assert.deepEqual(run.end, ['CANCELLED', 'CANCELLED']);
    assert.match(run.state.failure?.message ?? '', /rain/);
  });

  it('is not begun where there is nothing to undo, and skipped by whoever terminates', () => {
    const early = trip();
    assert.deepEqual(early.apply({ kind: 'cancel_run', reason: '' }), ['run_cancelled']);
    const late = trip();
    late.ends('flight', { output: 'F1' });
    assert.deepEqual(late.apply({ kind: 'terminate_run', reason: '' }), ['run_terminated']);
    assert.equal(late.state.status, 'TERMINATED');
    const midway = trip();
    midway.ends('flight', { output: 'F1' });
    midway.apply({ kind: 'cancel_run', reason: '' }, { kind: 'terminate_run', reason: '' });
    assert.deepEqual([midway.state.status, midway.nodes['flight~compensate']], ['TERMINATED', 'CANCELLED']);
  });

  it('may be a tool, a method of an rpc service or a workflow', () => {
    const undos = [
      { type: 'tool' as const, tool_id: 'refund' },
      { type: 'rpc' as const, service_id: 'billing', method: 'billing.v1.Billing/Refund' },
      { type: 'subworkflow' as const, workflow_id: 'refund' },
    ];
    for (const compensate of undos) {
      const run = new KernelRun({
        nodes: [
          { ...booking('pay'), compensate },
          { id: 'hold', type: 'signal', signal_name: 'x' },
        ],
        edges: [{ from: 'pay', to: 'hold' }],
      });
      run.ends('pay', { output: 'P1' });
      run.apply({ kind: 'cancel_run', reason: '' });
      if (compensate.type === 'subworkflow') run.childEnds('pay~compensate', 0, { output: 'ok' });
      else run.ends('pay~compensate', { output: 'ok' });
      assert.equal(run.state.status, 'CANCELLED', compensate.type);
    }
  });

  it('is tried again like any other work', () => {
    const run = new KernelRun({
      nodes: [
        { ...booking('flight'), compensate: { ...undo('x'), retry: { max_attempts: 2, initial: '1s' } } },
        { id: 'car', type: 'agent', agent_id: 'car', retry: { max_attempts: 1 } },
      ],
      edges: [{ from: 'flight', to: 'car' }],
    });
    run.ends('flight', { output: 'F1' });
    run.ends('car', { code: 'NO_CAR' });
    run.ends('flight~compensate', { code: 'BUSY', retryable: true });
    assert.equal(run.state.status, 'FAILING');
    run.nextTimer();
    assert.equal(run.node('flight~compensate').attempt, 2);
    run.ends('flight~compensate', { output: 'ok' });
    assert.deepEqual(run.end, ['FAILED', 'NO_CAR']);
  });

  it('may read what the run knows, with templates of its own', () => {
    const input = { booking: '${ output.flight.id }', because: '${ error.code }' };
    const run = new KernelRun({
      nodes: [
        { ...booking('flight'), compensate: { ...undo('x'), input } },
        { id: 'car', type: 'agent', agent_id: 'car', retry: { max_attempts: 1 } },
      ],
      edges: [{ from: 'flight', to: 'car' }],
    });
    run.ends('flight', { output: { id: 7 } });
    run.ends('car', { code: 'NO_CAR' });
    const plan = run.plan.compensations.get('flight~compensate') ?? assert.fail();
    const { scheduledSeq } = run.node('flight~compensate');
    assert.deepEqual(nodeInput(run.state, plan, scheduledSeq).payload.value, { booking: 7, because: 'NO_CAR' });
  });
});
