import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Observed } from '@skein/bus/testing';
import { followedLine, memoryEventLog, type MemoryEventLog } from '../testing/memory-event-log.ts';
import { deltas, newRun, what } from '../testing/sample-events.ts';
import { settled } from '../testing/virtual-clock.ts';
import type { RunKey } from '../domain/run-key.ts';
import { HistoryUnavailableError, RunNotFoundError } from './event-log-errors.ts';

const START = [what.runStarted(), what.nodeScheduled('a')];

/** Follows a run in the background. */
function following(log: MemoryEventLog, run: RunKey, cursor = '') {
  const lines = new Observed<string>();
  const leaving = new AbortController();
  const ended = (async () => {
    for await (const followed of log.follow(run, { cursor, signal: leaving.signal }))
      lines.note(followedLine(followed));
  })();
  ended.catch(() => {});
  const leave = async (): Promise<void> => {
    leaving.abort();
    await ended;
  };
  /** Resolves when so many lines were given and nothing more is under way. */
  const given = async (count: number): Promise<void> => {
    await lines.until((items) => items.length >= count);
    await settled();
    assert.equal(lines.items.length, count);
  };
  return { lines, given, ended, leave };
}

test('silence of 10 s is broken by a keep-alive, again and again', async () => {
  await using log = await memoryEventLog();
  const run = newRun();
  await log.scheduler.commit(run, START);
  const follower = following(log, run);
  await follower.given(2);
  await log.clock.advance(9_900);
  assert.equal(follower.lines.items.length, 2);
  await log.clock.advance(200);
  assert.deepEqual(follower.lines.items.slice(2), ['keep-alive']);
  await log.clock.advance(20_000);
  assert.deepEqual(follower.lines.items.slice(2), ['keep-alive', 'keep-alive', 'keep-alive']);
  await follower.leave();
});

test('what the tail lost is found in the store by the next keep-alive at the latest', async () => {
  await using log = await memoryEventLog({ losses: { tail: () => true, taskEvents: () => false } });
  const run = newRun();
  await log.scheduler.commit(run, START);
  const follower = following(log, run);
  await follower.given(2);
  await log.scheduler.commit(run, [what.runDone()]);
  await log.clock.advance(10_100);
  await follower.ended;
  assert.deepEqual(follower.lines.items, ['1 runStarted', '2 nodeScheduled', 'keep-alive', '3 runDone']);
});

test('after the bus was away, the scheduler is asked for what was missed', async () => {
  await using log = await memoryEventLog({ ingests: false });
  const run = newRun();
  await log.scheduler.commit(run, START);
  const follower = following(log, run);
  await follower.given(2);
  await log.scheduler.commit(run, [what.runDone()], 'lost');
  log.bus.reconnect();
  await follower.ended;
  assert.equal(follower.lines.items.at(-1), '3 runDone');
});

test('a gap is waited for a moment, then filled', async () => {
  await using log = await memoryEventLog({ ingests: false });
  const run = newRun();
  await log.scheduler.commit(run, START);
  const follower = following(log, run);
  await follower.given(2);
  await log.scheduler.commit(run, [what.nodeSucceeded('a')], 'lost');
  await log.scheduler.commit(run, [what.nodeScheduled('b')]);
  await settled();
  assert.equal(follower.lines.items.length, 2);
  await log.clock.advance(150);
  assert.deepEqual(follower.lines.items.slice(2), ['3 nodeSucceeded', '4 nodeScheduled']);
  await follower.leave();
});

test('a gap that cannot be filled is tried again until it can', async () => {
  await using log = await memoryEventLog({ ingests: false });
  const run = newRun();
  await log.scheduler.commit(run, START);
  const follower = following(log, run);
  await follower.given(2);
  log.scheduler.answers = false;
  await log.scheduler.commit(run, [what.nodeSucceeded('a')], 'lost');
  await log.scheduler.commit(run, [what.runDone()]);
  await log.clock.advance(5_000);
  assert.equal(follower.lines.items.length, 2);
  assert.ok(log.observer.seen.includes('sourceUnavailable'));
  log.scheduler.answers = true;
  await log.clock.advance(600);
  await follower.ended;
  assert.deepEqual(follower.lines.items.slice(2), ['3 nodeSucceeded', '4 runDone']);
});

