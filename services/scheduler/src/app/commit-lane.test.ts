import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@skein/testkit';
import { newRunId, step } from '../testing/run-store/sample-batches.ts';
import { ScriptedCommits } from '../testing/scripted-commits.ts';
import { CommitLane, MAX_BATCH_BYTES, type CommitLaneOptions, type Fate } from './commit-lane.ts';
import { CommitOutcomeUnknownError, PoisonedBatchError, type CommitBatch, type RunStore } from './run-store.ts';

interface Lane {
  readonly lane: CommitLane;
  readonly told: string[];
  readonly pauses: number[];
  /** Adds a transition of a new run; answers with its run id. */
  readonly add: (bodyBytes?: number) => string;
  readonly fateOf: (runId: string) => Fate | undefined;
}

function laneOver(store: Pick<RunStore, 'commit' | 'settle'>, options: Partial<CommitLaneOptions> = {}): Lane {
  const fates = new Map<string, Fate>();
  const told: string[] = [];
  const pauses: number[] = [];
  const lane = new CommitLane({
    store,
    newCommitId: newRunId,
    takeConfirmed: () => [],
    onCommitted: (_, winners) => void told.push(`committed ${winners.length}`),
    onRetry: (error) => void told.push(`failed ${error instanceof Error ? error.name : ''}`),
    pause: async (tries) => void pauses.push(tries),
    ...options,
  });
  return {
    lane,
    told,
    pauses,
    add(bodyBytes = 10) {
      const runId = newRunId();
      const transition = { ...step(runId, 1), body: new Uint8Array(bodyBytes) };
      lane.add({ transition, settled: (fate) => void fates.set(runId, fate) });
      return runId;
    },
    fateOf: (runId) => fates.get(runId),
  };
}

const runIds = ({ transitions }: CommitBatch) => transitions.map(({ runId }) => runId);
const unknown = () => new CommitOutcomeUnknownError('the connection broke');

test('R3 what comes while a commit is under way forms the next one', async () => {
  const store = new ScriptedCommits();
  const { lane, add, fateOf } = laneOver(store);
  const first = [add(), add()];
  const one = await store.next('commit');
  assert.deepEqual(runIds(one.batch), first, 'what is ready in one turn goes together');
  const second = [add(), add(), add()];
  assert.equal(lane.depth, 3);
  assert.equal(store.calls.length, 1);
  one.answer();
  const two = await store.next('commit');
  assert.deepEqual(runIds(two.batch), second);
  assert.notEqual(one.batch.commitId, two.batch.commitId);
  assert.deepEqual(first.map(fateOf), ['won', 'won']);
  assert.deepEqual(second.map(fateOf), [undefined, undefined, undefined]);
  two.answer();
  await lane.idle();
  assert.deepEqual(second.map(fateOf), ['won', 'won', 'won']);
});

test('R3 an idle lane commits at once, without a timer, again and again', async () => {
  const store = new ScriptedCommits();
  const { lane, add, fateOf } = laneOver(store);
  for (let round = 0; round < 3; round += 1) {
    const runId = add();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(store.calls.length, round + 1, 'the turn of the event loop is over, and it is on its way');
    (await store.next('commit')).answer();
    await lane.idle();
    assert.equal(fateOf(runId), 'won');
  }
});

test('who has not won has lost; only the winners are told on', async () => {
  const store = new ScriptedCommits();
  const { lane, add, fateOf, told } = laneOver(store);
  const [winner, loser] = [add(), add()];
  (await store.next('commit')).answer([winner]);
  await lane.idle();
  assert.deepEqual([fateOf(winner), fateOf(loser)], ['won', 'lost']);
  add();
  (await store.next('commit')).answer([]);
  await lane.idle();
  assert.deepEqual(told, ['committed 1']);
});

test('a commit is told of before the fates of its transitions', async () => {
  const store = new ScriptedCommits();
  const order: string[] = [];
  const { lane } = laneOver(store, { onCommitted: () => void order.push('committed') });
  lane.add({ transition: step(newRunId(), 1), settled: (fate) => void order.push(fate) });
  (await store.next('commit')).answer();
  await lane.idle();
  assert.deepEqual(order, ['committed', 'won']);
});

test('R3 a batch ends at 512 KiB; what is larger by itself goes alone', async () => {
  const store = new ScriptedCommits();
  const { lane, add } = laneOver(store);
  const half = MAX_BATCH_BYTES / 2;
  const all = [add(half), add(half), add(1), add(2 * MAX_BATCH_BYTES), add(1)];
  const batches: string[][] = [];
  while (batches.flat().length < all.length) {
    const call = await store.next('commit');
    batches.push(runIds(call.batch));
    call.answer();
  }
  await lane.idle();
  assert.deepEqual(batches, [all.slice(0, 2), all.slice(2, 3), all.slice(3, 4), all.slice(4)]);
});

