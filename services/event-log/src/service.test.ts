import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { createMemoryBus, createNatsBus, type EventBus } from '@skein/bus';
import { Observed, connected } from '@skein/bus/testing';
import { TaskEventBatchSchema, type TaskEvent } from '@skein/contracts/event';
import { reasonOf } from '@skein/rpc';
import { eventually, natsServer, type NatsServer } from '@skein/testkit';
import type { RunKey } from './domain/run-key.ts';
import { eventLogUnderTest, lineOf, linesOf, type EventLogUnderTest } from './testing/event-log-under-test.ts';
import { bytesOf, deltas, newRun, newRunId, what, type What } from './testing/sample-events.ts';

let nats: NatsServer;
let installations = 0;

before(async () => {
  nats = await natsServer();
});
after(() => nats[Symbol.asyncDispose]());

const buses: Record<string, () => Promise<EventBus>> = {
  memory: async () => createMemoryBus({ redeliveryBackoff: { initialMs: 1, maxMs: 10 } }),
  nats: () => {
    installations += 1;
    return connected(
      createNatsBus({
        servers: nats.url,
        subjectPrefix: `event-log-${installations}`,
        streamMaxBytes: 16 * 1024 * 1024,
        redeliveryBackoff: { initialMs: 1, maxMs: 10 },
      }),
    );
  },
};

/** A run of one node, step by step. */
const STEPS: readonly (readonly What[])[] = [
  [what.runStarted(), what.nodeScheduled('a')],
  [what.agentInvokeDone(what.ref('a')), what.nodeSucceeded('a'), what.nodeScheduled('b')],
  [what.agentInvokeDone(what.ref('b')), what.nodeSucceeded('b'), what.runDone()],
];
const LINES = STEPS.flat().map((event, index) => `${index + 1} ${event.case}`);

function publishLive(bus: EventBus, run: RunKey, events: readonly TaskEvent[]): void {
  const body = toBinary(TaskEventBatchSchema, create(TaskEventBatchSchema, { events: [...events] }));
  bus.publishTaskEvents({ ...run, body });
}

