/** R10 of the hot path (docs/hot-path.md): what a newer version has written is left to it, and never skipped. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { TransitionSchema } from '@skein/contracts/event';
import { UnknownEventError } from '@skein/events';
import { MemoryRunStore } from '../adapters/memory/run-store.ts';
import { encodeFinalState, UnknownFinalStateError } from '../app/final-state.ts';
import { foldHistory } from '../app/run-history.ts';
import { pruneRuns } from '../app/run-pruning.ts';
import { engineRig, taskSucceeded } from '../testing/engine-rig.ts';
import { batch, ending, step } from '../testing/run-store/sample-batches.ts';
import { sampleHistory } from '../testing/sample-history.ts';

/** A transition with one event of a kind that this version does not know. */
const FROM_THE_FUTURE = toBinary(TransitionSchema, create(TransitionSchema, { events: [{}] }));

test('R10 a run with an event that this version does not know is neither adopted nor changed', async () => {
  const { engine, store, begin, pending } = engineRig();
  const runId = await begin();
  const { eventCount = 0 } = (await store.lastTransition(runId)) ?? {};
  await store.commit(batch({ ...step(runId, eventCount + 1), body: FROM_THE_FUTURE }));
  engine.release(() => true);
  await assert.rejects(engine.adopt(runId), UnknownEventError);
  await assert.rejects(engine.submit(runId, taskSucceeded()), UnknownEventError);
  assert.equal(engine.peek(runId), undefined);
  assert.equal(pending.length, 0);
  assert.deepEqual(await store.lastTransition(runId), { firstSeq: eventCount + 1, eventCount: 1 });
});

test('R10 nor is it pruned, though it has ended', async () => {
  const store = new MemoryRunStore();
  const { transitions, state } = oneAgent();
  const [first] = transitions;
  assert.ok(first);
  await store.commit(batch(first));
  await store.commit(batch(ending({ ...step(state.runId, first.eventCount + 1), body: FROM_THE_FUTURE })));
  await store.deleteOutbox((await store.staleOutbox(0, 10)).map(({ batchId }) => batchId));
  const errors: unknown[] = [];
  assert.equal(await pruneRuns({ store, ageMs: 0, onKept: (_, error) => void errors.push(error) }), 0);
  assert.ok(errors[0] instanceof UnknownEventError);
  assert.equal((await store.load(state.runId))?.rows.length, 2);
});

test('R10 a final state of a version that this one does not know is not read', async () => {
  const store = new MemoryRunStore();
  const { transitions, state } = oneAgent();
  for (const transition of transitions) await store.commit(batch(transition));
  await store.deleteOutbox((await store.staleOutbox(0, 10)).map(({ batchId }) => batchId));
  await store.pruneEnded(-1, { maxRuns: 1, maxBytes: 1 }, () => {
    const finalState = encodeFinalState(state);
    finalState[0] = 255;
    return { lastSeq: state.seq, finalState };
  });
  const { namespace = '', rows = [] } = (await store.load(state.runId)) ?? {};
  assert.ok(rows[0]?.prunedRun);
  assert.throws(() => foldHistory(state.runId, namespace, rows), UnknownFinalStateError);
});

function oneAgent() {
  return sampleHistory({
    definition: { id: 'one', nodes: [{ id: 'work', type: 'agent', agent_id: 'worker' }], edges: [] },
    input: null,
    answer: () => ({ output: null }),
    beganAtMs: 0,
  });
}
