import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newRunId, startKey } from '../testing/run-store/sample-batches.ts';
import { engineRig, sampleStart, taskStarted, taskSucceeded, turn } from '../testing/engine-rig.ts';
import { MAX_MAILBOX } from './run-engine.ts';
import { RunBusyError, RunSetAsideError, StartLostError } from './run-errors.ts';
import { BrokenHistoryError } from './run-history.ts';

const TWO_AGENTS = {
  id: 'two',
  nodes: ['left', 'right'].map((id) => ({ id, type: 'agent' as const, agent_id: id })),
  edges: [],
};

/** Whether a promise has settled by the end of this turn. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const note = () => void (done = true);
  promise.then(note, note);
  await turn();
  return done;
}

test('R2 commands that come while a transition waits for its commit fold into the next one (E1)', async () => {
  const { engine, pending, commit, begin, told } = engineRig({ definition: TWO_AGENTS });
  const runId = await begin();
  const first = engine.submit(runId, taskStarted('left'));
  assert.equal(pending.length, 1);
  const later = [taskSucceeded('left'), taskStarted('right'), taskSucceeded('right')].map((command) =>
    engine.submit(runId, command),
  );
  await turn();
  assert.equal(pending.length, 1, 'one transition at a time');
  await commit();
  await first;
  assert.equal(pending.length, 1);
  assert.equal(pending[0]?.transition.firstSeq, 5);
  await commit();
  await Promise.all(later);
  assert.match(told.at(-1) ?? '', /^agent_invoke_done node_succeeded .* run_done$/);
});

test('R2 nothing can be seen of a transition before it is durable (E2)', async () => {
  const { engine, executor, plan, pending, commit, dispatcher } = engineRig();
  const runId = newRunId();
  const started = engine.start(sampleStart(runId, plan));
  await turn();
  assert.equal(pending.length, 1);
  assert.equal(engine.peek(runId), undefined);
  assert.equal(dispatcher.counts.tasks, 0);
  assert.equal(await settled(started), false);
  await commit();
  assert.equal((await started).status, 'RUNNING');
  assert.deepEqual(executor.runIds, [runId]);
  const ended = engine.submit(runId, taskSucceeded());
  assert.equal(await settled(ended), false);
  assert.equal(engine.peek(runId)?.state.status, 'RUNNING');
  await commit();
  await ended;
  assert.equal(engine.peek(runId), undefined, 'an ended run leaves memory');
  assert.equal((await engine.adopt(runId)) === undefined, true);
});

test('a command without effect is done at once, also for a run that has ended or never was', async () => {
  const { engine, pending, commit, begin } = engineRig();
  const runId = await begin();
  await engine.submit(runId, { kind: 'fire_timers' });
  assert.equal(pending.length, 0);
  const cancelled = engine.submit(runId, { kind: 'cancel_run', reason: '' });
  await commit();
  await cancelled;
  await engine.submit(runId, taskSucceeded());
  await engine.submit(newRunId(), taskSucceeded());
  assert.equal(pending.length, 0);
});

test('a task that is reported while its start is being committed does not go out again', async () => {
  const { engine, executor, commit, begin } = engineRig();
  const runId = await begin();
  const reports = [taskStarted(), taskSucceeded()].map((command) => engine.submit(runId, command));
  await commit();
  await commit();
  await Promise.all(reports);
  assert.equal(executor.sent.length, 1);
  assert.deepEqual(executor.cancelled.length, 1, 'nobody has said here that the executor reported it');
});

test('R1 a lost race loads the run again and decides the same commands on what it finds (E3)', async () => {
  const one = engineRig({ definition: TWO_AGENTS });
  const other = engineRig({ definition: TWO_AGENTS, store: one.store });
  const runId = await one.begin();
  await other.engine.adopt(runId);
  const left = one.engine.submit(runId, taskSucceeded('left'));
  const right = other.engine.submit(runId, taskSucceeded('right'));
  await one.commit();
  await left;
  await other.commit();
  assert.deepEqual(other.told, ['race lost']);
  assert.equal(await settled(right), false, 'it is decided again');
  await other.commit();
  await right;
  assert.equal((await one.store.runRow(runId))?.status, 'DONE');
  assert.match(other.told.at(-1) ?? '', /run_done$/);
});

test('a lost race against the end of the run leaves nothing to do, and no task behind', async () => {
  const one = engineRig({ definition: TWO_AGENTS });
  const other = engineRig({ definition: TWO_AGENTS, store: one.store });
  const runId = await one.begin();
  const cancelled = other.engine.submit(runId, { kind: 'cancel_run', reason: '' });
  await turn();
  await other.commit();
  await cancelled;
  const late = one.engine.submit(runId, taskSucceeded('left'));
  await one.commit();
  await late;
  assert.equal(one.engine.size, 0);
  assert.equal(one.dispatcher.counts.tasks, 0);
  assert.equal(one.executor.cancelled.length, 2);
});

test('a start whose key or id is taken is lost, and is not in memory', async () => {
  const { engine, plan, store, commit, begin } = engineRig();
  const first = await begin({ key: startKey('r-1') });
  for (const start of [sampleStart(newRunId(), plan, { key: startKey('r-1') }), sampleStart(first, plan)]) {
    const refused = assert.rejects(engine.start(start), StartLostError);
    await commit();
    await refused;
  }
  assert.equal(engine.size, 1);
  assert.deepEqual(await store.openRuns(undefined, 10), [first]);
});

test('the same start twice at once: the second is refused when the first is durable', async () => {
  const { engine, plan, store, commit } = engineRig();
  const runId = newRunId();
  const start = sampleStart(runId, plan, { key: startKey('r-1') });
  const first = engine.start(start);
  const second = assert.rejects(engine.start(start), StartLostError);
  assert.equal(await settled(second), false);
  await commit();
  assert.equal((await first).runId, runId);
  await second;
  assert.equal((await store.findStart('default', 'r-1'))?.runId, runId);
});

test('a start that loses does not take along what waits for it: the run may be there', async () => {
  const { engine, plan, commit, begin } = engineRig();
  const taken = await begin({ key: startKey('r-1') });
  const runId = newRunId();
  const start = sampleStart(runId, plan, { key: startKey('r-1') });
  const lost = assert.rejects(engine.start(start), StartLostError);
  const waiting = engine.submit(runId, { kind: 'cancel_run', reason: '' });
  await commit();
  await Promise.all([lost, waiting]);
  assert.equal(engine.peek(taken)?.state.status, 'RUNNING');
});

test('a run with a broken history is left alone; the others go on (E4)', async () => {
  const { engine, store, begin } = engineRig();
  const [broken, sound] = [await begin(), await begin()];
  engine.release(() => true);
  const gap = { namespace: 'default', runId: broken, firstSeq: 7, eventCount: 1, body: new Uint8Array() };
  await store.commit({
    commitId: newRunId(),
    transitions: [{ ...gap, start: undefined, end: undefined }],
    confirmedBatchIds: [],
  });
  await assert.rejects(engine.adopt(broken), BrokenHistoryError);
  await assert.rejects(engine.submit(broken, taskSucceeded()), BrokenHistoryError);
  assert.ok(await engine.adopt(sound));
});

test('R4 a run whose transition the store refuses is set aside with its commands; it can still be cancelled (E4)', async () => {
  const { engine, pending, commit, begin, told } = engineRig();
  const runId = await begin();
  const refused = engine.submit(runId, taskStarted());
  const waiting = engine.submit(runId, taskSucceeded());
  pending.shift()?.settled('poisoned');
  await assert.rejects(refused, RunSetAsideError);
  await assert.rejects(waiting, RunSetAsideError);
  await assert.rejects(engine.submit(runId, taskSucceeded()), RunSetAsideError);
  assert.match(engine.peek(runId)?.setAside ?? '', /^operator: /);
  assert.match(told.at(-1) ?? '', /^set aside/);
  const cancelled = engine.submit(runId, { kind: 'cancel_run', reason: 'by the operator' });
  await commit();
  await cancelled;
  assert.equal(engine.peek(runId), undefined);
});

test('a start that the store refuses is no run', async () => {
  const { engine, plan, pending } = engineRig();
  const runId = newRunId();
  const refused = engine.start(sampleStart(runId, plan));
  pending.shift()?.settled('poisoned');
  await assert.rejects(refused, RunSetAsideError);
  assert.equal(engine.size, 0);
});

test('R2 a mailbox has an end', async () => {
  const { engine, commit, begin } = engineRig();
  const runId = await begin();
  const first = engine.submit(runId, taskStarted());
  const waiting = Array.from({ length: MAX_MAILBOX }, () => engine.submit(runId, taskStarted()));
  await assert.rejects(engine.submit(runId, taskStarted()), RunBusyError);
  await commit();
  await Promise.all([first, ...waiting]);
});

test('a released run is loaded anew; one whose commit is under way, after it', async () => {
  const { engine, dispatcher, pending, commit, begin } = engineRig({ definition: TWO_AGENTS });
  const [idle, busy] = [await begin(), await begin()];
  const report = engine.submit(busy, taskSucceeded('left'));
  engine.release(() => true);
  assert.equal(engine.size, 1);
  assert.equal(dispatcher.counts.tasks, 0);
  assert.equal(pending.length, 1);
  await commit();
  await report;
  await engine.adopt(idle);
  for (const [runId, nodeId] of [
    [idle, 'left'],
    [idle, 'right'],
    [busy, 'right'],
  ] as const) {
    assert.equal(dispatcher.placeOf(runId, nodeId)?.place, 'unannounced', `${nodeId} waits to be announced`);
  }
  assert.equal(dispatcher.counts.tasks, 3);
});
