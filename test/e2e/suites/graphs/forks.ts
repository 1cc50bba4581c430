import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { valueOfJson } from '@skein/events';
import { nodeOf, outputOf, refused, stateOf, Workplace } from '../../harness/workplace.ts';
import type { UsePlatform } from '../every-mode.ts';

const STEPS = ['first', 'second', 'third'];
const CHAIN = {
  id: 'chain',
  nodes: STEPS.map((id) => ({ id, type: 'agent', agent_id: 'adder', retry: { max_attempts: 1 } })),
  edges: [
    { from: 'first', to: 'second' },
    { from: 'second', to: 'third' },
  ],
};

/** Going on from runs that have ended. */
export function forkSuite(use: UsePlatform): void {
  suite('retry and fork', { concurrency: true }, () => {
    test('a retry does again what failed, and nothing else', async () => {
      const place = new Workplace(use(), 'forks-retry');
      const { namespace, clients } = place;
      let refusals = 1;
      await using worker = await place.worker('adder', ({ n }, { idempotencyKey }) => {
        if (idempotencyKey.includes('/third/') && refusals-- > 0) throw new Error('not yet');
        return { n: Number(n) + 1 };
      });
      await place.apply(CHAIN);
      const failed = await place.ended(await place.start('chain', { n: 0 }));
      assert.deepEqual([stateOf(failed), failed.failedNodeId], ['FAILED', 'third']);
      const request = { namespace, runId: failed.runId, requestId: 'again' };
      const retries = await Promise.all([clients.runs.retryRun(request), clients.runs.retryRun(request)]);
      assert.equal(new Set(retries.map(({ run }) => run?.runId)).size, 1);
      assert.equal(retries.filter(({ created }) => created).length, 1);
      const done = await place.ended(retries[0]?.run?.runId ?? '');
      assert.deepEqual([stateOf(done), outputOf(done)], ['DONE', { n: 3 }]);
      assert.deepEqual(worker.nodes, [...STEPS, 'third']);
      assert.deepEqual([done.forkedFrom?.runId, done.forkedFrom?.seq], [failed.runId, failed.lastSeq]);
      const reused = (await place.events(done.runId)).filter((event) => event.case === 'resultReused');
      assert.deepEqual(
        reused.map(({ value }) => value.nodeId),
        ['first', 'second'],
      );
      assert.equal((await place.get(failed.runId)).lastSeq, failed.lastSeq);
      await refused(clients.runs.retryRun({ namespace, runId: done.runId }), 'RUN_NOT_RETRYABLE');
    });

    test('a retried map does again the items that failed, within them what had not finished, and nothing else', async () => {
      const place = new Workplace(use(), 'forks-map');
      const { namespace, clients } = place;
      let refusals = 1;
      const asked: string[] = [];
      await using _worker = await place.worker('worker', ({ n, step }) => {
        if (n === 2 && step === 'write' && refusals-- > 0) throw new Error('not yet');
        asked.push(`${step === 'write' ? 'write' : 'read'} ${Number(n)}`);
        return { n: Number(n) };
      });
      const call = (id: string) => ({
        id,
        type: 'agent',
        agent_id: 'worker',
        retry: { max_attempts: 1 },
        input: { n: '${ item }', step: id },
      });
      const body = { nodes: [call('read'), call('write')], edges: [{ from: 'read', to: 'write' }] };
      const each = { id: 'each', type: 'map', items: '${ input.items }', body, concurrency: 1 };
      await place.apply({ id: 'items', nodes: [each] });
      const failed = await place.ended(await place.start('items', { items: [1, 2, 3] }));
      assert.equal(stateOf(failed), 'FAILED');
      assert.deepEqual(asked, ['read 1', 'write 1', 'read 2']);
      asked.length = 0;
      const { run } = await clients.runs.retryRun({ namespace, runId: failed.runId });
      const done = await place.ended(run?.runId ?? '');
      assert.deepEqual([stateOf(done), outputOf(done)], ['DONE', [{ n: 1 }, { n: 2 }, { n: 3 }]]);
      assert.deepEqual(asked, ['write 2', 'read 3', 'write 3']);
      asked.length = 0;
      const redo = { namespace, runId: done.runId, redoNodeIds: ['each'] };
      const { run: again } = await clients.runs.forkRun(redo);
      assert.equal(stateOf(await place.ended(again?.runId ?? '')), 'DONE');
      assert.equal(asked.length, 6, 'what is named is done again, items and all');
    });

    test('a fork does again what is named, is another work or gets something else, and all that comes after', async () => {
      const place = new Workplace(use(), 'forks-redo');
      const { namespace, clients } = place;
      await using worker = await place.worker('adder', ({ n }) => ({ n: Number(n) + 1 }));
      await place.apply(CHAIN);
      const done = await place.ended(await place.start('chain', { n: 0 }));
      const callsOf = async (more: object) => {
        const before = worker.calls.length;
        const { run } = await clients.runs.forkRun({ namespace, runId: done.runId, ...more });
        const ended = await place.ended(run?.runId ?? '');
        return { nodes: worker.nodes.slice(before), output: outputOf(ended), version: ended.workflowVersion };
      };
      const same = { output: { n: 3 }, version: 1 };
      assert.deepEqual(await callsOf({}), { nodes: [], ...same });
      assert.deepEqual(await callsOf({ redoNodeIds: ['second'] }), { nodes: ['second', 'third'], ...same });
      const other = { input: valueOfJson({ n: 10 }) };
      assert.deepEqual(await callsOf(other), { nodes: STEPS, output: { n: 13 }, version: 1 });
      const { entries } = await clients.events.listEvents({ namespace, runId: done.runId });
      const secondEnded = entries.findIndex(
        ({ entry }) =>
          entry.case === 'runEvent' &&
          entry.value.event.case === 'nodeSucceeded' &&
          entry.value.event.value.nodeId === 'second',
      );
      assert.deepEqual(await callsOf({ atSeq: BigInt(secondEnded) }), { nodes: ['second', 'third'], ...same });
      assert.deepEqual(await callsOf({ atSeq: BigInt(secondEnded + 1) }), { nodes: ['third'], ...same });

      const [first, second, third] = CHAIN.nodes;
      await place.apply({ ...CHAIN, nodes: [first, { ...second, config: { by: 'hand' } }, third] });
      const redone = { nodes: ['second', 'third'], output: { n: 3 }, version: 2 };
      assert.deepEqual(await callsOf({ workflowVersion: 2 }), redone);

      const fork = (more: object) => clients.runs.forkRun({ namespace, runId: done.runId, ...more });
      await refused(fork({ workflowVersion: 9 }), 'WORKFLOW_NOT_FOUND');
      await refused(fork({ redoNodeIds: ['fourth'] }), 'NODE_NOT_FOUND');
      await refused(fork({ atSeq: 10_000n }), 'INVALID_FIELD');
      await fork({ requestId: 'f' });
      await refused(fork({ requestId: 'f', redoNodeIds: ['first'] }), 'REQUEST_ID_REUSED');
    });

    test('what a child run did is done again where its parent has undone it', async () => {
      const place = new Workplace(use(), 'forks-undone-child');
      const { namespace, clients } = place;
      let refusals = 1;
      await using worker = await place.worker('adder', ({ n }, { idempotencyKey }) => {
        if (idempotencyKey.includes('/last/') && refusals-- > 0) throw new Error('not yet');
        return { n: Number(n) + 1 };
      });
      const call = (id: string) => ({ id, type: 'agent', agent_id: 'adder', retry: { max_attempts: 1 } });
      await place.apply({ id: 'within', nodes: [call('inner')] });
      const child = { type: 'subworkflow', workflow_id: 'within' };
      const { id: _undo, ...compensate } = call('undo');
      const nodes = [{ id: 'kept', ...child }, { id: 'undone', ...child, compensate }, call('last')];
      const edges = [
        { from: 'kept', to: 'undone' },
        { from: 'undone', to: 'last' },
      ];
      await place.apply({ id: 'outer', nodes, edges });
      const failed = await place.ended(await place.start('outer', { n: 0 }));
      const before = worker.nodes.length;
      const { run } = await clients.runs.retryRun({ namespace, runId: failed.runId });
      const done = await place.ended(run?.runId ?? '');
      assert.deepEqual([stateOf(done), outputOf(done)], ['DONE', { n: 3 }]);
      assert.deepEqual(worker.nodes.slice(before), ['inner', 'last']);
    });

    test('what was undone is done again, what could not be undone is taken over', async () => {
      const place = new Workplace(use(), 'forks-undone');
      const { namespace, clients } = place;
      let refusals = 1;
      await using worker = await place.worker('adder', ({ n }, { idempotencyKey }) => {
        const [, nodeId] = idempotencyKey.split('/');
        if (nodeId === 'first~compensate') throw new Error('it stays');
        if (nodeId === 'third' && refusals-- > 0) throw new Error('not yet');
        return { n: Number(n) + 1 };
      });
      const compensate = { type: 'agent', agent_id: 'adder', retry: { max_attempts: 1 } };
      const [first, second, third] = CHAIN.nodes;
      await place.apply({ ...CHAIN, nodes: [{ ...first, compensate }, { ...second, compensate }, third] });
      const failed = await place.ended(await place.start('chain', { n: 0 }));
      const { run } = await clients.runs.retryRun({ namespace, runId: failed.runId });
      const done = await place.ended(run?.runId ?? '');
      assert.deepEqual([stateOf(done), outputOf(done)], ['DONE', { n: 3 }]);
      const undoing = ['second~compensate', 'first~compensate'];
      assert.deepEqual(worker.nodes, [...STEPS, ...undoing, 'second', 'third']);
    });

    test('a decision and a signal are not asked for again', async () => {
      const place = new Workplace(use(), 'forks-waits');
      const { namespace, clients } = place;
      let refusals = 1;
      await using _worker = await place.worker('adder', () => {
        if (refusals-- > 0) throw new Error('not yet');
        return { n: 1 };
      });
      const nodes = [
        { id: 'go', type: 'signal', signal_name: 'go' },
        { id: 'review', type: 'approval', expires_in: '1h', input: {} },
        { id: 'work', type: 'agent', agent_id: 'adder', input: {} },
      ];
      const edges = [
        { from: 'go', to: 'review' },
        { from: 'review', to: 'work' },
      ];
      await place.apply({ id: 'careful', nodes, edges });
      const runId = await place.start('careful');
      await clients.runs.signalRun({ namespace, target: { case: 'runId', value: runId }, signalName: 'go' });
      await clients.approvals.decideApproval({ namespace, runId, nodeId: 'review', approved: true, decidedBy: 'ada' });
      assert.equal(stateOf(await place.ended(runId)), 'FAILED');
      const { run } = await clients.runs.retryRun({ namespace, runId });
      const done = await place.ended(run?.runId ?? '');
      assert.equal(stateOf(done), 'DONE');
      assert.partialDeepStrictEqual(outputOf(nodeOf(done, 'review')), { approved: true, decided_by: 'ada' });
    });
  });
}
