import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Payload, type NodeDefinition, type RunCommand } from '@skein/domain';
import { engineRig, turn, type EngineRig } from '../testing/engine-rig.ts';
import { CHECK_INTERVAL_MS } from './run-transition.ts';

beforeEach((context) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 0, 1) });
  if ('after' in context) context.after(() => mock.timers.reset());
});

/** A loop whose body is one node. */
function loopOf(node: NodeDefinition): EngineRig {
  const body = { nodes: [node], edges: [] };
  return engineRig({
    definition: { id: 'w', nodes: [{ id: 'again', type: 'loop', body, max_iterations: 3 }], edges: [] },
  });
}

/** Begins a run, and with it its first child run; answers with both ids. */
async function beginFamily(rig: EngineRig): Promise<readonly [parentId: string, childId: string]> {
  const parentId = await rig.begin();
  const childId = rig.engine.peek(parentId)?.state.nodes.get('again')?.children?.open.get(0) ?? '';
  await rig.commit();
  await turn();
  return [parentId, childId];
}

/** What a scheduler that takes over loads at once: what is not parked. */
function toBeAdopted({ store }: EngineRig): Promise<readonly string[]> {
  return store.openRuns(undefined, 10, CHECK_INTERVAL_MS + 30_000);
}

test('C2 a run whose child is at work stays in memory, and is found after a crash', async () => {
  const rig = loopOf({ id: 'work', type: 'agent', agent_id: 'worker' });
  const [parentId, childId] = await beginFamily(rig);
  assert.equal(rig.executor.sent.length, 1);
  assert.deepEqual([rig.engine.has(parentId), rig.engine.has(childId)], [true, true]);
  assert.ok((await toBeAdopted(rig)).includes(parentId));
});

test('C2 a run whose child only waits leaves memory with it, and comes near again with it', async () => {
  const rig = loopOf({ id: 'work', type: 'signal', signal_name: 'go' });
  const [parentId, childId] = await beginFamily(rig);
  assert.equal(rig.engine.has(childId), false);
  mock.timers.tick(CHECK_INTERVAL_MS);
  await turn();
  await turn();
  assert.equal(rig.engine.has(parentId), false);
  assert.deepEqual(await toBeAdopted(rig), []);

  const payload = Payload.fromValue(1);
  const signal: RunCommand = { kind: 'send_signal', name: 'go', payload, signalId: '' };
  void rig.engine.submit(childId, signal);
  await turn();
  await turn();
  assert.equal(rig.engine.has(parentId), true);
  assert.ok((await toBeAdopted(rig)).includes(parentId));
});
