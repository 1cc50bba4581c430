import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { RecordingChannel, sampleOrder } from '../testing/sample-orders.ts';
import { ANNOUNCE_MS, Dispatcher, MAX_ANNOUNCE_MS, TIMEOUT_GRACE_MS } from './dispatcher.ts';
import type { TaskOrder } from './task-order.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let dispatcher: Dispatcher;
/** What the owner of run state was told: `timeout`, `lost`. */
let told: string[];

beforeEach((context) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  if ('after' in context) context.after(() => mock.timers.reset());
  told = [];
  dispatcher = new Dispatcher({
    onTimeout: (runId, { dispatch }, timeout) => void told.push(`${timeout} ${runId}/${dispatch}`),
    onLost: (runId, { dispatch }, reason) => void told.push(`${reason} ${runId}/${dispatch}`),
    onSlotNeeded: ({ key }, { runId }) => void told.push(`${runId} needs ${key}`),
    onSlotUnneeded: ({ key }, { runId }) => void told.push(`${runId} gives back ${key}`),
    onUnclaimed: (_, { runId, key }) => void told.push(`unclaimed ${runId}/${key.dispatch}`),
  });
});

const want = (order: TaskOrder) => dispatcher.reconcile(order.runId, 'work', order, 'replaced');
const unwant = (runId: string, reason = 'not wanted') => dispatcher.reconcile(runId, 'work', undefined, reason);
const adopt = (order: TaskOrder) => dispatcher.adopt(order.runId, 'work', order);
const placeOf = (runId: string) => dispatcher.placeOf(runId, 'work')?.place;

/** An executor with room for some tasks. */
function connect(credits: number, running: readonly TaskOrder[] = []) {
  const channel = new RecordingChannel();
  const session = dispatcher.connect('executor', channel, running);
  dispatcher.grant(session, credits);
  return { channel, session };
}

test('tasks wait for an executor and go out in order', () => {
  for (const runId of ['a', 'b', 'c']) want(sampleOrder(runId));
  assert.equal(placeOf('a'), 'queued');
  const { channel } = connect(10);
  assert.deepEqual(channel.runIds, ['a', 'b', 'c']);
  assert.deepEqual(dispatcher.placeOf('a', 'work'), { place: 'held', executorId: 'executor', waitsFor: '' });
  want(sampleOrder('d'));
  assert.deepEqual(channel.runIds, ['a', 'b', 'c', 'd'], 'one that is free gets it at once');
});

test('an executor gets no more than it granted (T2)', () => {
  const { channel, session } = connect(1);
  for (const runId of ['a', 'b', 'c']) want(sampleOrder(runId));
  assert.deepEqual(channel.runIds, ['a']);
  dispatcher.grant(session, 1);
  assert.deepEqual(channel.runIds, ['a', 'b']);
  assert.deepEqual(dispatcher.counts, { executors: 1, credits: 0, tasks: 3 });
});

test('the freest executor gets the next task', () => {
  const busy = connect(1);
  const free = connect(3);
  for (const runId of ['a', 'b']) want(sampleOrder(runId));
  assert.deepEqual([busy.channel.runIds, free.channel.runIds], [[], ['a', 'b']]);
});

test('a draining executor gets nothing new and keeps what it holds', () => {
  const { channel, session } = connect(5);
  want(sampleOrder('a'));
  dispatcher.drain(session);
  want(sampleOrder('b'));
  assert.deepEqual(channel.runIds, ['a']);
  assert.equal(placeOf('a'), 'held');
  assert.equal(placeOf('b'), 'queued');
});

test('the same task twice is one task (T1)', () => {
  const { channel } = connect(5);
  want(sampleOrder('a'));
  want(sampleOrder('a'));
  assert.deepEqual(channel.runIds, ['a']);
  assert.deepEqual(channel.cancelled, []);
});

test('a task that is replaced is told to stop (T1)', () => {
  const { channel } = connect(5);
  want(sampleOrder('a'));
  want(sampleOrder('a', { dispatch: 2 }));
  assert.deepEqual(channel.cancelled, [{ runId: 'a', dispatch: 1, reason: 'replaced' }]);
  assert.deepEqual(
    channel.sent.map(({ key }) => key.dispatch),
    [1, 2],
  );
});

test('a task that is not wanted any more is told to stop, or never goes out', () => {
  const { channel } = connect(1);
  want(sampleOrder('held'));
  want(sampleOrder('queued'));
  unwant('held', 'run cancelled');
  unwant('queued');
  unwant('unheard of');
  assert.deepEqual(channel.cancelled, [{ runId: 'held', dispatch: 1, reason: 'run cancelled' }]);
  assert.deepEqual(channel.runIds, ['held']);
  assert.equal(dispatcher.counts.tasks, 0);
});

