import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryRunStore } from '../adapters/memory/run-store.ts';
import { engineRig, turn, type EngineRig } from '../testing/engine-rig.ts';
import { ALL_SHARDS } from '../testing/sole-ownership.ts';
import { RunKeeper } from './run-keeper.ts';

/** A keeper of a scheduler whose shards were another one's, which is at work for as long as `isSettling` says so. */
function keeperOf({ engine, store, told }: EngineRig) {
  const ownership = { isActive: true, isSettling: true, shards: ALL_SHARDS, owns: () => true };
  const looks: string[] = [];
  const keeper = new RunKeeper({
    engine,
    store,
    ownership: ownership as never,
    outbox: { relay: () => Promise.resolve() } as never,
    observer: { storeFailed: (error: unknown) => void told.push(String(error)) } as never,
    called: { catchUp: (_, isLast) => Promise.resolve(void looks.push(isLast ? 'last' : 'look')) },
    admission: { round: () => Promise.resolve(), forget: () => Promise.resolve() },
    handOver: () => Promise.resolve(false),
  });
  return { keeper, ownership, looks };
}

test('what a former owner begins while its shards change hands is found as soon as it cannot begin more', async () => {
  const store = new MemoryRunStore();
  const [former, rig] = [engineRig({ store }), engineRig({ store })];
  const { keeper, ownership, looks } = keeperOf(rig);
  let listed = 0;
  const openRuns = store.openRuns.bind(store);
  store.openRuns = (...page) => {
    listed += 1;
    return openRuns(...page);
  };
  await keeper.adoptAll();
  const runId = await former.begin();
  ownership.isSettling = false;
  await keeper.round();
  assert.ok(rig.engine.peek(runId), 'the run is in memory, where its task waits for an executor');
  await keeper.round();
  assert.deepEqual(looks, ['look', 'last', 'last']);
  assert.equal(listed, 2, 'and nobody looks again');
});

test('the end of a child run that a former owner has written reaches a parent that is in memory', async () => {
  const store = new MemoryRunStore();
  const definition = {
    id: 'w',
    nodes: [
      {
        id: 'each',
        type: 'map',
        items: '${ [1] }',
        body: { nodes: [{ id: 'work', type: 'agent', agent_id: 'worker' }], edges: [] },
      },
    ],
    edges: [],
  } as const;
  const [former, rig] = [engineRig({ store, definition }), engineRig({ store, definition })];
  const parentId = await former.begin();
  await turn();
  await former.commit();
  const childId = former.engine.peek(parentId)?.state.nodes.get('each')?.children?.open.get(0) ?? '';
  const { keeper, ownership } = keeperOf(rig);
  await keeper.adoptAll();
  assert.ok(rig.engine.peek(parentId));
  rig.engine.release((runId) => runId === childId);
  void former.engine.submit(childId, { kind: 'terminate_run', reason: 'enough' });
  await turn();
  await former.commit();
  ownership.isSettling = false;
  await keeper.round();
  for (let turns = 0; turns < 5 && rig.pending.length === 0; turns += 1) await turn();
  assert.match(rig.pending[0]?.transition.runId ?? 'nothing is told', new RegExp(parentId));
});
