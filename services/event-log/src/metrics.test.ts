import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { createKysely } from '@skein/postgres';
import { createMemoryBus } from '@skein/bus';
import { RunEventSchema } from '@skein/contracts/event';
import { AgentMetricsGroup } from '@skein/contracts/eventlog';
import { msOfDuration } from '@skein/events';
import { reasonOf } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { postgresPendingMetrics } from './adapters/postgres/postgres-pending-metrics.ts';
import { PostgresRunEventStore } from './adapters/postgres/postgres-run-event-store.ts';
import type { EventLogTables } from './adapters/postgres/tables.ts';
import { postgresRunEraser } from './adapters/postgres/postgres-run-eraser.ts';
import { postgresMetricStore } from './adapters/postgres/postgres-metric-store.ts';
import { countPending } from './app/metrics/pending-metrics.ts';
import { durationClassOf, percentileMs } from './domain/metric.ts';
import { eventLogDatabase } from './testing/event-log-database.ts';
import { eventLogUnderTest } from './testing/event-log-under-test.ts';
import { newRun, transition, what, type What } from './testing/sample-events.ts';

const done = (nodeId: string, latencyMs: number, code = ''): What =>
  create(RunEventSchema, {
    event: {
      case: 'agentInvokeDone',
      value: {
        ...what.ref(nodeId),
        latency: { nanos: latencyMs * 1e6 },
        usage: { inputTokens: 10n, outputTokens: 5n, costMicroUsd: 1_500n },
        ...(code === '' ? {} : { outcome: { case: 'failure' as const, value: { code } } }),
      },
    },
  }).event;
const started = (nodeId: string, instanceId = 'i-1'): What =>
  create(RunEventSchema, {
    event: {
      case: 'agentInvokeStarted',
      value: { ...what.ref(nodeId), agentId: 'writer', agentVersion: '1.0.0', instanceId },
    },
  }).event;

test('calls and runs are counted once, however often their events come and whatever comes between', async () => {
  await using bus = createMemoryBus();
  await using log = await eventLogUnderTest(bus);
  const run = newRun('tenant-a');
  await log.scheduler.commit(run, [what.runStarted('story'), started('a'), done('a', 100)]);
  await log.scheduler.commit(run, [started('b', 'i-2')]);
  // A process that has forgotten everything reads the start of the call and of the run from its store.
  await eventually(async () => (await log.events.listEvents(run)).entries.length === 4, { describe: 'the start' });
  await log.restart();
  await log.scheduler.commit(run, [done('b', 300, 'TIMEOUT'), what.runDone()]);
  const asked = { namespace: 'tenant-a', agentId: 'writer' };
  const [all] = await eventually(
    async () => {
      const { metrics } = await log.metrics.getAgentMetrics(asked);
      return metrics[0]?.callCount === 2n ? metrics : undefined;
    },
    { describe: 'both calls are counted' },
  );
  await log.scheduler.relay(run);
  const marker = newRun('tenant-a');
  const batch = await log.scheduler.commit(marker, [what.runStarted('story')]);
  await eventually(() => log.scheduler.confirmed.has(batch), { describe: 'the repetition was handled' });
  assert.partialDeepStrictEqual(all, {
    failedCount: 1n,
    failuresByCode: { TIMEOUT: 1n },
    inputTokens: 20n,
    outputTokens: 10n,
    costMicroUsd: 3_000n,
  });
  assert.equal(msOfDuration(all?.latency?.sum), 400);
  const { metrics } = await log.metrics.getAgentMetrics({ ...asked, groupBy: AgentMetricsGroup.INSTANCE });
  assert.deepEqual(
    metrics.map((it) => [it.agentVersion, it.instanceId, it.callCount, it.failedCount]),
    [
      ['1.0.0', 'i-1', 1n, 0n],
      ['1.0.0', 'i-2', 1n, 1n],
    ],
  );
  const workflow = { namespace: 'tenant-a', workflowId: 'story' };
  const [runs] = (await log.metrics.getWorkflowMetrics(workflow)).metrics;
  assert.partialDeepStrictEqual(runs, { startedCount: 2n, doneCount: 1n, failedCount: 0n, duration: { count: 1n } });
  const elsewhere = await log.metrics.getWorkflowMetrics({ ...workflow, namespace: 'tenant-b' });
  assert.equal(elsewhere.metrics[0]?.startedCount, 0n);
  const early = { endTime: { seconds: 1_000_000n } };
  assert.equal((await log.metrics.getAgentMetrics({ ...asked, ...early })).metrics[0]?.callCount, 0n);
  await assert.rejects(log.metrics.getAgentMetrics({}), (error) => reasonOf(error) === 'INVALID_FIELD');
  const backwards = { ...asked, startTime: { seconds: 2n }, endTime: { seconds: 1n } };
  await assert.rejects(log.metrics.getAgentMetrics(backwards), (error) => reasonOf(error) === 'INVALID_FIELD');
});