test('a run that begins within 5 s is followed from its start', async () => {
  await using log = await memoryEventLog();
  const run = newRun();
  const follower = following(log, run);
  await log.clock.advance(4_000);
  await log.scheduler.commit(run, [...START, what.runDone()]);
  await follower.ended;
  assert.deepEqual(follower.lines.items, ['1 runStarted', '2 nodeScheduled', '3 runDone']);
});

test('a run that nobody knows for 5 s is not found, nor is one of another namespace', async () => {
  await using log = await memoryEventLog();
  const run = newRun('tenant-a');
  await log.scheduler.commit(run, START);
  for (const unknown of [newRun(), { ...run, namespace: 'tenant-b' }]) {
    const follower = following(log, unknown);
    await log.clock.advance(4_900);
    assert.equal(log.observer.seen.includes('subscriberEnded'), false);
    await log.clock.advance(400);
    await assert.rejects(follower.ended, RunNotFoundError);
    log.observer.seen.length = 0;
  }
});

test('where nobody can be asked about an unknown run, it is unavailable and not missing', async () => {
  await using log = await memoryEventLog();
  log.scheduler.answers = false;
  const follower = following(log, newRun());
  await log.clock.advance(5_500);
  await assert.rejects(follower.ended, HistoryUnavailableError);
});

test('a reader that is too slow for what arrives goes on from the store, without a gap', async () => {
  await using log = await memoryEventLog();
  const run = newRun();
  await log.scheduler.commit(run, START);
  const items = log.follow(run);
  const lines: string[] = [];
  const take = async (): Promise<void> => {
    const next = await items.next();
    if (next.done !== true) lines.push(followedLine(next.value));
  };
  await take();
  await take();
  const third = take();
  await settled();
  await log.scheduler.commit(run, [what.nodeSucceeded('a')]);
  await third;
  // Nobody reads while far more arrives than a mailbox holds.
  for (let count = 0; count < 2_500; count += 1) await log.scheduler.commit(run, [what.nodeSucceeded(`n${count}`)]);
  await log.scheduler.commit(run, [what.runDone()]);
  await settled();
  for await (const followed of items) lines.push(followedLine(followed));
  assert.ok(log.observer.seen.includes('subscriberLagged'));
  assert.deepEqual(
    lines.map((line) => Number(line.split(' ')[0])),
    Array.from({ length: 2_504 }, (_, index) => index + 1),
  );
});

test('text that never arrives holds the end of its dispatch up for 2 s, not longer', async () => {
  await using log = await memoryEventLog();
  const run = newRun();
  await log.scheduler.commit(run, START);
  const follower = following(log, run);
  await follower.given(2);
  const [first, , third] = deltas(run, what.ref('a'), ['one', 'two', 'three']);
  log.publishLive(
    run,
    [first, third].filter((event) => event !== undefined),
  );
  await log.scheduler.commit(run, [what.agentInvokeDone(what.ref('a'), 11), what.runDone()]);
  await log.clock.advance(1_900);
  assert.deepEqual(follower.lines.items.slice(2), ['a/1/1 1']);
  await log.clock.advance(200);
  await follower.ended;
  assert.deepEqual(follower.lines.items.slice(2), ['a/1/1 1', 'a/1/1 3', '3 agentInvokeDone', '4 runDone']);
});

test('text of long ago that was never stored holds nobody up', async () => {
  await using log = await memoryEventLog({ ingests: false });
  const run = newRun();
  const longAgoMs = Date.now() - 60_000;
  log.scheduler.decide(run, [...START, what.agentInvokeDone(what.ref('a'), 1_000), what.runDone()], longAgoMs);
  const follower = following(log, run);
  await follower.ended;
  assert.equal(follower.lines.items.length, 4);
  assert.equal(log.clock.nowMs(), 0);
});

test('a hole in a live stream is given up after 3 s', async () => {
  await using log = await memoryEventLog();
  const run = newRun();
  await log.scheduler.commit(run, START);
  const follower = following(log, run);
  await follower.given(2);
  const events = deltas(run, what.ref('a'), ['one', 'two', 'three']);
  log.publishLive(run, events.slice(0, 1));
  log.publishLive(run, events.slice(2));
  await log.clock.advance(2_900);
  assert.deepEqual(follower.lines.items.slice(2), ['a/1/1 1']);
  await log.clock.advance(400);
  assert.deepEqual(follower.lines.items.slice(2), ['a/1/1 1', 'a/1/1 3']);
  await follower.leave();
});