async function list(log: EventLogUnderTest, run: RunKey, pageSize = 100): Promise<string[]> {
  const lines: string[] = [];
  let pageToken = '';
  do {
    const page = await log.events.listEvents({ ...run, pageSize, pageToken, includeTaskEvents: true });
    assert.ok(page.entries.length <= pageSize);
    for (const { entry } of page.entries) lines.push(lineOf({ item: entry }));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return lines;
}

for (const [name, openBus] of Object.entries(buses)) {
  const logTest = (title: string, body: (log: EventLogUnderTest) => Promise<void>): void => {
    void test(title, { timeout: 60_000 }, async () => {
      await using bus = await openBus();
      await using log = await eventLogUnderTest(bus);
      await body(log);
    });
  };

  describe(`event-log over ${name}`, { concurrency: 4 }, () => {
    logTest('stores what is committed, confirms it, and lists it page by page', async (log) => {
      const run = newRun('tenant-a');
      const batches: string[] = [];
      for (const step of STEPS) batches.push(await log.scheduler.commit(run, step));
      await eventually(() => batches.every((id) => log.scheduler.confirmed.has(id)), { describe: 'confirmations' });
      const asked = log.scheduler.asked;
      for (const pageSize of [1, 3, 100]) assert.deepEqual(await list(log, run, pageSize), LINES);
      assert.equal(log.scheduler.asked, asked, 'a complete list asks nobody');
      const { entries } = await log.events.listEvents({
        ...run,
        afterSeq: 6n,
        eventNames: ['node_succeeded', 'run_done'],
      });
      assert.deepEqual(
        entries.map(
          ({ entry }) => entry.case === 'runEvent' && [entry.value.seq, entry.value.runId, entry.value.namespace],
        ),
        [
          [7n, run.runId, 'tenant-a'],
          [8n, run.runId, 'tenant-a'],
        ],
      );
    });

    logTest('tells when what happened, as far as it is known', async (log) => {
      const run = newRun();
      for (const step of STEPS) await log.scheduler.commit(run, step);
      const { timeline } = await log.events.getRunTimeline({ ...run, minSeq: 8n });
      assert.deepEqual([timeline?.runId, timeline?.lastSeq, timeline?.outcome], [run.runId, 8n, 'run_done']);
      assert.ok(timeline?.nodes.every((node) => node.outcome !== ''));
      await assert.rejects(log.events.getRunTimeline(newRun()), (error) => reasonOf(error) === 'RUN_NOT_FOUND');
    });

    logTest('a batch that comes twice is stored once and confirmed twice', async (log) => {
      const run = newRun();
      const batch = await log.scheduler.commit(run, STEPS[0] ?? [], 'doubled');
      await eventually(() => log.scheduler.confirmed.get(batch) === 2, { describe: 'both confirmations' });
      assert.deepEqual(await list(log, run), LINES.slice(0, 2));
    });

    logTest('batches in any order, doubled, make the same history', async (log) => {
      const run = newRun();
      const records = STEPS.map((step) => log.scheduler.decide(run, step));
      for (const record of [...records.toReversed(), ...records]) await log.scheduler.publish([record]);
      await eventually(() => log.scheduler.confirmed.size === 6, { describe: 'confirmations' });
      assert.deepEqual(await list(log, run), LINES);
    });

    logTest('a transition without a body is fetched before it is confirmed', async (log) => {
      const run = newRun();
      log.scheduler.answers = false;
      const early = await log.scheduler.commit(run, STEPS[0] ?? [], 'without_bodies');
      await eventually(() => log.scheduler.asked > 0, { describe: 'the attempt to fetch' });
      assert.equal(log.scheduler.confirmed.has(early), false);
      log.scheduler.answers = true;
      const batches: string[] = [];
      for (const step of STEPS.slice(1)) batches.push(await log.scheduler.commit(run, step, 'without_bodies'));
      await eventually(() => batches.every((id) => log.scheduler.confirmed.has(id)), { describe: 'confirmations' });
      assert.deepEqual(await list(log, run), LINES);
    });

    logTest('a gap and a missing end are filled from the scheduler', async (log) => {
      const run = newRun();
      const [first = [], second = [], third = []] = STEPS;
      const batch = await log.scheduler.commit(run, first);
      await log.scheduler.commit(run, second, 'lost');
      await eventually(() => log.scheduler.confirmed.has(batch), { describe: 'confirmation' });
      assert.deepEqual(await list(log, run), LINES.slice(0, 5), 'the end was lost');
      log.scheduler.decide(run, [what.nodeScheduled('c')]);
      const last = await log.scheduler.commit(run, third);
      await eventually(() => log.scheduler.confirmed.has(last), { describe: 'confirmation' });
      const lines = [...LINES.slice(0, 5), '6 nodeScheduled', '7 agentInvokeDone', '8 nodeSucceeded', '9 runDone'];
      assert.deepEqual(await list(log, run), lines, 'the middle was lost');
      log.scheduler.answers = false;
      assert.deepEqual(await list(log, run), lines, 'what was fetched is kept');
    });

    logTest('a run that never arrived at all is listed and followed all the same', async (log) => {
      const [one, two] = [newRun(), newRun()];
      for (const run of [one, two]) for (const step of STEPS) await log.scheduler.commit(run, step, 'lost');
      assert.deepEqual(await list(log, one, 2), LINES);
      assert.deepEqual(await linesOf(log.events.subscribeEvents(two)), LINES);
    });

    logTest('while the scheduler is away an incomplete list says so', async (log) => {
      const run = newRun();
      log.scheduler.answers = false;
      const batch = await log.scheduler.commit(run, STEPS[0] ?? []);
      await eventually(() => log.scheduler.confirmed.has(batch), { describe: 'confirmation' });
      const { entries, nextPageToken } = await log.events.listEvents(run);
      assert.equal(entries.length, 2);
      await assert.rejects(log.events.listEvents({ ...run, pageToken: nextPageToken }), (error) => {
        return reasonOf(error) === 'SERVICE_UNAVAILABLE';
      });
      log.scheduler.answers = true;
      assert.deepEqual((await log.events.listEvents({ ...run, pageToken: nextPageToken })).nextPageToken, '');
    });

    logTest('a follower gets everything once, live, and the stream ends with the run', async (log) => {
      const run = newRun();
      const seen = new Observed<string>();
      const following = (async () => {
        for await (const response of log.events.subscribeEvents(run)) seen.note(lineOf(response));
      })();
      let expected = 0;
      for (const step of STEPS) {
        await log.scheduler.commit(run, step, 'doubled');
        expected += step.length;
        await seen.until((lines) => lines.length >= expected);
      }
      await following;
      assert.deepEqual(seen.items, LINES);
    });

    logTest('many followers of one run, some of them late, all get the same', async (log) => {
      const run = newRun();
      const followers: Promise<string[]>[] = [];
      for (const step of STEPS) {
        for (let index = 0; index < 5; index += 1) followers.push(linesOf(log.events.subscribeEvents(run)));
        await log.scheduler.commit(run, step);
      }
      followers.push(linesOf(log.events.subscribeEvents(run)));
      for (const lines of await Promise.all(followers)) assert.deepEqual(lines, LINES);
    });

    logTest('from every cursor the rest follows, and after the last one nothing', async (log) => {
      const run = newRun();
      for (const step of STEPS) await log.scheduler.commit(run, step);
      const responses = await Array.fromAsync(log.events.subscribeEvents(run));
      for (const [index, { cursor }] of responses.entries()) {
        assert.deepEqual(await linesOf(log.events.subscribeEvents({ ...run, cursor })), LINES.slice(index + 1));
      }
    });

    logTest(
      'streamed text comes live, before the event that ends its dispatch, and again from the store',
      async (log) => {
        const run = newRun();
        const pieces = ['Guten ', 'Tag, ', 'grüß ', 'Gott'];
        const text = deltas(run, what.ref('a'), pieces);
        await log.scheduler.commit(run, STEPS[0] ?? []);
        const seen = new Observed<string>();
        const following = (async () => {
          for await (const response of log.events.subscribeEvents({ ...run, includeTaskEvents: true })) {
            seen.note(lineOf(response));
          }
        })();
        await seen.until((lines) => lines.length === 2);
        publishLive(log.bus, run, text.slice(0, 2));
        await seen.until((lines) => lines.length === 4);
        // The third piece is only stored, the fourth is live and waits for it.
        publishLive(log.bus, run, text.slice(3));
        await log.events.appendTaskEvents({ events: text.slice(0, 3) });
        await seen.until((lines) => lines.length === 6);
        await log.events.appendTaskEvents({ events: text });
        const done = what.agentInvokeDone(what.ref('a'), bytesOf(pieces));
        await log.scheduler.commit(run, [done, what.runDone()]);
        await following;
        const lines = [
          ...LINES.slice(0, 2),
          ...pieces.map((piece, index) => `a/1/1 ${index + 1} ${piece}`),
          '3 agentInvokeDone',
          '4 runDone',
        ];
        assert.deepEqual(seen.items, lines);
        for (const pageSize of [1, 3, 100]) assert.deepEqual(await list(log, run, pageSize), lines);
        const responses = await Array.fromAsync(log.events.subscribeEvents({ ...run, includeTaskEvents: true }));
        for (const [index, { cursor }] of responses.entries()) {
          const rest = await linesOf(log.events.subscribeEvents({ ...run, cursor, includeTaskEvents: true }));
          assert.deepEqual(rest, lines.slice(index + 1));
        }
        const quiet = await linesOf(log.events.subscribeEvents(run));
        assert.deepEqual(
          quiet,
          lines.filter((line) => !line.startsWith('a/')),
        );
      },
    );

    logTest('a newer dispatch makes the reader forget the older one, which is heard no more', async (log) => {
      const run = newRun();
      const [first, second] = [what.ref('a', 1, 1), what.ref('a', 1, 2)];
      await log.scheduler.commit(run, STEPS[0] ?? []);
      const seen = new Observed<string>();
      let cursor = '';
      const following = (async () => {
        for await (const response of log.events.subscribeEvents({ ...run, includeTaskEvents: true })) {
          seen.note(lineOf(response));
          if (response.item.case === 'taskEvent') cursor = response.cursor;
        }
      })();
      await seen.until((lines) => lines.length === 2);
      publishLive(log.bus, run, deltas(run, first, ['old']));
      await seen.until((lines) => lines.length === 3);
      const resumed = new Observed<string>();
      const resuming = (async () => {
        for await (const response of log.events.subscribeEvents({ ...run, cursor, includeTaskEvents: true })) {
          resumed.note(lineOf(response));
        }
      })();
      await log.scheduler.commit(run, [what.taskDispatchLost(first)]);
      await seen.until((lines) => lines.length === 4);
      await resumed.until((lines) => lines.length === 1);
      publishLive(log.bus, run, deltas(run, second, ['new']));
      await seen.until((lines) => lines.length === 6);
      publishLive(log.bus, run, deltas(run, first, ['old', 'older']));
      await log.events.appendTaskEvents({ events: deltas(run, second, ['new']) });
      await log.scheduler.commit(run, [what.agentInvokeDone(second, 3), what.runDone()]);
      await following;
      const lines = [
        ...LINES.slice(0, 2),
        'a/1/1 1 old',
        '3 taskDispatchLost',
        'reset a/1/2',
        'a/1/2 1 new',
        '4 agentInvokeDone',
        '5 runDone',
      ];
      assert.deepEqual(seen.items, lines);
      await resuming;
      assert.deepEqual(resumed.items, lines.slice(3));
    });

    logTest('text of a run that was cancelled comes before its end', async (log) => {
      const run = newRun();
      await log.scheduler.commit(run, STEPS[0] ?? []);
      await log.events.appendTaskEvents({ events: deltas(run, what.ref('a'), ['half an ans']) });
      await log.scheduler.commit(run, [what.runCancelled()]);
      const lines = [...LINES.slice(0, 2), 'a/1/1 1 half an ans', '3 runCancelled'];
      assert.deepEqual(await linesOf(log.events.subscribeEvents({ ...run, includeTaskEvents: true })), lines);
      assert.deepEqual(await list(log, run), lines);
    });

    logTest('what was taken and not finished before a restart is stored after it', async (log) => {
      const run = newRun();
      const [first = [], second = [], third = []] = STEPS;
      await log.scheduler.commit(run, first);
      await log.scheduler.commit(run, second);
      await log.restart();
      const last = await log.scheduler.commit(run, third);
      await log.scheduler.relay(run);
      await eventually(() => log.scheduler.confirmed.has(last), { describe: 'confirmation' });
      assert.deepEqual(await list(log, run), LINES);
    });

    logTest('a run of another namespace is not found, and its cursors are good for nothing', async (log) => {
      const run = newRun('tenant-a');
      for (const step of STEPS) await log.scheduler.commit(run, step);
      assert.deepEqual(await list(log, run), LINES);
      const other = { ...run, namespace: 'tenant-b' };
      const isNotFound = (error: unknown) => reasonOf(error) === 'RUN_NOT_FOUND';
      await assert.rejects(log.events.listEvents(other), isNotFound);
      const { cursor } = (await Array.fromAsync(log.events.subscribeEvents(run))).at(0) ?? { cursor: '' };
      await assert.rejects(linesOf(log.events.subscribeEvents({ ...other, cursor })), (error) => {
        return reasonOf(error) === 'INVALID_CURSOR';
      });
    });

    logTest('what is malformed in a request is named', async (log) => {
      const run = newRun();
      for (const step of STEPS) await log.scheduler.commit(run, step);
      const { nextPageToken } = await log.events.listEvents({ ...run, pageSize: 1 });
      const reasons = await Promise.all(
        [
          log.events.listEvents({ runId: '' }),
          log.events.listEvents({ runId: 'no uuid' }),
          log.events.listEvents({ ...run, namespace: 'NO' }),
          log.events.listEvents({ ...run, pageSize: 1001 }),
          log.events.listEvents({ ...run, afterSeq: -1n }),
          log.events.listEvents({ ...run, eventNames: ['run_exploded'] }),
          log.events.appendTaskEvents({ events: [{ ...run, nodeId: 'a', attempt: 1, dispatch: 1 }] }),
          log.events.listEvents({ ...run, pageToken: 'garbage' }),
          log.events.listEvents({ ...run, pageToken: nextPageToken, eventNames: ['run_done'] }),
          log.events.listEvents({ runId: newRunId(), pageToken: nextPageToken }),
          linesOf(log.events.subscribeEvents({ ...run, cursor: nextPageToken })),
        ].map((call) => call.then(() => 'OK', reasonOf)),
      );
      assert.deepEqual(reasons, [...Array(7).fill('INVALID_FIELD'), ...Array(4).fill('INVALID_CURSOR')]);
    });

    logTest('a follower that leaves is let go, and a stop ends the others with a reason to come back', async (log) => {
      const run = newRun();
      await log.scheduler.commit(run, STEPS[0] ?? []);
      // A client of Connect leaves a stream by its signal; a break alone tells nobody.
      const leaving = new AbortController();
      const left = linesOf(log.events.subscribeEvents(run, { signal: leaving.signal }));
      leaving.abort();
      await assert.rejects(left, { code: Code.Canceled });
      const seen = new Observed<string>();
      const following = (async () => {
        for await (const response of log.events.subscribeEvents(run)) seen.note(lineOf(response));
      })();
      const ended = assert.rejects(following, { code: Code.Unavailable });
      await seen.until((lines) => lines.length === 2);
      await log.restart();
      await ended;
    });
  });
}
