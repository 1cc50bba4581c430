import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunCommand } from '@skein/domain';
import { engineRig, turn, type EngineRig } from '../testing/engine-rig.ts';

const PAUSE: RunCommand = { kind: 'pause_run', nodeId: '', reason: 'not now' };
const RESUME: RunCommand = { kind: 'resume_run', nodeId: '' };
const DEFINITION = {
  id: 'w',
  nodes: [
    {
      id: 'again',
      type: 'loop',
      body: { nodes: [{ id: 'work', type: 'agent', agent_id: 'worker' }], edges: [] },
      max_iterations: 3,
    },
  ],
  edges: [],
} as const;

/** Begins a run; answers with its id and that of its first child run, whose start waits for its commit. */
async function beginParent(rig: EngineRig): Promise<readonly [parentId: string, childId: string]> {
  const parentId = await rig.begin();
  await turn();
  return [parentId, rig.engine.peek(parentId)?.state.nodes.get('again')?.children?.open.get(0) ?? ''];
}

async function commitAll(rig: EngineRig): Promise<void> {
  await turn();
  while (rig.pending.length > 0) await rig.commit();
}

function isPaused({ engine }: EngineRig, runId: string): boolean {
  return engine.peek(runId)?.state.pause !== undefined;
}

test('C5 a child run whose parent was resumed just before a crash goes on', async () => {
  const rig = engineRig({ definition: DEFINITION });
  const [parentId, childId] = await beginParent(rig);
  await commitAll(rig);
  void rig.engine.submit(parentId, PAUSE);
  await commitAll(rig);
  assert.deepEqual([isPaused(rig, parentId), isPaused(rig, childId)], [true, true]);
  void rig.engine.submit(parentId, RESUME);
  await turn();
  await rig.commit();
  assert.deepEqual([isPaused(rig, parentId), isPaused(rig, childId)], [false, true]);

  const after = engineRig({ store: rig.store, definition: DEFINITION });
  await after.engine.adopt(childId);
  await commitAll(after);
  assert.equal(isPaused(after, childId), false);
});

test('C5 a child run that somebody paused by itself stays paused when it is loaded', async () => {
  const rig = engineRig({ definition: DEFINITION });
  const [, childId] = await beginParent(rig);
  await commitAll(rig);
  void rig.engine.submit(childId, PAUSE);
  await commitAll(rig);

  const after = engineRig({ store: rig.store, definition: DEFINITION });
  await after.engine.adopt(childId);
  await commitAll(after);
  assert.equal(isPaused(after, childId), true);
});

test('C5 a child run whose parent is paused while it is being started is paused too', async () => {
  const rig = engineRig({ definition: DEFINITION });
  const [parentId, childId] = await beginParent(rig);
  assert.equal(rig.pending.length, 1);
  void rig.engine.submit(parentId, PAUSE);
  await commitAll(rig);
  assert.deepEqual([isPaused(rig, parentId), isPaused(rig, childId)], [true, true]);
});

test('C5 a child run that is started only after a crash, while its parent is paused, is paused too', async () => {
  const rig = engineRig({ definition: DEFINITION });
  const [parentId, childId] = await beginParent(rig);
  // The start of the child is lost with its scheduler.
  rig.pending.splice(0);
  void rig.engine.submit(parentId, PAUSE);
  await turn();
  await rig.commit();

  const after = engineRig({ store: rig.store, definition: DEFINITION });
  await after.engine.adopt(parentId);
  await commitAll(after);
  assert.deepEqual([isPaused(after, parentId), isPaused(after, childId)], [true, true]);
});

test('C3 a child run whose parent was terminated just before a crash is terminated, not cancelled', async () => {
  const rig = engineRig({ definition: DEFINITION });
  const [parentId, childId] = await beginParent(rig);
  await commitAll(rig);
  void rig.engine.submit(parentId, { kind: 'terminate_run', reason: 'enough' });
  await turn();
  await rig.commit();
  // What was to be told to the child dies with its scheduler.
  rig.pending.splice(0);

  const after = engineRig({ store: rig.store, definition: DEFINITION });
  await after.engine.adopt(childId);
  await commitAll(after);
  assert.equal(after.told.at(-1), 'run_terminated');
});

test('C2 the end of a child run that another scheduler has written reaches its parent when a race for it is lost', async () => {
  const rig = engineRig({ definition: DEFINITION });
  const [parentId, childId] = await beginParent(rig);
  await commitAll(rig);
  const after = engineRig({ store: rig.store, definition: DEFINITION });
  await after.engine.adopt(parentId);
  await after.engine.adopt(childId);
  await commitAll(after);
  void rig.engine.submit(childId, { kind: 'terminate_run', reason: 'enough' });
  await turn();
  await rig.commit();
  void after.engine.submit(childId, PAUSE).catch(() => {});
  await commitAll(after);
  for (let turns = 0; turns < 5; turns += 1) await commitAll(after);
  assert.match(after.told.join(), /child_run_ended/);
});