test('whoever may be at work on an older delivery is told to stop with the last one (T9)', () => {
  const busy = connect(0);
  const free = connect(1);
  want(sampleOrder('a', { dispatch: 2 }));
  assert.deepEqual(free.channel.runIds, ['a']);
  unwant('a', 'run cancelled');
  const stop = [{ runId: 'a', dispatch: 2, reason: 'run cancelled' }];
  assert.deepEqual([busy.channel.cancelled, free.channel.cancelled], [stop, stop]);
});

test('a delivery that was lost is told to stop wherever it may be (T9)', () => {
  const { channel, session } = connect(1);
  want(sampleOrder('a'));
  dispatcher.refuse(session, sampleOrder('a'));
  unwant('a', 'run cancelled');
  assert.deepEqual(channel.cancelled, [{ runId: 'a', dispatch: 1, reason: 'run cancelled' }]);
});

test('an older delivery goes on while its attempt is wanted: whichever ends first counts (T9)', () => {
  const { channel } = connect(0);
  want(sampleOrder('a', { dispatch: 2 }));
  want(sampleOrder('a', { dispatch: 3 }));
  assert.deepEqual(channel.cancelled, []);
  want(sampleOrder('a', { attempt: 2 }));
  assert.deepEqual(channel.cancelled, [{ runId: 'a', dispatch: 3, reason: 'replaced' }]);
});

test('a reported task stays until its fact is committed, and is not told to stop (T5)', () => {
  const { channel, session } = connect(5);
  const order = sampleOrder('a');
  want(order);
  dispatcher.reported(session, 'a', order.key);
  want(order);
  assert.deepEqual(channel.runIds, ['a'], 'what is decided before the report brings it out no second time');
  unwant('a');
  assert.deepEqual(channel.cancelled, []);
  assert.equal(dispatcher.counts.tasks, 0);
});

test('a report of an older delivery does not count as one of the newer', () => {
  const { channel, session } = connect(5);
  want(sampleOrder('a', { dispatch: 2 }));
  dispatcher.reported(session, 'a', sampleOrder('a').key);
  unwant('a');
  assert.equal(channel.cancelled.length, 1);
});

test('whatever a broken stream held is lost at once, and replaced by its next delivery (T3, T5)', () => {
  const { session } = connect(5);
  for (const runId of ['a', 'b']) want(sampleOrder(runId));
  dispatcher.disconnect(session);
  assert.deepEqual(told, ['executor_lost a/1', 'executor_lost b/1']);
  const other = connect(5);
  want(sampleOrder('a'));
  assert.deepEqual(other.channel.runIds, [], 'what is decided before the loss does not bring it out again');
  want(sampleOrder('a', { dispatch: 2 }));
  assert.deepEqual(
    other.channel.sent.map(({ runId, key }) => [runId, key.dispatch]),
    [['a', 2]],
  );
  assert.deepEqual(other.channel.cancelled, []);
});

test('a loss that was told in vain is told again when the run is loaded', () => {
  const { session } = connect(5);
  want(sampleOrder('a'));
  dispatcher.disconnect(session);
  const { channel } = connect(5);
  adopt(sampleOrder('a'));
  assert.equal(placeOf('a'), 'unannounced');
  assert.deepEqual(channel.cancelled, [], 'its attempt is wanted');
  mock.timers.tick(ANNOUNCE_MS);
  assert.deepEqual(told, ['executor_lost a/1', 'scheduler_restarted a/1']);
});

test('after a restart a task waits for its executor to announce it (T4)', () => {
  adopt(sampleOrder('announced'));
  adopt(sampleOrder('forgotten'));
  assert.equal(placeOf('announced'), 'unannounced');
  mock.timers.tick(10 * ANNOUNCE_MS);
  assert.deepEqual(told, [], 'without an executor there is nobody to announce anything');
  const { channel } = connect(5, [sampleOrder('announced')]);
  mock.timers.tick(ANNOUNCE_MS - 1);
  assert.deepEqual(told, []);
  mock.timers.tick(1);
  assert.deepEqual(told, ['scheduler_restarted forgotten/1']);
  assert.equal(placeOf('announced'), 'held');
  assert.deepEqual(channel.runIds, []);
});

test('an announcement of another delivery does not count', () => {
  adopt(sampleOrder('a', { dispatch: 2 }));
  connect(5, [sampleOrder('a', { dispatch: 1 })]);
  mock.timers.tick(ANNOUNCE_MS);
  assert.deepEqual(told, ['unclaimed a/1', 'scheduler_restarted a/2']);
});

