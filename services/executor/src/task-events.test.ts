import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { eventually } from '@skein/testkit';
import type { AgentFunctionCall } from './app/agent-function.ts';
import { MAX_DELTA_BYTES } from './domain/text-pieces.ts';
import { failureIn, outputOf, startStage } from './testing/executor-stage.ts';
import { isOf, joinedText } from './testing/fake-event-log.ts';

/** An agent that streams these texts and answers with all of them. */
function streaming(...texts: string[]) {
  return {
    speak: async ({ delta }: AgentFunctionCall) => {
      for (const text of texts) {
        delta(text);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return texts.join('');
    },
  };
}

suite('task events', () => {
  test('live and stored, they are the same text at the same offsets', async () => {
    const texts = ['Grüße', ' aus ', '東京 ', '🗼', '!'];
    await using stage = await startStage({ functions: streaming(...texts) });
    const seen = await stage.watch('run-1');
    const ref = stage.scheduler.dispatchAgent('speak', null);
    const report = await stage.scheduler.ended(ref);
    const text = texts.join('');
    assert.equal(report.facts?.streamedBytes, BigInt(Buffer.byteLength(text)));
    assert.equal(stage.eventLog.textOf(ref), text);
    await eventually(() => joinedText(seen) === text, { describe: 'the live text' });
    assert.deepEqual(
      seen.map(({ taskSeq }) => taskSeq),
      [1n, 2n, 3n, 4n, 5n],
    );
    assert.deepEqual(
      seen
        .map(({ namespace, runId, nodeId, attempt, dispatch }) => [namespace, runId, nodeId, attempt, dispatch])
        .at(0),
      ['default', ref.runId, 'node', 1, 1],
    );
  });

  test('many deltas are few appends, and stored under the numbers they had live', async () => {
    await using stage = await startStage({ functions: streaming(...Array.from({ length: 200 }, () => 'word ')) });
    const ref = stage.scheduler.dispatchAgent('speak', null);
    await stage.scheduler.ended(ref);
    assert.equal(stage.eventLog.textOf(ref), 'word '.repeat(200));
    assert.ok(stage.eventLog.calls <= 5, `${stage.eventLog.calls} appends`);
    const numbers = stage.eventLog.events.map(({ taskSeq }) => Number(taskSeq));
    assert.deepEqual(
      numbers,
      Array.from(numbers, (_, index) => index + 1),
    );
  });

  test('deltas of one turn are one event', async () => {
    const work = ({ delta }: AgentFunctionCall) => {
      for (let n = 0; n < 1000; n += 1) delta(`${n} `);
      return null;
    };
    await using stage = await startStage({ functions: { work } });
    const ref = stage.scheduler.dispatchAgent('work', null);
    await stage.scheduler.ended(ref);
    assert.equal(stage.eventLog.events.length, 1);
    assert.equal(stage.eventLog.textOf(ref), Array.from({ length: 1000 }, (_, n) => `${n} `).join(''));
  });

  test('a character that comes in two halves goes out whole; one that stays half is replaced', async () => {
    await using stage = await startStage({ functions: streaming('a\ud83d', '\ude00b', '\ud83d') });
    const seen = await stage.watch('run-1');
    const ref = stage.scheduler.dispatchAgent('speak', null);
    const report = await stage.scheduler.ended(ref);
    assert.equal(stage.eventLog.textOf(ref), 'a😀b\ufffd');
    assert.equal(report.facts?.streamedBytes, BigInt(Buffer.byteLength('a😀b\ufffd')));
    await eventually(() => joinedText(seen) === 'a😀b\ufffd', { describe: 'the live text' });
  });

  test('a delta that is too large for one event becomes several', async () => {
    const text = '東'.repeat(MAX_DELTA_BYTES / 2);
    await using stage = await startStage({
      functions: { speak: ({ delta }) => (delta(text), 'said') },
    });
    const ref = stage.scheduler.dispatchAgent('speak', null);
    await stage.scheduler.ended(ref);
    assert.equal(stage.eventLog.textOf(ref), text);
    for (const { event } of stage.eventLog.events) {
      assert.ok(event.case === 'agentStreamDelta' && Buffer.byteLength(event.value.text) <= MAX_DELTA_BYTES);
    }
  });

  test('progress keeps its place between the deltas', async () => {
    const work = ({ delta, state }: AgentFunctionCall) => {
      state('searching', 'in the archive');
      delta('found ');
      delta('it');
      state('writing');
      delta('!');
      return null;
    };
    await using stage = await startStage({ functions: { work } });
    const ref = stage.scheduler.dispatchAgent('work', null);
    await stage.scheduler.ended(ref);
    const stored = stage.eventLog.events.map(({ taskSeq, event }) => [taskSeq, event.case]);
    assert.deepEqual(stored, [
      [1n, 'agentState'],
      [2n, 'agentStreamDelta'],
      [3n, 'agentState'],
      [4n, 'agentStreamDelta'],
    ]);
    assert.equal(stage.eventLog.textOf(ref), 'found it!');
  });

  test('a newer delivery starts again with the whole text, under its own numbers', async () => {
    const more = Promise.withResolvers<void>();
    const work = async ({ delta }: AgentFunctionCall) => {
      delta('before ');
      await new Promise((resolve) => setImmediate(resolve));
      delta('the break ');
      await more.promise;
      delta('and after');
      return null;
    };
    await using stage = await startStage({ functions: { work } });
    const seen = await stage.watch('run-1');
    const first = stage.scheduler.dispatchAgent('work', null);
    await eventually(() => seen.length === 2, { describe: 'the first words' });
    stage.scheduler.break();
    await stage.scheduler.connected(2);
    const again = stage.scheduler.dispatchAgent('work', null, { ref: { runId: first.runId, dispatch: 2 } });
    await eventually(() => seen.length === 3, { describe: 'the text so far' });
    more.resolve();
    const report = await stage.scheduler.ended(again);
    const text = 'before the break and after';
    assert.equal(stage.eventLog.textOf(again), text);
    await eventually(() => seen.length === 4, { describe: 'the rest' });
    assert.equal(joinedText(seen.filter((event) => isOf(event, again))), text);
    assert.equal(report.facts?.streamedBytes, BigInt(text.length));
  });

  test('a finished task that is delivered anew has its text under the new delivery too', async () => {
    await using stage = await startStage({
      functions: streaming('all ', 'said'),
      prepare: ({ scheduler }) => (scheduler.acknowledging = false),
    });
    const first = stage.scheduler.dispatchAgent('speak', null);
    await stage.scheduler.ended(first);
    stage.scheduler.acknowledging = true;
    const again = stage.scheduler.dispatchAgent('speak', null, { ref: { runId: first.runId, dispatch: 2 } });
    assert.equal(outputOf(await stage.scheduler.ended(again)), 'all said');
    assert.equal(stage.eventLog.textOf(again), 'all said');
  });

  test('an event-log that is away holds a result back for a moment only, and gets the text later', async () => {
    await using stage = await startStage({
      functions: streaming('kept ', 'for later'),
      prepare: ({ eventLog }) => (eventLog.failing = true),
    });
    const ref = stage.scheduler.dispatchAgent('speak', null);
    assert.equal(outputOf(await stage.scheduler.ended(ref)), 'kept for later');
    assert.ok(stage.eventLog.calls > 0);
    stage.eventLog.failing = false;
    await eventually(() => stage.eventLog.events.length > 0 && stage.eventLog.textOf(ref) === 'kept for later', {
      describe: 'the text in event-log',
    });
  });

  test('what does not fit into the buffer is dropped, and results go on', async () => {
    await using stage = await startStage({
      functions: streaming('x'.repeat(60_000), 'y'.repeat(60_000)),
      env: { SKEIN_EXECUTOR_EVENT_BUFFER_BYTES: String(64 * 1024) },
      prepare: ({ eventLog }) => (eventLog.failing = true),
    });
    const refs = [stage.scheduler.dispatchAgent('speak', null), stage.scheduler.dispatchAgent('speak', null)];
    for (const ref of refs) await stage.scheduler.ended(ref);
    stage.eventLog.failing = false;
    await eventually(() => stage.eventLog.events.length > 0, { describe: 'what was kept' });
    assert.equal(stage.eventLog.events.length, 1);
  });

  test('events that event-log refuses cost no others', async () => {
    await using stage = await startStage({
      functions: { speak: ({ delta, input }) => (delta(input as string), null) },
      prepare: ({ eventLog }) =>
        (eventLog.refused = ({ event }) => event.case === 'agentStreamDelta' && event.value.text === 'bad'),
    });
    const refs = ['a', 'b', 'bad', 'c', 'd'].map((text) => stage.scheduler.dispatchAgent('speak', text));
    for (const ref of refs) await stage.scheduler.ended(ref);
    assert.deepEqual(
      refs.map((ref) => stage.eventLog.textOf(ref)),
      ['a', 'b', '', 'c', 'd'],
    );
  });

  test('progress alone is stored as well, and no result waits for it', async () => {
    await using stage = await startStage({ functions: { work: ({ state }) => (state('searching'), null) } });
    await stage.scheduler.ended(stage.scheduler.dispatchAgent('work', null));
    assert.equal(stage.eventLog.calls, 0);
    await eventually(() => stage.eventLog.events.length === 1, { describe: 'the stored progress' });
  });

  test('a call that streams too much fails', async () => {
    const flood = ({ delta }: AgentFunctionCall) => {
      for (;;) delta('x'.repeat(100_000));
    };
    await using stage = await startStage({ functions: { flood } });
    const report = await stage.scheduler.ended(stage.scheduler.dispatchAgent('flood', null));
    assert.deepEqual([failureIn(report).code, failureIn(report).retryable], ['PAYLOAD_TOO_LARGE', false]);
  });
});
