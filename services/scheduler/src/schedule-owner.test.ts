/** The loss of a scheduler, as its schedules see it: processes, a real Postgres, a real nats-server. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createClient } from '@connectrpc/connect';
import { OverlapPolicy, RunService, ScheduleService, WorkflowService } from '@skein/contracts/scheduler';
import { msOfTimestamp } from '@skein/events';
import { grpcTransport } from '@skein/rpc';
import { eventually, freePort, natsServer, spawnProcess, testDatabase } from '@skein/testkit';

const MAIN = join(import.meta.dirname, 'main.ts');
const SCHEDULES = 16;
/** The longest that a fire may be late when its owner is lost. */
const MOST_LATE_MS = 3000;

test('kill -9 of the owner: no fire time is missed or repeated, and none is later than three seconds', async () => {
  await using database = await testDatabase();
  await using nats = await natsServer();
  const start = async (schedulerId: string) => {
    const port = await freePort();
    const process = await spawnProcess(globalThis.process.execPath, {
      args: [MAIN],
      env: {
        DATABASE_URL: database.url,
        SKEIN_NATS_URL: nats.url,
        SKEIN_SCHEDULER_ID: schedulerId,
        SKEIN_SCHEDULER_PORT: String(port),
        SKEIN_SCHEDULER_ADMIN_PORT: '0',
      },
      ready: /scheduler started/,
    });
    return { port, process, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
  };
  await using lasting = await start('lasting');
  await using lost = await start('lost');
  using transport = grpcTransport({ address: `127.0.0.1:${lasting.port}` });
  const workflows = createClient(WorkflowService, transport);
  const schedules = createClient(ScheduleService, transport);
  const runs = createClient(RunService, transport);
  const source = 'id: tick\nnodes: [{ id: a, type: transform, expression: input }]';
  await workflows.applyWorkflow({ definition: { case: 'source', value: source } });
  const ids = Array.from({ length: SCHEDULES }, (_, n) => `s-${n}`);
  for (const scheduleId of ids) {
    await schedules.createSchedule({
      scheduleId,
      spec: {
        intervals: [{ every: { seconds: 1n } }],
        overlap: OverlapPolicy.ALLOW_ALL,
        action: { target: { case: 'workflow', value: { workflowId: 'tick' } } },
      },
    });
  }
  /** Fire times and what became of them, oldest first. */
  const firesOf = async (scheduleId: string) => {
    const listed = await runs.listRuns({ labels: { 'skein.schedule_id': scheduleId }, pageSize: 1000 });
    return listed.runs.toReversed().map(({ labels, createdAt }) => {
      const fireMs = Date.parse(labels['skein.fire_time'] ?? '');
      return { fireMs, lateMs: msOfTimestamp(createdAt) - fireMs };
    });
  };
  const allHave = async (count: number) => {
    const fires = await Promise.all(ids.map(firesOf));
    return fires.every((it) => it.length >= count);
  };
  await eventually(() => allHave(3), { describe: 'three runs of each', timeoutMs: 30_000 });
  lost.process.kill('SIGKILL');
  await lost.process.exited;
  const killedAt = (await firesOf('s-0')).length;
  await eventually(() => allHave(killedAt + 5), { describe: 'five more of each', timeoutMs: 30_000 });
  for (const scheduleId of ids) {
    const fires = await firesOf(scheduleId);
    for (const [index, { fireMs }] of fires.slice(1).entries()) {
      assert.equal(fireMs - (fires[index]?.fireMs ?? 0), 1000, scheduleId);
    }
    const latest = Math.max(...fires.map(({ lateMs }) => lateMs));
    assert.ok(latest <= MOST_LATE_MS, `${scheduleId} was late by ${latest} ms`);
  }
});
