import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Payload, type NodeDefinition, type RunCommand, type WorkflowDefinition } from '@skein/domain';
import { MemoryRunStore } from '../adapters/memory/run-store.ts';
import { engineRig, turn, type EngineRig } from '../testing/engine-rig.ts';
import { CHECK_INTERVAL_MS } from './run-transition.ts';

beforeEach((context) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 0, 1) });
  if ('after' in context) context.after(() => mock.timers.reset());
});

/** A loop whose body is one node. */
function loopOf(node: NodeDefinition): WorkflowDefinition {
  const body = { nodes: [node], edges: [] };
  return { id: 'w', nodes: [{ id: 'again', type: 'loop', body, max_iterations: 3 }], edges: [] };
}

const WAITING = loopOf({ id: 'work', type: 'signal', signal_name: 'go' });

/** Begins a run, and with it its first child run; answers with both ids. */
async function beginFamily(rig: EngineRig): Promise<readonly [parentId: string, childId: string]> {
  const parentId = await rig.begin();
  const childId = rig.engine.peek(parentId)?.state.nodes.get('again')?.children?.open.get(0) ?? '';
  await rig.commit();
  await turn();
  return [parentId, childId];
}

/** Lets time pass until what only waits has left memory. */
async function park(rig: EngineRig): Promise<void> {
  mock.timers.tick(CHECK_INTERVAL_MS);
  await turn();
  await turn();
  assert.equal(rig.pending.length, 0);
}

function signal({ engine }: EngineRig, runId: string): void {
  const command: RunCommand = { kind: 'send_signal', name: 'go', payload: Payload.fromValue(1), signalId: '' };
  void engine.submit(runId, command);
}

/** What a scheduler that takes over loads at once: what is not parked. */
function toBeAdopted({ store }: EngineRig): Promise<readonly string[]> {
  return store.openRuns(undefined, 10, CHECK_INTERVAL_MS + 30_000);
}

test('C2 a run whose child is at work stays in memory, and is found after a crash', async () => {
  const rig = engineRig({ definition: loopOf({ id: 'work', type: 'agent', agent_id: 'worker' }) });
  const [parentId, childId] = await beginFamily(rig);
  assert.equal(rig.executor.sent.length, 1);
  assert.deepEqual([rig.engine.has(parentId), rig.engine.has(childId)], [true, true]);
  assert.ok((await toBeAdopted(rig)).includes(parentId));
});

test('C2 a run whose child only waits leaves memory with it; the end of the child brings it near in the same commit', async () => {
  const rig = engineRig({ definition: WAITING });
  const [parentId, childId] = await beginFamily(rig);
  await park(rig);
  assert.deepEqual([rig.engine.has(parentId), rig.engine.has(childId)], [false, false]);
  assert.deepEqual(await toBeAdopted(rig), []);

  signal(rig, childId);
  await turn();
  assert.deepEqual(await toBeAdopted(rig), [], 'nothing is durable yet');
  await rig.commit();
  // Here the scheduler dies: what it would tell the parent is lost.
  assert.deepEqual(await toBeAdopted(rig), [parentId]);
  const after = engineRig({ store: rig.store, definition: WAITING });
  await after.engine.adopt(parentId);
  await turn();
  await after.commit();
  assert.deepEqual(after.told[0], 'child_run_ended child_runs_started');
});

test('C2 a child run is not loaded while its parent is being parked', async () => {
  const store = new MemoryRunStore();
  const parked = Promise.withResolvers<void>();
  const postpone = store.postpone.bind(store);
  const rig = engineRig({ store, definition: WAITING });
  const [parentId, childId] = await beginFamily(rig);
  store.postpone = async (...asked) => {
    await parked.promise;
    await postpone(...asked);
  };
  await park(rig);
  assert.equal(rig.engine.has(parentId), true);
  signal(rig, childId);
  await turn();
  assert.deepEqual([rig.engine.has(childId), rig.pending.length], [false, 0]);
  parked.resolve();
  await turn();
  await rig.commit();
  assert.deepEqual(await toBeAdopted(rig), [parentId]);
});
