import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deltas, newRun, transition, what } from '../testing/sample-events.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { LiveMailbox } from './live-mailbox.ts';

const RUN = newRun();
const at = (firstSeq: number) => transition(RUN, firstSeq, [what.nodeScheduled('a'), what.nodeScheduled('b')]);
const never = new AbortController().signal;

test('gives what continues a seq, in whatever order it came, and forgets what is older', () => {
  const mailbox = new LiveMailbox(new VirtualClock());
  for (const firstSeq of [5, 3, 1, 3, 9]) mailbox.offerTransition(at(firstSeq));
  assert.equal(mailbox.takeAfter(2)?.firstSeq, 3);
  assert.equal(mailbox.takeAfter(4)?.firstSeq, 5);
  assert.equal(mailbox.takeAfter(6), undefined);
  assert.equal(mailbox.hasAfter(6), true);
  assert.equal(mailbox.hasAfter(10), false);
});

test('waits for news, for a time, or for the end, and does not forget news that came before', async () => {
  const clock = new VirtualClock();
  const mailbox = new LiveMailbox(clock);
  mailbox.offerTransition(at(1));
  await mailbox.changed(1_000, never);
  const timed = mailbox.changed(1_000, never);
  await clock.advance(1_000);
  await timed;
  const news = mailbox.changed(Infinity, never);
  mailbox.offerTasks(deltas(RUN, what.ref('a'), ['x']));
  await news;
  const leaving = new AbortController();
  const left = mailbox.changed(Infinity, leaving.signal);
  leaving.abort();
  await left;
  mailbox.markMissed();
  await mailbox.changed(Infinity, never);
  assert.equal(mailbox.missed, true);
});

test('more than it holds empties it, and it stays empty until it is reset', () => {
  const mailbox = new LiveMailbox(new VirtualClock());
  const large = 'x'.repeat(300_000);
  const events = deltas(
    RUN,
    what.ref('a'),
    Array.from({ length: 30 }, () => large),
  );
  mailbox.offerTransition(at(1));
  mailbox.offerTasks(events);
  assert.equal(mailbox.overflowed, true);
  assert.deepEqual([mailbox.takeTasks(), mailbox.takeAfter(0)], [[], undefined]);
  mailbox.offerTransition(at(1));
  assert.equal(mailbox.takeAfter(0), undefined);
  mailbox.reset();
  mailbox.offerTasks(events.slice(0, 3));
  assert.equal(mailbox.overflowed, false);
  assert.equal(mailbox.takeTasks().length, 3);
});