test('a run loaded again keeps the delivery that fits and drops the others', () => {
  const { channel } = connect(5);
  for (const runId of ['fits', 'replaced', 'ended']) want(sampleOrder(runId));
  adopt(sampleOrder('fits'));
  adopt(sampleOrder('replaced', { dispatch: 2 }));
  dispatcher.adopt('ended', 'work', undefined);
  assert.equal(placeOf('fits'), 'held');
  assert.equal(placeOf('replaced'), 'unannounced');
  assert.equal(placeOf('ended'), undefined);
  assert.deepEqual(
    channel.cancelled.map(({ runId }) => runId),
    ['replaced', 'ended'],
  );
});

test('a task is claimed from whoever has it in hand, when its run is adopted and when it is announced (T4)', () => {
  const { channel, session } = connect(5, [sampleOrder('before')]);
  adopt(sampleOrder('before'));
  adopt(sampleOrder('after'));
  assert.equal(placeOf('before'), 'held');
  assert.equal(placeOf('after'), 'unannounced');
  dispatcher.announce(session, [sampleOrder('before'), sampleOrder('after')]);
  assert.equal(placeOf('after'), 'held');
  assert.deepEqual(channel.claimed, [
    { runId: 'before', dispatch: 1 },
    { runId: 'after', dispatch: 1 },
  ]);
  mock.timers.tick(ANNOUNCE_MS);
  assert.deepEqual(told, []);
  assert.equal(dispatcher.counts.credits, 5, 'what was in hand before takes none of the credits');
});

test('a claim that is refused is a loss', () => {
  const { session } = connect(5, [sampleOrder('a')]);
  adopt(sampleOrder('a'));
  dispatcher.refuse(session, sampleOrder('a', { dispatch: 2 }));
  assert.deepEqual(told, []);
  dispatcher.refuse(session, sampleOrder('a'));
  assert.deepEqual(told, ['executor_lost a/1']);
});

test('what is in hand and nobody asks for is told of when the time for announcements is over', () => {
  connect(5, [sampleOrder('a')]);
  mock.timers.tick(ANNOUNCE_MS - 1);
  assert.deepEqual(told, []);
  mock.timers.tick(1);
  assert.deepEqual(told, ['unclaimed a/1']);
});

test('whoever connects or is asked has time of its own, within a limit', () => {
  adopt(sampleOrder('a'));
  for (let passedMs = 0; passedMs < MAX_ANNOUNCE_MS - ANNOUNCE_MS / 2; passedMs += ANNOUNCE_MS / 2) {
    connect(5);
    mock.timers.tick(ANNOUNCE_MS / 2);
    assert.deepEqual(told, []);
  }
  mock.timers.tick(ANNOUNCE_MS / 2);
  assert.deepEqual(told, ['scheduler_restarted a/1']);
});

test('an executor that was asked and has not answered is waited for, within a limit', () => {
  const { channel } = connect(5);
  mock.timers.tick(ANNOUNCE_MS);
  adopt(sampleOrder('a'));
  dispatcher.askAnnouncements();
  assert.equal(channel.asked, 1);
  mock.timers.tick(MAX_ANNOUNCE_MS - 1);
  assert.deepEqual(told, []);
  mock.timers.tick(1);
  assert.deepEqual(told, ['scheduler_restarted a/1']);
});

test('the time for announcements ends with the last executor, not with the tasks', () => {
  adopt(sampleOrder('a'));
  const { session } = connect(5);
  mock.timers.tick(ANNOUNCE_MS / 2);
  dispatcher.disconnect(session);
  mock.timers.tick(MAX_ANNOUNCE_MS);
  assert.deepEqual(told, []);
});

test('an executor with two streams is not lost with one of them (T6)', () => {
  const first = connect(5);
  want(sampleOrder('a'));
  want(sampleOrder('b'));
  const second = connect(0);
  dispatcher.disconnect(first.session);
  assert.deepEqual(told, []);
  assert.equal(second.channel.asked, 1);
  dispatcher.announce(second.session, [sampleOrder('a')]);
  mock.timers.tick(ANNOUNCE_MS);
  assert.deepEqual(told, ['scheduler_restarted b/1'], 'only what it does not have is lost');
  assert.deepEqual(second.channel.claimed, [{ runId: 'a', dispatch: 1 }]);
  dispatcher.disconnect(second.session);
  assert.deepEqual(told, ['scheduler_restarted b/1', 'executor_lost a/1']);
});

test('schedule_to_start counts while a task waits', () => {
  want(sampleOrder('a', { timeouts: { schedule_to_start: '1s' } }));
  mock.timers.tick(999);
  assert.deepEqual(told, []);
  mock.timers.tick(1);
  assert.deepEqual(told, ['schedule_to_start a/1']);
});

