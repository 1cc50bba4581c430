import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newRun, transition, what } from '../testing/sample-events.ts';
import { BrokenTransitionError, eventKinds, eventsOf, eventsOfKinds } from './transition-events.ts';
import { byRunAndSeq, contiguousAfter, defectOf } from './transition-record.ts';

const RUN = newRun('tenant-a');
const three = [what.nodeScheduled('a'), what.nodeScheduled('b'), what.nodeScheduled('c')];
const at = (firstSeq: number) => transition(RUN, firstSeq, three, 0);

test('what continues a seq without a gap', () => {
  const seqs = (after: number, ...starts: number[]) =>
    contiguousAfter(starts.map(at), after).map((record) => record.firstSeq);
  assert.deepEqual(seqs(0, 1, 4, 7), [1, 4, 7]);
  assert.deepEqual(seqs(2, 1, 4, 10), [1, 4]);
  assert.deepEqual(seqs(3, 1, 4), [4]);
  assert.deepEqual(seqs(0, 4, 7), []);
  assert.deepEqual(seqs(100, 1, 4), []);
});

test('records are stored in the order of run and seq', () => {
  const other = { ...at(1), runId: '00000000-0000-7000-8000-000000000000' };
  assert.deepEqual([at(4), at(1), other].toSorted(byRunAndSeq), [other, at(1), at(4)]);
});

test('what can never be stored is named', () => {
  assert.equal(defectOf(at(1)), undefined);
  for (const wrong of [
    { namespace: '' },
    { namespace: 'a\0' },
    { runId: 'run-1' },
    { runId: RUN.runId.toUpperCase() },
    { firstSeq: 0 },
    { firstSeq: 1.5 },
    { eventCount: 0 },
    { eventCount: 2 ** 31 },
  ]) {
    assert.match(defectOf({ ...at(1), ...wrong }) ?? '', /^its /, JSON.stringify(wrong));
  }
});

test('events get from the row what is left out of them', () => {
  const events = eventsOf(transition(RUN, 7, three, 1_700_000_000_123));
  assert.deepEqual(
    events.map((event) => [
      event.namespace,
      event.runId,
      event.seq,
      event.occurredAt?.seconds,
      event.occurredAt?.nanos,
    ]),
    [7n, 8n, 9n].map((seq) => ['tenant-a', RUN.runId, seq, 1_700_000_000n, 123_000_000]),
  );
});

test('a body that is not what its row says is refused', () => {
  assert.throws(() => eventsOf({ ...at(1), eventCount: 2 }), BrokenTransitionError);
  assert.throws(() => eventsOf({ ...at(1), body: new Uint8Array([255, 255]) }), BrokenTransitionError);
});

test('events of some kinds are what they are among all', () => {
  const record = transition(RUN, 7, [...three, what.runDone()], 1_700_000_000_123);
  const whole = eventsOf(record).map(({ event }) => ({ event, atMs: 1_700_000_000_123 }));
  assert.deepEqual(eventsOfKinds(record, eventKinds('runDone')), whole.slice(-1));
  assert.deepEqual(eventsOfKinds(record, eventKinds('nodeScheduled', 'runDone')), whole);
  assert.deepEqual(eventsOfKinds(record, eventKinds('runFailed')), []);
  assert.throws(() => eventsOfKinds({ ...record, eventCount: 2 }, eventKinds()), /it holds 4 events/);
  assert.throws(
    () => eventsOfKinds({ ...record, body: new Uint8Array([255, 255]) }, eventKinds()),
    BrokenTransitionError,
  );
  assert.throws(
    () => eventsOfKinds({ ...record, body: record.body.subarray(0, -1) }, eventKinds()),
    BrokenTransitionError,
  );
});
