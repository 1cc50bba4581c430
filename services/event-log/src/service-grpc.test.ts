import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code, createClient } from '@connectrpc/connect';
import { createMemoryBus } from '@skein/bus';
import { EventService } from '@skein/contracts/eventlog';
import { TaskService } from '@skein/contracts/scheduler';
import { grpcTransport, reasonOf, startGrpcServer } from '@skein/rpc';
import { eventually, testDatabase } from '@skein/testkit';
import { createEventLogService } from './service.ts';
import { lineOf, silent } from './testing/event-log-under-test.ts';
import { FakeScheduler } from './testing/fake-scheduler.ts';
import { newRun, what } from './testing/sample-events.ts';

test('over gRPC: a stream is followed, broken off and continued, and errors keep their reasons', async () => {
  await using database = await testDatabase();
  await using bus = createMemoryBus();
  const scheduler = new FakeScheduler(bus);
  await using schedulerServer = await startGrpcServer({ port: 0, bindings: scheduler.bindings });
  using schedulerTransport = grpcTransport({ address: schedulerServer.address });
  const schedulerTasks = createClient(TaskService, schedulerTransport);
  const options = { databaseUrl: database.url, databasePoolMax: 4, bus, schedulerTasks, logger: silent };
  await using service = await createEventLogService(options);
  await using server = await startGrpcServer({ port: 0, bindings: service.bindings });
  using transport = grpcTransport({ address: server.address });
  const events = createClient(EventService, transport);
  assert.deepEqual(await service.ready(), { ready: true });

  const run = newRun('tenant-a');
  await scheduler.commit(run, [what.runStarted(), what.nodeScheduled('a')]);
  const lines: string[] = [];
  let cursor = '';
  const leaving = new AbortController();
  for await (const response of events.subscribeEvents(run, { signal: leaving.signal })) {
    lines.push(lineOf(response));
    cursor = response.cursor;
    if (lines.length === 2) break;
  }
  leaving.abort();
  await scheduler.commit(run, [what.nodeSucceeded('a'), what.runDone()], 'lost');
  for await (const response of events.subscribeEvents({ ...run, cursor })) lines.push(lineOf(response));
  assert.deepEqual(lines, ['1 runStarted', '2 nodeScheduled', '3 nodeSucceeded', '4 runDone']);

  const unknown = events.listEvents(newRun());
  await assert.rejects(unknown, (error) => reasonOf(error) === 'RUN_NOT_FOUND');
  await assert.rejects(events.listEvents({ ...run, namespace: 'tenant-b' }), { code: Code.NotFound });
  await schedulerServer.close(0);
  const away = events.listEvents(newRun());
  await assert.rejects(away, (error) => reasonOf(error) === 'SERVICE_UNAVAILABLE');
});

test('a process that cannot reach its database says so', async () => {
  await using database = await testDatabase();
  await using bus = createMemoryBus();
  const { tasks: schedulerTasks } = new FakeScheduler(bus);
  await using service = await createEventLogService({ databaseUrl: database.url, bus, schedulerTasks, logger: silent });
  await database[Symbol.asyncDispose]();
  const answer = await eventually(
    async () => {
      const readiness = await service.ready();
      return readiness.ready ? undefined : readiness.reason;
    },
    { describe: 'it is not ready' },
  );
  assert.match(answer, /database does not answer/);
});
