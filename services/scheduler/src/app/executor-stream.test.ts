import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunCommand } from '@skein/domain';
import { taskStarted, taskSucceeded, turn } from '../testing/engine-rig.ts';
import { sampleOrder } from '../testing/sample-orders.ts';
import { Dispatcher } from './dispatcher.ts';
import { ExecutorStream, type Outgoing, type Report } from './executor-stream.ts';

interface Rig {
  readonly stream: ExecutorStream;
  readonly dispatcher: Dispatcher;
  readonly sent: Outgoing[];
  /** Commands handed on, each settled by hand. */
  readonly submitted: (PromiseWithResolvers<void> & { readonly command: RunCommand })[];
  readonly told: string[];
  readonly finished: Promise<void>;
}

function rig(): Rig {
  const told: string[] = [];
  const submitted: Rig['submitted'] = [];
  const dispatcher = new Dispatcher({
    onTimeout: () => {},
    onLost: (runId, _, reason) => void told.push(`${reason} ${runId}`),
    onSlotNeeded: () => assert.fail('no agent has a limit'),
    onSlotUnneeded: () => assert.fail('no agent has a limit'),
    onUnclaimed: () => {},
  });
  const stream = new ExecutorStream({
    dispatcher,
    submit: ({ command }) => {
      const call = { ...Promise.withResolvers<void>(), command };
      submitted.push(call);
      return call.promise;
    },
    onReportFailed: (runId) => void told.push(`report failed ${runId}`),
  });
  const sent: Outgoing[] = [];
  const finished = (async () => {
    for await (const outgoing of stream.outgoing()) sent.push(outgoing);
  })();
  return { stream, dispatcher, sent, submitted, told, finished };
}

function report(runId: string, command: RunCommand): Report {
  if (command.kind !== 'task_started' && command.kind !== 'task_ended') throw new RangeError('no report');
  return { runId, key: command.key, command };
}

const want = ({ dispatcher }: Rig, runId: string) =>
  dispatcher.reconcile(runId, 'work', sampleOrder(runId), 'not wanted');
const unwant = ({ dispatcher }: Rig, runId: string) => dispatcher.reconcile(runId, 'work', undefined, 'not wanted');

/** A message gathers for a turn after the one that began it. */
async function gathered(): Promise<void> {
  for (let turns = 0; turns < 3; turns += 1) await turn();
}

test('what becomes ready in one turn goes out as one message (X2)', async () => {
  const one = rig();
  one.stream.open('executor', []);
  one.stream.grant(10);
  await gathered();
  for (const runId of ['a', 'b', 'c']) want(one, runId);
  await gathered();
  want(one, 'd');
  await gathered();
  assert.deepEqual(
    one.sent.map(({ tasks }) => tasks.map(({ runId }) => runId)),
    [['a', 'b', 'c'], ['d']],
  );
});

test('a report is acknowledged when its effect is committed, and not before (X1)', async () => {
  const one = rig();
  one.stream.open('executor', []);
  one.stream.report(report('a', taskSucceeded()));
  await gathered();
  assert.equal(one.sent.length, 0);
  one.submitted[0]?.resolve();
  await gathered();
  assert.deepEqual(
    one.sent.map(({ acknowledged }) => acknowledged.map(({ runId }) => runId)),
    [['a']],
  );
});

test('that a task runs needs no acknowledgement', async () => {
  const one = rig();
  one.stream.open('executor', []);
  one.stream.report(report('a', taskStarted()));
  one.submitted[0]?.resolve();
  await gathered();
  assert.deepEqual(one.sent, []);
});

test('a report that cannot be taken is not acknowledged; the task stays with its executor', async () => {
  const one = rig();
  one.stream.open('executor', []);
  one.stream.grant(1);
  want(one, 'a');
  one.stream.report(report('a', taskSucceeded()));
  one.submitted[0]?.reject(new Error('the store is away'));
  await gathered();
  assert.deepEqual(one.told, ['report failed a']);
  assert.equal(one.sent.flatMap(({ acknowledged }) => acknowledged).length, 0);
  one.stream[Symbol.dispose]();
  assert.deepEqual(one.told, ['report failed a', 'executor_lost a'], 'nobody else would ever tell of it');
});

test('a task that is taken back before it went out does not go out', async () => {
  const one = rig();
  one.stream.open('executor', []);
  one.stream.grant(1);
  await gathered();
  want(one, 'a');
  want(one, 'b');
  assert.equal(one.dispatcher.placeOf('b', 'work')?.place, 'queued');
  unwant(one, 'a');
  await gathered();
  assert.deepEqual(
    one.sent.map(({ tasks, cancelled }) => [tasks.map(({ runId }) => runId), cancelled.length]),
    [[['b'], 0]],
    'the room that was meant for it is given to another',
  );
  unwant(one, 'b');
  await gathered();
  assert.deepEqual(
    one.sent.at(-1)?.cancelled.map(({ runId, reason }) => [runId, reason]),
    [['b', 'not wanted']],
  );
});

test('the end of a stream loses what it held, once', async () => {
  const one = rig();
  one.stream.open('executor', []);
  one.stream.grant(10);
  want(one, 'a');
  one.stream[Symbol.dispose]();
  one.stream[Symbol.dispose]();
  await one.finished;
  assert.deepEqual(one.told, ['executor_lost a']);
});

test('a claim, a question and the members go out beside everything else', async () => {
  const one = rig();
  one.stream.open('executor', [{ runId: 'a', key: { nodeId: 'work', attempt: 1, dispatch: 1 } }]);
  one.dispatcher.adopt('a', 'work', sampleOrder('a'));
  one.dispatcher.askAnnouncements();
  one.stream.sendMembers([{ schedulerId: 's', address: '127.0.0.1:1', historyVersion: 1 }]);
  await gathered();
  const [news, ...more] = one.sent;
  assert.deepEqual(more, []);
  assert.deepEqual(
    news?.claimed.map(({ runId }) => runId),
    ['a'],
  );
  assert.equal(news?.asksAnnouncement, true);
  assert.equal(news?.members?.length, 1);
});

test('a stream that has ended opens no session, and none opens two', () => {
  const late = rig();
  late.stream[Symbol.dispose]();
  late.stream.open('executor', []);
  late.stream.grant(10);
  assert.equal(late.dispatcher.counts.executors, 0);
  const twice = rig();
  twice.stream.open('executor', []);
  twice.stream.open('executor', []);
  assert.equal(twice.dispatcher.counts.executors, 1);
});

test('a draining executor gets nothing new', async () => {
  const one = rig();
  one.stream.open('executor', []);
  one.stream.grant(10);
  one.stream.drain();
  want(one, 'a');
  await gathered();
  assert.deepEqual(one.sent, []);
  assert.equal(one.dispatcher.placeOf('a', 'work')?.place, 'queued');
});
