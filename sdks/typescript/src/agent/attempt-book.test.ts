import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AttemptBook } from './attempt-book.ts';
import { heartbeat, result } from './steps.ts';

const answer = result('x'.repeat(100), { inputTokens: 0, outputTokens: 0, costMicroUsd: 0 });

function answered(book: AttemptBook, key: string) {
  const taken = book.take(key);
  if (taken.isNew) taken.attempt.say(answer);
  return taken.isNew;
}

test('the latest answers are remembered, within their number, their bytes and a day', () => {
  let nowMs = 0;
  const book = new AttemptBook({ maxRemembered: 2, now: () => nowMs });
  assert.deepEqual(
    ['a', 'a', 'b', 'c', 'b', 'a'].map((key) => answered(book, key)),
    [true, false, true, true, false, true],
  );
  nowMs += 24 * 60 * 60 * 1000;
  assert.equal(answered(book, 'a'), true);
  const small = new AttemptBook({ maxRememberedBytes: 150 });
  assert.deepEqual(
    ['a', 'b', 'b', 'a'].map((key) => answered(small, key)),
    [true, true, false, true],
  );
});

test('an aborted attempt is forgotten, one without a key is never the same', () => {
  const book = new AttemptBook();
  book.take('k').attempt.abort('enough');
  assert.equal(book.take('k').isNew, true);
  assert.equal(book.take('k').isNew, false);
  assert.equal(book.take('').isNew, true);
  assert.equal(book.take('').isNew, true);
});

test('only the latest heartbeat keeps its details', () => {
  const { attempt } = new AttemptBook().take('k');
  for (const page of [1, 2]) attempt.say(heartbeat({ page }));
  attempt.say(answer);
  attempt.say(heartbeat({ page: 3 }));
  const details = attempt.steps.map(
    ({ event }) => event.case === 'heartbeat' && event.value.resumeDetails !== undefined,
  );
  assert.deepEqual(details, [false, true, false]);
});
