/** R6, on Postgres: a scheduler that dies between the end of a child run and what its parent makes of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Payload, type WorkflowDefinition } from '@skein/domain';
import { eventually } from '@skein/testkit';
import { postgresRunStore } from '../adapters/postgres/run-store.ts';
import { CHECK_INTERVAL_MS } from '../app/run-transition.ts';
import { engineRig, type EngineRig } from '../testing/engine-rig.ts';
import { schedulerDatabase } from '../testing/scheduler-database.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** What a scheduler that takes over adopts. */
const ADOPTED_WITHIN_MS = CHECK_INTERVAL_MS + 30_000;
const DEFINITION: WorkflowDefinition = {
  id: 'w',
  nodes: [
    {
      id: 'again',
      type: 'loop',
      body: { nodes: [{ id: 'go', type: 'signal', signal_name: 'go' }], edges: [] },
      max_iterations: 1,
    },
  ],
  edges: [],
};

test('R6 a parked parent whose child has ended is adopted by who comes after a crash', async () => {
  await using database = await schedulerDatabase();
  const store = postgresRunStore(database.pool);
  const rig = () => engineRig({ store, definition: DEFINITION });

  const first = rig();
  const parentId = await first.begin();
  await committed(first);
  const childId = (await store.openRuns(undefined, 10)).find((runId) => runId !== parentId);
  assert.ok(childId);
  first.engine.stop();
  await store.postpone([parentId, childId], DAY_MS);

  const dying = rig();
  const signal = { kind: 'send_signal', name: 'go', payload: Payload.fromValue(1), signalId: '' } as const;
  void dying.engine.submit(childId, signal);
  await committed(dying);
  assert.equal((await store.runRow(childId))?.status, 'DONE');
  dying.engine.stop();

  assert.deepEqual(await store.openRuns(undefined, 10, ADOPTED_WITHIN_MS), [parentId]);
  const heir = rig();
  await heir.engine.adopt(parentId);
  await committed(heir);
  assert.equal((await store.runRow(parentId))?.status, 'DONE');
});

/** One transition comes to its commit and is made durable; what would follow from it does not. */
async function committed(rig: EngineRig): Promise<void> {
  await eventually(() => rig.pending.length > 0, { describe: 'a transition' });
  await rig.commit();
}
