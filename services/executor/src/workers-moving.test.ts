/** Workers whose executor stops, dies or is left, and calls that wait for them meanwhile. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { describeError } from '@skein/rpc';
import { eventually, freePort } from '@skein/testkit';
import { failureIn, outputOf, startStage, type Stage, type StageOptions } from './testing/executor-stage.ts';
import { result, TestWorker, type WorkerWords } from './testing/test-worker.ts';

const TIMES = { heartbeatMs: 1000, resumeMs: 400, leaseMs: 200 };

const start = (options: StageOptions = {}) => startStage({ workerTimes: TIMES, ...options });

async function dialIn(stage: Stage, words: WorkerWords): Promise<TestWorker> {
  const worker = new TestWorker(stage.workers, words);
  await worker.registered();
  return worker;
}

const dispatch = (stage: Stage, input: unknown) => stage.scheduler.dispatchAgent('puller', input);

test('a worker that moves takes the work with it, also for who had called it through its executor', async () => {
  const addresses = [await freePort(), await freePort()].map((port) => `127.0.0.1:${port}`);
  const [one = '', two = ''] = addresses;
  const near = await start({ transport: 'grpc', address: one });
  await using far = await start({ registry: near.registry, address: two });
  const before = await dialIn(near, { workerId: 'w-1' });
  const ref = far.scheduler.dispatchAgent('puller', 'long');
  const first = await before.task();
  await near[Symbol.asyncDispose]();
  await eventually(() => before.ended, { describe: 'the worker to be let go' });
  assert.deepEqual(before.cancelled, []);

  const running = [{ taskId: first.taskId, idempotencyKey: first.request?.idempotencyKey ?? '' }];
  await using after = await dialIn(far, { workerId: 'w-1', running });
  const again = await after.task();
  assert.equal(again.request?.idempotencyKey, first.request?.idempotencyKey);
  assert.notEqual(again.taskId, first.taskId, 'an id that it has would say nothing new');
  after.say(again.taskId, 1, result('once'));
  const report = await far.scheduler.ended(ref);
  assert.equal(outputOf(report), 'once');
  // How often the one that was left is tried again is a matter of moments.
  assert.ok((report.facts?.instancesTried ?? 0) >= 2);
});

test('a worker that is cut off from an executor that goes on takes its work to another one', async () => {
  const [one, two] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  await using near = await start({ transport: 'grpc', address: one });
  await using far = await start({ transport: 'grpc', registry: near.registry, address: two });
  const before = await dialIn(near, { workerId: 'w-1' });
  const ref = dispatch(near, 'long');
  const first = await before.task();
  await before[Symbol.asyncDispose]();
  const running = [{ taskId: first.taskId, idempotencyKey: first.request?.idempotencyKey ?? '' }];
  await using after = await dialIn(far, { workerId: 'w-1', running });
  await eventually(
    () =>
      near.registry.agents
        .get('puller')
        ?.instances.map(({ endpoint }) => endpoint)
        .join() === `worker:${two}/w-1`,
    { describe: 'it to be registered at one executor alone' },
  );
  const again = await after.task();
  assert.equal(again.request?.idempotencyKey, first.request?.idempotencyKey);
  after.say(again.taskId, 1, result('once'));
  assert.equal(outputOf(await near.scheduler.ended(ref)), 'once');
});

suite('an executor that stops', () => {
  test('lets workers go that have nothing in hand, the others when they have ended it, and admits nobody', async () => {
    await using stage = await start();
    const idle = await dialIn(stage, { workerId: 'idle', agentId: 'other' });
    await using busy = await dialIn(stage, { workerId: 'busy' });
    const ref = dispatch(stage, 1);
    const task = await busy.task();
    const drained = stage.executor.drain();
    await eventually(() => idle.ended, { describe: 'the idle one to be let go' });
    assert.equal(describeError(idle.error).reason, 'NOT_READY');
    await eventually(() => stage.registry.agents.get('other')?.instances.length === 0, {
      describe: 'it to be no route',
    });
    assert.equal(busy.ended, false);
    await using late = new TestWorker(stage.workers, { workerId: 'late' });
    await eventually(() => late.ended, { describe: 'the late one to be refused' });
    assert.equal(describeError(late.error).reason, 'NOT_READY');

    busy.say(task.taskId, 1, result('done'));
    assert.equal(outputOf(await stage.scheduler.ended(ref)), 'done');
    await eventually(() => busy.ended, { describe: 'the busy one to be let go' });
    assert.equal(busy.heard(task.taskId), 1);
    await drained;
  });

  test('cancels nothing that a worker has not ended in time', async () => {
    const stage = await start({ env: { SKEIN_EXECUTOR_DRAIN_TIMEOUT: '50ms' } });
    await using worker = await dialIn(stage, { workerId: 'w-1' });
    const ref = dispatch(stage, 1);
    await worker.task();
    await stage[Symbol.asyncDispose]();
    assert.deepEqual([worker.ended, worker.cancelled], [true, []]);
    assert.deepEqual(stage.scheduler.outcomesOf(ref), []);
  });
});

suite('a call that finds no worker', () => {
  test('waits for one to come, or to come back, and says so', async () => {
    await using stage = await start({ workerTimes: { ...TIMES, resumeMs: 5000 } });
    const before = await dialIn(stage, { workerId: 'w-1', credits: 0 });
    const ref = stage.scheduler.dispatchAgent('puller', 1, { heartbeatMs: 60_000, atMostOnce: true });
    await eventually(() => stage.registry.heartbeats.some(({ instances }) => instances[0]?.inFlight === 1), {
      describe: 'the task to wait for its worker',
    });
    await before[Symbol.asyncDispose]();
    const waits = () =>
      stage.scheduler.reports.flatMap(({ report }) => (report.case === 'waiting' ? [report.value.waitingFor] : []));
    await eventually(() => waits()[0] === 'a worker of agent puller', { describe: 'the wait' });
    await using after = await dialIn(stage, { workerId: 'w-1' });
    const task = await after.task();
    after.say(task.taskId, 1, result('back'));
    assert.equal(outputOf(await stage.scheduler.ended(ref)), 'back');
  });

  test('fails when none comes in time', async () => {
    await using stage = await start();
    const worker = await dialIn(stage, { workerId: 'w-1' });
    worker.send({ case: 'drain', value: {} });
    await worker[Symbol.asyncDispose]();
    await eventually(() => stage.registry.agents.get('puller')?.instances.length === 0, { describe: 'it to be gone' });
    const failure = failureIn(await stage.scheduler.ended(dispatch(stage, 1)));
    assert.deepEqual([failure.code, failure.message], ['AGENT_UNAVAILABLE', 'agent puller has no instance']);
  });
});