test('schedule_to_start ends when an executor has the task; start_to_close begins, with a grace', () => {
  want(sampleOrder('a', { timeouts: { schedule_to_start: '1s', start_to_close: '10s' } }));
  connect(5);
  mock.timers.tick(10_000 + TIMEOUT_GRACE_MS - 1);
  assert.deepEqual(told, []);
  mock.timers.tick(1);
  assert.deepEqual(told, ['start_to_close a/1']);
});

test('a timeout that has changed nothing is told again', () => {
  connect(5);
  want(sampleOrder('a', { timeouts: { start_to_close: '10s' } }));
  mock.timers.tick(10_000 + TIMEOUT_GRACE_MS);
  mock.timers.tick(60_000);
  assert.deepEqual(told, ['start_to_close a/1', 'start_to_close a/1']);
  unwant('a');
  mock.timers.tick(DAY_MS);
  assert.equal(told.length, 2);
});

test('a timeout of months is longer than a timer of the platform', () => {
  connect(5);
  want(sampleOrder('a', { timeouts: { start_to_close: '90d' } }));
  // A simulated timer that is armed by another one counts from the end of the step.
  for (let day = 1; day < 90; day += 1) mock.timers.tick(DAY_MS);
  assert.deepEqual(told, []);
  mock.timers.tick(2 * DAY_MS);
  assert.deepEqual(told, ['start_to_close a/1']);
});

test('what is released is forgotten, and nobody is told', () => {
  const { channel, session } = connect(1);
  for (const runId of ['a', 'b', 'kept']) want(sampleOrder(runId));
  adopt(sampleOrder('c'));
  dispatcher.release((runId) => runId !== 'kept');
  assert.equal(dispatcher.counts.tasks, 1);
  dispatcher.grant(session, 5);
  assert.deepEqual(channel.runIds, ['a', 'kept']);
  mock.timers.tick(DAY_MS);
  assert.deepEqual(channel.cancelled, []);
});

test('a long queue is worked off in order', () => {
  const { channel, session } = connect(0);
  const runIds = Array.from({ length: 5000 }, (_, index) => `run-${index}`);
  for (const runId of runIds) want(sampleOrder(runId));
  for (let granted = 0; granted < runIds.length; granted += 700) dispatcher.grant(session, 700);
  assert.deepEqual(channel.runIds, runIds);
});

test('T10 a task of an agent with a limit goes to nobody before it has a slot, and gives it back in the end', () => {
  const limited = { ...sampleOrder('a'), callLimit: { namespace: 'default', key: 'agent/worker' } };
  const { channel } = connect(10);
  want(limited);
  assert.deepEqual([placeOf('a'), channel.runIds], ['limited', []]);
  assert.equal(dispatcher.slotGranted(limited), true);
  assert.deepEqual([placeOf('a'), channel.runIds], ['held', ['a']]);
  assert.equal(dispatcher.usesSlot({ runId: 'a', nodeId: 'work', attempt: 1 }), true);
  unwant('a');
  assert.deepEqual(told, ['a needs agent/worker', 'a gives back agent/worker']);
  assert.equal(dispatcher.slotGranted(limited), false, 'one that comes too late is of no use');
  assert.equal(dispatcher.usesSlot({ runId: 'a', nodeId: 'work', attempt: 1 }), false);
});

test('T10 the next delivery of an attempt has the slot of the lost one; the next attempt needs its own', () => {
  const limit = { callLimit: { namespace: 'default', key: 'agent/worker' } };
  const first = { ...sampleOrder('a'), ...limit };
  const { session } = connect(10);
  want(first);
  dispatcher.slotGranted(first);
  dispatcher.disconnect(session);
  want({ ...sampleOrder('a', { dispatch: 2 }), ...limit });
  assert.deepEqual(told, ['a needs agent/worker', 'executor_lost a/1', 'a needs agent/worker']);
  dispatcher.slotGranted({ ...sampleOrder('a', { dispatch: 2 }), ...limit });
  want({ ...sampleOrder('a', { attempt: 2 }), ...limit });
  assert.deepEqual(told.slice(3), ['a gives back agent/worker', 'a needs agent/worker']);
});

test('T10 what is held back gives its slot to others, and asks for one again', () => {
  const limited = { ...sampleOrder('a'), callLimit: { namespace: 'default', key: 'agent/worker' } };
  want(limited);
  want({ ...limited, isHeldBack: true });
  assert.equal(dispatcher.slotGranted(limited), false, 'it waits for somebody');
  want(limited);
  assert.equal(dispatcher.slotGranted(limited), true);
  want({ ...limited, isHeldBack: true });
  assert.deepEqual([placeOf('a'), told.at(-1)], ['paused', 'a gives back agent/worker']);
  want(limited);
  assert.deepEqual([placeOf('a'), told.at(-1)], ['limited', 'a needs agent/worker']);
});
