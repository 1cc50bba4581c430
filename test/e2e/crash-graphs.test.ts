import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryDirectory } from '@skein/testkit';
import { startWorker, type Worker } from './agents/worker.ts';
import { createClients } from './harness/clients.ts';
import { startDev } from './harness/platform.ts';
import { nodeOf, outputOf, stateOf, Workplace } from './harness/workplace.ts';

const ITEMS = 60;
const ROUNDS = 12;
const CALLS_BEFORE_KILL = 40;
const call = (id: string) => ({ id, type: 'agent', agent_id: 'worker', retry: { max_attempts: 5, initial: '100ms' } });

/** Child runs side by side and one after the other, with child runs of their own. */
const FAMILY = {
  id: 'family',
  nodes: [
    {
      id: 'each',
      type: 'map',
      items: '${ input.items }',
      concurrency: 7,
      body: { nodes: [{ id: 'sub', type: 'subworkflow', workflow_id: 'one' }] },
    },
    {
      id: 'again',
      type: 'loop',
      input: { n: 0 },
      body: { nodes: [call('add')] },
      until: `last.n >= ${ROUNDS}`,
      max_iterations: 100,
    },
    { id: 'both', type: 'transform', expression: '[size(output.each), output.again.n]' },
  ],
  edges: [
    { from: 'each', to: 'both' },
    { from: 'again', to: 'both' },
  ],
};
const WAITS = {
  id: 'waits',
  nodes: [
    { id: 'go', type: 'signal', signal_name: 'go' },
    { id: 'later', type: 'signal', signal_name: 'later' },
    { id: 'review', type: 'approval', expires_in: '1h' },
    { id: 'pause', type: 'wait', duration: '1s' },
    { id: 'end', type: 'transform', expression: '[output.later, output.review.decided_by]' },
  ],
  edges: [
    { from: 'go', to: 'later' },
    { from: 'later', to: 'end' },
    { from: 'review', to: 'end' },
    { from: 'pause', to: 'end' },
  ],
};
const UNDONE = {
  id: 'undone',
  nodes: [
    ...['a', 'b', 'c', 'd'].map((id) => ({ ...call(id), input: { n: 0 }, compensate: { ...call(''), id: undefined } })),
    { id: 'hold', type: 'signal', signal_name: 'never' },
  ],
  edges: ['b', 'c', 'd', 'hold'].map((to, index) => ({ from: 'abcd'.charAt(index), to })),
};

/** Keys of the calls of each node of each run: an attempt that was answered and recorded is not made again. */
function attemptsOf({ calls }: Worker): ReadonlyMap<string, ReadonlySet<string>> {
  const attempts = new Map<string, Set<string>>();
  for (const { idempotencyKey } of calls) {
    const node = idempotencyKey.slice(0, idempotencyKey.lastIndexOf('/'));
    attempts.set(node, (attempts.get(node) ?? new Set()).add(idempotencyKey));
  }
  return attempts;
}

test('kill -9 among child runs, waits and undoing loses nothing', { timeout: 150_000 }, async () => {
  await using directory = await temporaryDirectory('crash-graphs');
  const enough = Promise.withResolvers<void>();
  await using worker = await startWorker(async ({ n }) => {
    if (worker.calls.length >= CALLS_BEFORE_KILL) enough.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    return { n: Number(n) + 1 };
  });
  let family = '';
  let waits = '';
  let undone = '';
  {
    await using platform = await startDev(directory.path);
    const clients = createClients(platform.apiUrl);
    const place = new Workplace({ clients }, 'default');
    await place.register('worker', worker);
    await place.apply({ id: 'one', nodes: [call('work')] });
    for (const definition of [FAMILY, WAITS, UNDONE]) await place.apply(definition);
    waits = await place.start('waits');
    await clients.runs.signalRun({ target: { case: 'runId', value: waits }, signalName: 'later', signalId: 'early' });
    undone = await place.start('undone');
    await place.until(undone, (run) => stateOf(run) === 'WAITING', 'four nodes to be done');
    const items = Array.from({ length: ITEMS }, (_, n) => ({ n }));
    family = await place.start('family', { items });
    await clients.runs.cancelRun({ runId: undone });
    await enough.promise;
    platform.process.kill('SIGKILL');
    await platform.process.exited;
  }

  await using platform = await startDev(directory.path);
  const clients = createClients(platform.apiUrl);
  const place = new Workplace({ clients }, 'default');
  const target = { case: 'runId', value: waits } as const;
  await clients.runs.signalRun({ target, signalName: 'later', signalId: 'early' });
  await clients.runs.signalRun({ target, signalName: 'go' });
  await clients.approvals.decideApproval({ runId: waits, nodeId: 'review', approved: true, decidedBy: 'ada' });
  const [first, second, third] = await Promise.all([place.ended(family), place.ended(waits), place.ended(undone)]);
  assert.deepEqual([stateOf(first), outputOf(first)], ['DONE', [ITEMS, ROUNDS]], first.failure?.message);
  assert.deepEqual(
    outputOf(nodeOf(first, 'each')),
    Array.from({ length: ITEMS }, (_, n) => ({ n: n + 1 })),
  );
  assert.deepEqual([stateOf(second), outputOf(second)], ['DONE', [null, 'ada']]);
  assert.equal(stateOf(third), 'CANCELLED');
  const undoing = third.nodes.filter(({ nodeId }) => nodeId.endsWith('~compensate'));
  assert.deepEqual(
    undoing.map(outputOf),
    Array.from({ length: 4 }, () => ({ n: 2 })),
  );
  for (const [node, keys] of attemptsOf(worker)) assert.equal(keys.size, 1, node);
  const all = await place.list({ includeChildren: true });
  assert.equal(all.length, 3 + ITEMS * 2 + ROUNDS);
  assert.deepEqual(new Set(all.map(stateOf)), new Set(['DONE', 'CANCELLED']));
});
