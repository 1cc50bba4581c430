import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { eventually } from '@skein/testkit';
import { deliveryKey } from './domain/task-address.ts';
import { outputOf, startStage, TRANSPORTS } from './testing/executor-stage.ts';

for (const transport of TRANSPORTS) {
  suite(`exchange over ${transport}`, () => {
    test('reports the output of a task, with the facts of its call', async () => {
      await using stage = await startStage({ transport, functions: { double: ({ input }) => Number(input) * 2 } });
      const ref = stage.scheduler.dispatchAgent('double', 21);
      const report = await stage.scheduler.ended(ref);
      assert.equal(outputOf(report), 42);
      assert.equal(report.facts?.target, 'double-1');
      assert.equal(report.facts.targetVersion, '1.0.0');
      assert.ok(report.facts.startedAt !== undefined);
      assert.equal(report.facts.streamedBytes, 0n);
      assert.equal(stage.eventLog.calls, 0, 'a call without events costs no call of event-log');
    });

    test('never has more tasks at once than its concurrency, and grants credits again', async () => {
      let atOnce = 0;
      let most = 0;
      const work = async () => {
        most = Math.max(most, ++atOnce);
        await new Promise((resolve) => setImmediate(resolve));
        atOnce -= 1;
        return null;
      };
      await using stage = await startStage({
        transport,
        functions: { work },
        env: { SKEIN_EXECUTOR_CONCURRENCY: '4' },
      });
      const refs = Array.from({ length: 60 }, () => stage.scheduler.dispatchAgent('work', null));
      for (const ref of refs) await stage.scheduler.ended(ref);
      assert.ok(most <= 4, `${most} at once`);
      await eventually(() => stage.scheduler.session.credits === 4, { describe: 'all credits to be back' });
    });

    test('puts the reports of one turn into one message', async () => {
      const gate = Promise.withResolvers<null>();
      await using stage = await startStage({ transport, functions: { wait: () => gate.promise } });
      const refs = Array.from({ length: 50 }, () => stage.scheduler.dispatchAgent('wait', null));
      await stage.scheduler.connected();
      await eventually(() => stage.scheduler.session.credits === 512 - 50, { describe: 'the tasks to be taken' });
      gate.resolve(null);
      for (const ref of refs) await stage.scheduler.ended(ref);
      assert.ok(stage.scheduler.session.reportMessages <= 3, `${stage.scheduler.session.reportMessages} messages`);
    });

    test('sends a report again after a break, and calls the agent once', async () => {
      let calls = 0;
      const gate = Promise.withResolvers<null>();
      await using stage = await startStage({
        transport,
        functions: { once: () => ((calls += 1), gate.promise) },
        prepare: ({ scheduler }) => (scheduler.acknowledging = false),
      });
      const running = stage.scheduler.dispatchAgent('once', null);
      await eventually(() => calls === 1, { describe: 'the call' });
      stage.scheduler.break();
      const second = await stage.scheduler.connected(2);
      assert.deepEqual(second.running, [deliveryKey(running)]);
      gate.resolve(null);
      await stage.scheduler.ended(running);

      stage.scheduler.break();
      const third = await stage.scheduler.connected(3);
      assert.deepEqual(third.running, [deliveryKey(running)]);
      await eventually(() => stage.scheduler.finalReports(deliveryKey(running)).length === 2, {
        describe: 'the report to come again',
      });

      stage.scheduler.acknowledge(running);
      stage.scheduler.acknowledging = true;
      await stage.scheduler.ended(stage.scheduler.dispatchAgent('once', null));
      stage.scheduler.break();
      const fourth = await stage.scheduler.connected(4);
      assert.deepEqual(fourth.running, []);
      assert.equal(calls, 2);
    });

    test('a report made while no scheduler is there comes with the next stream', async () => {
      const gate = Promise.withResolvers<string>();
      let called = false;
      await using stage = await startStage({ transport, functions: { slow: () => ((called = true), gate.promise) } });
      const ref = stage.scheduler.dispatchAgent('slow', null);
      await eventually(() => called, { describe: 'the call' });
      stage.scheduler.refusing = true;
      stage.scheduler.break();
      gate.resolve('kept');
      await eventually(() => stage.executor.ready(), { describe: 'readiness' });
      stage.scheduler.refusing = false;
      assert.equal(outputOf(await stage.scheduler.ended(ref)), 'kept');
    });

    test('a newer delivery adopts the work under way', async () => {
      let calls = 0;
      const gate = Promise.withResolvers<string>();
      await using stage = await startStage({ transport, functions: { once: () => ((calls += 1), gate.promise) } });
      const first = stage.scheduler.dispatchAgent('once', null);
      await eventually(() => calls === 1, { describe: 'the call' });
      stage.scheduler.break();
      await stage.scheduler.connected(2);
      const again = stage.scheduler.dispatchAgent('once', null, { ref: { runId: first.runId, dispatch: 2 } });
      await eventually(() => stage.scheduler.session.credits === 511, { describe: 'the redelivery to be taken' });
      gate.resolve('adopted');
      assert.equal(outputOf(await stage.scheduler.ended(again)), 'adopted');
      assert.equal(stage.scheduler.finalReports(deliveryKey(first)).length, 0);
      assert.equal(calls, 1);
    });

    test('a newer delivery of finished work gets the kept report', async () => {
      let calls = 0;
      await using stage = await startStage({
        transport,
        functions: { once: () => ++calls },
        prepare: ({ scheduler }) => (scheduler.acknowledging = false),
      });
      const first = stage.scheduler.dispatchAgent('once', null);
      await stage.scheduler.ended(first);
      stage.scheduler.break();
      await stage.scheduler.connected(2);
      // A report of the first delivery that came after the second would make the second one unwanted.
      const reports = () => stage.scheduler.finalReports(deliveryKey(first)).length;
      await eventually(() => reports() === 2, { describe: 'the report of the first delivery again' });
      const again = stage.scheduler.dispatchAgent('once', null, { ref: { runId: first.runId, dispatch: 2 } });
      assert.equal(outputOf(await stage.scheduler.ended(again)), 1);
      assert.equal(calls, 1);
      stage.scheduler.acknowledge(again);
    });

    test('a task that takes a while is reported as started, once for every delivery', async () => {
      const gate = Promise.withResolvers<null>();
      await using stage = await startStage({ transport, functions: { slow: () => gate.promise } });
      const first = stage.scheduler.dispatchAgent('slow', null);
      const startsOf = (dispatch: number) =>
        stage.scheduler.reports.filter(({ ref, report }) => report.case === 'started' && ref?.dispatch === dispatch);
      const started = await eventually(() => startsOf(1)[0], { describe: 'the start' });
      assert.equal(started.facts?.target, 'slow-1');
      assert.ok(started.facts.startedAt !== undefined);
      stage.scheduler.break();
      await stage.scheduler.connected(2);
      const again = stage.scheduler.dispatchAgent('slow', null, { ref: { runId: first.runId, dispatch: 2 } });
      await eventually(() => startsOf(2).length > 0, { describe: 'the start of the newer delivery' });
      gate.resolve(null);
      await stage.scheduler.ended(again);
      assert.equal(startsOf(2).length, 1);
    });

    test('cancellation ends the call and reports nothing', async () => {
      const called = Promise.withResolvers<void>();
      const stopped = Promise.withResolvers<string>();
      const hang = ({ signal }: { signal: AbortSignal }) => {
        signal.addEventListener('abort', () => stopped.resolve(String(signal.reason)));
        called.resolve();
        return new Promise<null>(() => {});
      };
      await using stage = await startStage({
        transport,
        functions: { hang },
        env: { SKEIN_EXECUTOR_CONCURRENCY: '1' },
      });
      const ref = stage.scheduler.dispatchAgent('hang', null);
      await called.promise;
      stage.scheduler.cancel(ref, 'run cancelled');
      assert.equal(await stopped.promise, 'run cancelled');
      await eventually(() => stage.scheduler.session.credits === 1, { describe: 'the credit to be back' });
      assert.equal(stage.scheduler.finalReports(deliveryKey(ref)).length, 0);
    });
  });
}
