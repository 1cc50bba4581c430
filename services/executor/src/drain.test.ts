import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { eventually } from '@skein/testkit';
import { deliveryKey } from './domain/task-address.ts';
import { outputOf, startStage, TRANSPORTS } from './testing/executor-stage.ts';

for (const transport of TRANSPORTS) {
  suite(`drain over ${transport}`, () => {
    test('takes nothing new, finishes what runs, and flushes', async () => {
      const called = Promise.withResolvers<void>();
      const gate = Promise.withResolvers<string>();
      await using stage = await startStage({
        transport,
        functions: {
          last: ({ delta }) => {
            delta('my last words');
            called.resolve();
            return gate.promise;
          },
        },
      });
      const ref = stage.scheduler.dispatchAgent('last', null);
      await called.promise;
      const stopped = stage.executor[Symbol.asyncDispose]();
      await eventually(() => stage.scheduler.session.drained, { describe: 'the drain message' });
      assert.equal((await stage.executor.ready()).ready, false);
      const refused = stage.scheduler.dispatchAgent('last', null);
      gate.resolve('done');
      await stopped;
      assert.equal(outputOf(await stage.scheduler.ended(ref)), 'done');
      assert.equal(stage.eventLog.textOf(ref), 'my last words');
      assert.equal(stage.scheduler.finalReports(deliveryKey(refused)).length, 0);
      await eventually(() => stage.scheduler.sessions.every(({ open }) => !open), { describe: 'the stream to end' });
    });

    test('cancels what does not finish in time, and gives it back with the broken stream', async () => {
      const called = Promise.withResolvers<void>();
      const aborted = Promise.withResolvers<void>();
      await using stage = await startStage({
        transport,
        env: { SKEIN_EXECUTOR_DRAIN_TIMEOUT: '50ms' },
        functions: {
          hang: ({ signal }) => {
            signal.addEventListener('abort', () => aborted.resolve());
            called.resolve();
            return new Promise<null>(() => {});
          },
        },
      });
      const ref = stage.scheduler.dispatchAgent('hang', null);
      await called.promise;
      await stage.executor[Symbol.asyncDispose]();
      await aborted.promise;
      assert.equal(stage.scheduler.finalReports(deliveryKey(ref)).length, 0);
      await eventually(() => stage.scheduler.sessions.every(({ open }) => !open), { describe: 'the stream to end' });
    });

    test('a stream that breaks during the drain is opened again, for the last reports', async () => {
      const called = Promise.withResolvers<void>();
      const gate = Promise.withResolvers<string>();
      await using stage = await startStage({
        transport,
        functions: { last: () => (called.resolve(), gate.promise) },
      });
      const ref = stage.scheduler.dispatchAgent('last', null);
      await called.promise;
      const drained = stage.executor.drain();
      stage.scheduler.break();
      const session = await stage.scheduler.connected(2);
      await eventually(() => session.drained, { describe: 'the drain message' });
      gate.resolve('done');
      await drained;
      assert.equal(outputOf(await stage.scheduler.ended(ref)), 'done');
      assert.equal(session.credits, 0);
    });
  });
}