test('an end that is stored before its beginning counts once that is there, and once', async () => {
  await using database = await eventLogDatabase();
  // What another process of event-log has.
  const others = new PostgresRunEventStore(database.pool, createKysely<EventLogTables>(database.pool));
  const pending = postgresPendingMetrics(database.pool);
  const atMs = Date.now();
  const counts = async () => {
    const metrics = postgresMetricStore(database.pool);
    const of = async (kind: 'agent' | 'workflow', subjectId: string) => {
      const rows = await metrics.read({
        namespace: 'default',
        kind,
        subjectId,
        fromMs: atMs - 1000,
        untilMs: atMs + 1000,
      });
      return rows
        .map((it) => `${it.outcome} ${it.count}`)
        .toSorted()
        .join();
    };
    return [await of('agent', 'writer'), await of('workflow', 'story')];
  };
  const waiting = async () => (await database.pool.query('select first_seq from event_log.metric_pending')).rows.length;
  const lookNow = () => database.pool.query('update event_log.metric_pending set look_at = now()');

  const run = newRun();
  const first = transition(run, 1, [what.runStarted('story'), started('a')], atMs);
  const second = transition(run, 3, [done('a', 100), started('b')], atMs);
  const last = transition(run, 5, [done('b', 100), what.runDone()], atMs);
  // Another process stores what is before, or has not come to it yet.
  await database.runEvents.append([last]);
  await database.runEvents.append([last]);
  assert.deepEqual([await counts(), await waiting()], [['', ''], 1]);
  await countPending(pending);
  assert.deepEqual([await counts(), await waiting()], [['', ''], 1], 'nothing is known of it yet');
  await others.append([first]);
  await lookNow();
  await countPending(pending);
  assert.deepEqual([await counts(), await waiting()], [['', 'started 1'], 1], 'one of two calls is not known yet');
  await others.append([second]);
  await lookNow();
  await Promise.all([countPending(pending), countPending(pending)]);
  assert.deepEqual([await counts(), await waiting()], [[' 2', 'done 1,started 1'], 0]);
});

test('an end without a beginning is not waited for where everything before it is known, nor for ever', async () => {
  await using database = await eventLogDatabase();
  const pending = postgresPendingMetrics(database.pool);
  const waiting = async () => (await database.pool.query('select first_seq from event_log.metric_pending')).rows.length;
  const whole = newRun();
  await database.runEvents.append([transition(whole, 1, [what.runStarted('story')])]);
  await database.runEvents.append([transition(whole, 2, [done('never-called', 100, 'NO_INSTANCE')])]);
  assert.equal(await waiting(), 0);

  const torn = newRun();
  await database.runEvents.append([transition(torn, 5, [done('a', 100), started('b'), done('b', 100)])]);
  assert.equal(await waiting(), 1);
  await database.pool.query("update event_log.metric_pending set since = now() - interval '25 hours'");
  await countPending(pending);
  assert.equal(await waiting(), 0);
  const now = Date.now();
  const query = { namespace: 'default', kind: 'agent', subjectId: 'writer', fromMs: 0, untilMs: now + 1e6 } as const;
  assert.deepEqual(
    (await postgresMetricStore(database.pool).read(query)).map((it) => it.count),
    [1],
    'what is known of it counts',
  );

  const deleted = newRun();
  await database.runEvents.append([transition(deleted, 5, [what.runDone()])]);
  assert.equal(await waiting(), 1);
  await postgresRunEraser(database.pool).erase([deleted]);
  assert.equal(await waiting(), 0);
});

test('minutes become hours and count the same; what is too old goes', async () => {
  await using database = await eventLogDatabase();
  const metrics = postgresMetricStore(database.pool);
  const day = 24 * 60 * 60 * 1000;
  const hour = Math.floor((Date.now() - 3 * day) / 3_600_000) * 3_600_000;
  for (const minute of [0, 1, 59]) {
    const run = newRun();
    await database.runEvents.append([
      transition(run, 1, [what.runStarted(), started('a'), done('a', 50)], hour + minute * 60_000),
    ]);
  }
  const query = { namespace: 'default', kind: 'agent', subjectId: 'writer', fromMs: hour, untilMs: hour + 1 } as const;
  assert.equal((await metrics.read(query))[0]?.count, 1);
  assert.equal(await metrics.rollUp(day, 4), 4);
  assert.equal(await metrics.rollUp(day, 100), 2);
  assert.equal(await metrics.rollUp(day, 100), 0);
  assert.deepEqual(
    (await metrics.read(query)).map((it) => [it.count, it.durationMs, it.inputTokens]),
    [[3, 150, 30]],
  );
  assert.equal(await metrics.forget(10 * day, 100), 0);
  assert.equal(await metrics.forget(day, 100), 2);
  assert.deepEqual(await metrics.read(query), []);
});

test('a percentile is at most a quarter off', () => {
  for (const ms of [2, 17, 100, 999, 60_000, 86_400_000]) {
    const found = percentileMs([{ durationClass: durationClassOf(ms), count: 3 }], 0.95) ?? 0;
    assert.ok(found > ms * 0.75 && found < ms * 1.25, `${ms}: ${found}`);
  }
  assert.equal(percentileMs([{ durationClass: durationClassOf(undefined), count: 3 }], 0.5), undefined);
  const mixed = [
    { durationClass: durationClassOf(10), count: 98 },
    { durationClass: durationClassOf(5000), count: 2 },
  ];
  assert.ok((percentileMs(mixed, 0.5) ?? 0) < 15);
  assert.ok((percentileMs(mixed, 0.99) ?? 0) > 3000);
});