test('R5 confirmed outbox rows go with the next commit, once', async () => {
  const store = new ScriptedCommits();
  let confirmed: readonly string[] = ['a', 'b'];
  const takeConfirmed = () => {
    const taken = confirmed;
    confirmed = [];
    return taken;
  };
  const { lane, add } = laneOver(store, { takeConfirmed });
  for (const expected of [['a', 'b'], []]) {
    add();
    const call = await store.next('commit');
    assert.deepEqual(call.batch.confirmedBatchIds, expected);
    call.answer();
    await lane.idle();
  }
});

test('a failure that passes is tried again with the same batch, after a pause that grows', async () => {
  const store = new ScriptedCommits();
  const { lane, add, fateOf, told, pauses } = laneOver(store);
  const runId = add();
  const first = await store.next('commit');
  first.fail(new Error('a deadlock'));
  (await store.next('commit')).fail(new Error('out of connections'));
  const third = await store.next('commit');
  assert.deepEqual(third.batch, first.batch);
  third.answer();
  await lane.idle();
  assert.equal(fateOf(runId), 'won');
  assert.deepEqual(pauses, [0, 1]);
  assert.deepEqual(told, ['failed Error', 'failed Error', 'committed 1']);
});

test('R4 a commit of unknown outcome that was made is not made again', async () => {
  const store = new ScriptedCommits();
  const { lane, add, fateOf } = laneOver(store);
  const [stored, beaten] = [add(), add()];
  const commit = await store.next('commit');
  commit.fail(unknown());
  const settle = await store.next('settle');
  assert.deepEqual(settle.batch, commit.batch);
  settle.answer([stored]);
  await lane.idle();
  assert.deepEqual([fateOf(stored), fateOf(beaten)], ['won', 'lost']);
});

test('R4 a commit of unknown outcome that was not made is made again, under the same id', async () => {
  const store = new ScriptedCommits();
  const { lane, add, fateOf } = laneOver(store);
  const runId = add();
  const first = await store.next('commit');
  first.fail(unknown());
  (await store.next('settle')).fail(new Error('still away'));
  (await store.next('settle')).answer([]);
  const second = await store.next('commit');
  assert.equal(second.batch.commitId, first.batch.commitId);
  second.answer();
  await lane.idle();
  assert.equal(fateOf(runId), 'won');
});

test('R4 a commit that loses against its own first try has won', async () => {
  const store = new ScriptedCommits();
  const { lane, add, fateOf } = laneOver(store);
  const runId = add();
  (await store.next('commit')).fail(unknown());
  (await store.next('settle')).answer([]);
  (await store.next('commit')).answer([]);
  (await store.next('settle')).answer([runId]);
  await lane.idle();
  assert.equal(fateOf(runId), 'won');
});

test('R4 a poisoned batch is bisected: only the culprits are refused', async () => {
  const culprits = new Set<string>();
  const commits: CommitBatch[] = [];
  const { lane, add, fateOf } = laneOver({
    async commit(batch) {
      commits.push(batch);
      if (runIds(batch).some((runId) => culprits.has(runId))) throw new PoisonedBatchError('refused');
      return new Set(runIds(batch));
    },
    settle: async () => new Set(),
  });
  const all = Array.from({ length: 9 }, () => add());
  culprits.add(all[2] ?? '').add(all[7] ?? '');
  await lane.idle();
  for (const runId of all) assert.equal(fateOf(runId), culprits.has(runId) ? 'poisoned' : 'won');
  assert.equal(new Set(commits.map(({ commitId }) => commitId)).size, commits.length, 'each part has an id of its own');
});

test('a lane goes on after a poisoned batch', async () => {
  const store = new ScriptedCommits();
  const { lane, add, fateOf } = laneOver(store);
  const culprit = add();
  const call = await store.next('commit');
  const next = add();
  call.fail(new PoisonedBatchError('refused'));
  (await store.next('commit')).answer();
  await lane.idle();
  assert.deepEqual([fateOf(culprit), fateOf(next)], ['poisoned', 'won']);
});

test('idle waits for what is under way and for what waits', async () => {
  const store = new ScriptedCommits();
  const { lane, add } = laneOver(store);
  await lane.idle();
  add();
  let idle = false;
  const waiting = lane.idle().then(() => (idle = true));
  const first = await store.next('commit');
  add();
  first.answer();
  const second = await store.next('commit');
  assert.equal(idle, false);
  second.answer();
  await waiting;
  await eventually(() => lane.depth === 0, { describe: 'nothing waits' });
});
