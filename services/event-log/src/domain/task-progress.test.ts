import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskEvent } from '@skein/contracts/event';
import { deltas, newRun, what } from '../testing/sample-events.ts';
import { TaskProgress } from './task-progress.ts';

const RUN = newRun();
const PIECES = ['grüß', 'gott', '!'];
const FIRST = what.ref('a', 1, 1);
const SECOND = what.ref('a', 1, 2);
const NEXT_ATTEMPT = what.ref('a', 2, 1);

/** Gives events to a reader, as whoever uses this does. */
function give(progress: TaskProgress, events: readonly TaskEvent[]): string[] {
  return events.map((event) => {
    const forgets = progress.isNewer(event) && progress.begin(event);
    const verdict = progress.judge(event);
    if (verdict === 'deliver') progress.advance(event);
    return forgets ? `forget, ${verdict}` : verdict;
  });
}

test('events are delivered in order, each once', () => {
  const progress = new TaskProgress();
  const [one, two, three] = deltas(RUN, FIRST, PIECES) as [TaskEvent, TaskEvent, TaskEvent];
  assert.deepEqual(give(progress, [one, one, three, two, three, two]), [
    'deliver',
    'drop',
    'ahead',
    'deliver',
    'deliver',
    'drop',
  ]);
  assert.deepEqual(progress.open(), [{ ...FIRST, taskSeq: 3, offsetBytes: 11 }]);
});

test('a newer dispatch makes the reader forget text, and the older one is heard no more', () => {
  const progress = new TaskProgress();
  give(progress, deltas(RUN, FIRST, PIECES));
  assert.deepEqual(give(progress, deltas(RUN, SECOND, ['x'])), ['forget, deliver']);
  assert.deepEqual(give(progress, deltas(RUN, FIRST, [...PIECES, 'late'])), ['drop', 'drop', 'drop', 'drop']);
  assert.deepEqual(give(progress, deltas(RUN, NEXT_ATTEMPT, ['y'])), ['forget, deliver']);
  assert.equal(progress.isOver(SECOND), true);
});

test('there is nothing to forget where nothing was streamed', () => {
  const progress = new TaskProgress();
  progress.begin(FIRST);
  assert.deepEqual(give(progress, deltas(RUN, SECOND, ['x'])), ['deliver']);
});

test('an ended dispatch stays ended', () => {
  const progress = new TaskProgress();
  give(progress, deltas(RUN, FIRST, PIECES));
  progress.end(FIRST);
  assert.deepEqual(give(progress, deltas(RUN, FIRST, [...PIECES, 'late'])).at(-1), 'drop');
  assert.deepEqual(progress.open(), []);
});

test('a reader that comes back goes on where it was', () => {
  const before = new TaskProgress();
  const events = deltas(RUN, FIRST, PIECES);
  give(before, events.slice(0, 2));
  const after = new TaskProgress();
  after.restore(before.open());
  assert.deepEqual(give(after, events), ['drop', 'drop', 'deliver']);
  assert.equal(after.offsetOf(FIRST), 11);
});

test('what ended before the reader came is not delivered, and its text is forgotten when a newer one begins', () => {
  const progress = new TaskProgress();
  progress.learnEnd({ ref: FIRST, streamedBytes: undefined });
  assert.deepEqual(give(progress, deltas(RUN, FIRST, ['x'])), ['drop']);
  assert.deepEqual(give(progress, deltas(RUN, SECOND, ['x'])), ['forget, deliver']);
  const silent = new TaskProgress();
  silent.learnEnd({ ref: FIRST, streamedBytes: 0 });
  assert.deepEqual(give(silent, deltas(RUN, SECOND, ['x'])), ['deliver']);
});

test('the end of the run ends everything', () => {
  const progress = new TaskProgress();
  give(progress, [...deltas(RUN, FIRST, PIECES), ...deltas(RUN, what.ref('b'), PIECES)]);
  progress.endAll();
  assert.deepEqual(progress.open(), []);
});
