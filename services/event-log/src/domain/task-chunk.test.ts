import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deltas, newRun, what } from '../testing/sample-events.ts';
import { chunksOf, lastTaskSeqOf, taskEventsOf } from './task-chunk.ts';

const RUN = newRun();

test('events of several dispatches, in any order and doubled, come back whole', () => {
  const refs = [what.ref('a'), what.ref('a', 2), what.ref('b')];
  const all = refs.flatMap((ref) => deltas(RUN, ref, ['one', 'zwei', 'drei', 'vier']));
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: 1 }), (events) => {
      const back = chunksOf([...events, ...events]).flatMap(taskEventsOf);
      assert.equal(back.length, events.length);
      for (const event of back)
        assert.ok(all.some((known) => JSON.stringify(plain(known)) === JSON.stringify(plain(event))));
    }),
  );
});

test('a chunk ends where a number is missing', () => {
  const events = deltas(RUN, what.ref('a'), ['1', '2', '3', '4', '5', '6']);
  const chunks = chunksOf(events.filter((event) => event.taskSeq !== 3n));
  assert.deepEqual(
    chunks.map((chunk) => [chunk.firstTaskSeq, lastTaskSeqOf(chunk)]),
    [
      [1, 2],
      [4, 6],
    ],
  );
});

test('what the key says is not stored again', () => {
  const [chunk] = chunksOf(deltas(RUN, what.ref('a-rather-long-node-id'), ['text']));
  const stored = Buffer.from(chunk?.body ?? []).toString('latin1');
  assert.ok(stored.includes('text'));
  assert.ok(!stored.includes('a-rather-long-node-id'));
  assert.ok(!stored.includes(RUN.runId));
});

function plain(event: ReturnType<typeof deltas>[number]): unknown {
  const { nodeId, attempt, dispatch, taskSeq, event: happened, runId, namespace } = event;
  const text = happened.case === 'agentStreamDelta' ? happened.value.text : '';
  return [namespace, runId, nodeId, attempt, dispatch, Number(taskSeq), text];
}
