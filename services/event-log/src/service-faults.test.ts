import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createNatsBus } from '@skein/bus';
import { Observed, connected } from '@skein/bus/testing';
import { eventually, natsServer } from '@skein/testkit';
import { eventLogUnderTest, lineOf } from './testing/event-log-under-test.ts';
import { newRun, what } from './testing/sample-events.ts';

const RUNS = 20;
const STEPS = 30;

describe('event-log while the bus is destroyed', { concurrency: true }, () => {
  test('a server killed and wiped under load loses nothing: all is stored, confirmed and followed once', async () => {
    await using server = await natsServer();
    await using bus = await connected(
      createNatsBus({
        servers: server.url,
        publishTimeoutMs: 300,
        idleHeartbeatMs: 500,
        pingIntervalMs: 500,
        reconnectWaitMs: 20,
        ackWaitMs: 1_000,
        streamMaxBytes: 32 * 1024 * 1024,
      }),
    );
    await using log = await eventLogUnderTest(bus);
    const runs = Array.from({ length: RUNS }, () => newRun());
    const seen = runs.map(() => new Observed<string>());
    const following = Promise.all(
      runs.map(async (run, index) => {
        for await (const response of log.events.subscribeEvents(run)) {
          if (response.item.case !== 'keepAlive') seen[index]?.note(lineOf(response));
        }
      }),
    );
    // A scheduler commits whether or not the bus takes it; what was not confirmed is published again later.
    const commit = (run: (typeof runs)[number], last: boolean): Promise<unknown> =>
      log.scheduler
        .commit(run, [what.nodeSucceeded('a'), last ? what.runDone() : what.nodeScheduled('b')])
        .catch(() => {});
    for (let step = 1; step <= STEPS; step += 1) {
      if (step === 10 || step === 20) {
        await server.kill();
        await server.wipeStore();
      }
      await Promise.all(runs.map((run) => commit(run, step === STEPS)));
      if (step === 12 || step === 22) await server.restart();
    }
    await eventually(() => bus.state().connected, { describe: 'the bus is back', timeoutMs: 20_000 });
    await Promise.all(
      runs.map((run) => eventually(() => log.scheduler.relay(run).then(() => true), { describe: 'relay' })),
    );
    await following;
    const expected = Array.from({ length: STEPS * 2 }, (_, index) => index + 1);
    for (const observed of seen)
      assert.deepEqual(
        observed.items.map((line) => Number.parseInt(line, 10)),
        expected,
      );
    log.scheduler.answers = false;
    for (const run of runs) {
      const complete = async () => {
        const { entries } = await log.events.listEvents({ ...run, pageSize: 1000 });
        return entries.length === STEPS * 2;
      };
      await eventually(complete, { describe: 'the history is complete without asking the scheduler' });
    }
  });
});
