/** Agents that dial in, over either transport, with streams that break and executors that die. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { create, fromJson, toJson } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { Code } from '@connectrpc/connect';
import { AgentCardSchema, InvokeErrorSchema, QuestionSchema, ResultSchema } from '@skein/contracts/agent';
import { InstanceHealth } from '@skein/contracts/registry';
import { describeError } from '@skein/rpc';
import { eventually, freePort } from '@skein/testkit';
import {
  failureIn,
  outputOf,
  startStage,
  TRANSPORTS,
  type Stage,
  type StageOptions,
} from './testing/executor-stage.ts';
import { delta, inputOf, result, TestWorker, type WorkerWords } from './testing/test-worker.ts';

const TIMES = { heartbeatMs: 100, resumeMs: 400, leaseMs: 200 };

const start = (options: StageOptions = {}) =>
  startStage({ workerTimes: TIMES, ...options, env: { SKEIN_EXECUTOR_AGENT_WAIT: '5s', ...options.env } });

/** A worker that the stage's routes know of. */
async function dialIn(stage: Stage, words: WorkerWords): Promise<TestWorker> {
  const worker = new TestWorker(stage.workers, words);
  await worker.registered();
  return worker;
}

const dispatch = (stage: Stage, input: unknown, atMostOnce = false) =>
  stage.scheduler.dispatchAgent('puller', input, { atMostOnce });

suite('one stream', () => {
  for (const transport of TRANSPORTS) {
    test(`tasks come for credits, and events go back (${transport})`, async () => {
      await using stage = await start({ transport });
      await using worker = await dialIn(stage, { workerId: 'w-1', credits: 1 });
      const refs = [dispatch(stage, 'one'), dispatch(stage, 'two')];
      const seen = await stage.watch(refs[0]?.runId ?? '');
      const task = await worker.task();
      assert.equal(inputOf(task), 'one');
      assert.match(task.request?.idempotencyKey ?? '', /\/node\/1$/);
      assert.ok(Number(task.timeout?.seconds) > 20);
      worker.say(task.taskId, 1, delta('half '));
      worker.say(task.taskId, 2, delta('done'));
      worker.say(task.taskId, 3, result({ ok: true }));
      const report = await stage.scheduler.ended(refs[0] as never);
      assert.deepEqual(outputOf(report), { ok: true });
      assert.equal(report.facts?.targetVersion, '1.0.0');
      await eventually(() => worker.heard(task.taskId) === 3, { describe: 'the acknowledgement' });
      await eventually(() => seen.length > 0, { describe: 'the deltas' });
      assert.equal(worker.tasks.length, 1, 'no second task without a credit');
      worker.grant(1);
      const second = await worker.task(1);
      worker.say(second.taskId, 1, {
        case: 'error',
        value: create(InvokeErrorSchema, { code: 'NO', message: 'never' }),
      });
      const failure = failureIn(await stage.scheduler.ended(refs[1] as never));
      assert.deepEqual([failure.code, failure.retryable], ['NO', false]);
    });
  }

  test('a cancelled task is told to its worker', async () => {
    await using stage = await start();
    await using worker = await dialIn(stage, { workerId: 'w-1' });
    const ref = dispatch(stage, 1);
    const { taskId } = await worker.task();
    stage.scheduler.cancel(ref);
    await eventually(() => worker.cancelled.includes(taskId), { describe: 'the cancellation' });
    worker.say(taskId, 1, result(1));
    await eventually(() => worker.heard(taskId) === 1, { describe: 'a late result to be let go' });
  });

  test('a worker that stops takes no more tasks, and ends those it has', async () => {
    await using stage = await start();
    await using leaving = await dialIn(stage, { workerId: 'w-1' });
    const first = dispatch(stage, 1);
    const { taskId } = await leaving.task();
    leaving.send({ case: 'drain', value: {} });
    await using staying = await dialIn(stage, { workerId: 'w-2' });
    const rest = [2, 3, 4].map((input) => dispatch(stage, input));
    for (const at of rest.keys()) {
      const task = await staying.task(at);
      staying.say(task.taskId, 1, result(0));
    }
    for (const ref of rest) await stage.scheduler.ended(ref);
    leaving.say(taskId, 1, result('last'));
    assert.equal(outputOf(await stage.scheduler.ended(first)), 'last');
    assert.equal(leaving.tasks.length, 1);
  });

  test('the registry is told how workers are, and again when it has forgotten them', async () => {
    await using stage = await start();
    await using worker = await dialIn(stage, { workerId: 'w-1', credits: 2 });
    dispatch(stage, 1);
    await worker.task();
    const beats = () => stage.registry.heartbeats.flatMap(({ instances }) => instances);
    await eventually(() => beats().some(({ load, inFlight }) => load === 0.5 && inFlight === 1), {
      describe: 'the load of one task of two',
    });
    worker.send({ case: 'status', value: { load: 0.9 } });
    await eventually(() => beats().some(({ load }) => load === 0.9), { describe: 'the load in its own words' });
    stage.registry.remove('puller');
    await eventually(() => stage.registry.agents.get('puller')?.instances.length === 1, { describe: 'it to be back' });
    await worker[Symbol.asyncDispose]();
    await eventually(() => beats().some(({ health }) => health === InstanceHealth.UNHEALTHY), {
      describe: 'its absence',
    });
    await eventually(() => stage.registry.agents.get('puller')?.instances.length === 0, { describe: 'its end' });
  });
});

test('a worker asks, is answered under another key, and its question is never taken for the answer', async () => {
  await using stage = await start();
  await using worker = await dialIn(stage, { workerId: 'w-1' });
  const ref = dispatch(stage, 'shirt');
  const first = await worker.task();
  const state = fromJson(ValueSchema, { step: 1 });
  worker.say(first.taskId, 1, { case: 'question', value: create(QuestionSchema, { message: 'which size?', state }) });
  const asked = await stage.scheduler.ended(ref);
  assert.ok(asked.report.case === 'asked');
  assert.equal(asked.report.value.message, 'which size?');
  // Not acknowledged yet: the report is still in hand when the answer comes.
  const answer = { value: fromJson(ValueSchema, 'XL'), state, turn: 1 };
  const again = stage.scheduler.dispatchAgent('puller', 'shirt', { ref: { runId: ref.runId, dispatch: 2 }, answer });
  const second = await worker.task(1);
  assert.deepEqual(
    second.request?.answer && [second.request.answer.turn, toJson(ValueSchema, second.request.answer.value as never)],
    [1, 'XL'],
  );
  worker.say(second.taskId, 1, result('a shirt, XL'));
  assert.equal(outputOf(await stage.scheduler.ended(again)), 'a shirt, XL');
});

test('an answer ends the call that has not heard it, though another executor asked', async () => {
  await using stage = await start();
  await using worker = await dialIn(stage, { workerId: 'w-1', credits: 2 });
  const ref = dispatch(stage, 'shirt');
  const late = await worker.task();
  // Given up here, done elsewhere and asked there: this delivery is the one after the answer.
  const answer = { value: fromJson(ValueSchema, 'XL'), turn: 1 };
  const again = stage.scheduler.dispatchAgent('puller', 'shirt', { ref: { runId: ref.runId, dispatch: 3 }, answer });
  const onwards = await worker.task(1);
  assert.equal(onwards.request?.answer?.turn, 1);
  await eventually(() => worker.cancelled.includes(late.taskId), { describe: 'the end of the first call' });
  worker.say(onwards.taskId, 1, result('a shirt, XL'));
  assert.equal(outputOf(await stage.scheduler.ended(again)), 'a shirt, XL');
  assert.deepEqual(stage.scheduler.outcomesOf(ref).length, 1, 'the first call is reported to nobody');
});

suite('a broken stream', () => {
  for (const transport of TRANSPORTS) {
    test(`a worker that comes back goes on where it was heard (${transport})`, async () => {
      await using stage = await start({ transport });
      const before = await dialIn(stage, { workerId: 'w-1', credits: 2 });
      const refs = [dispatch(stage, 'at work'), dispatch(stage, 'never arrived')];
      const [atWork, lost] = [await before.task(0), await before.task(1)];
      before.say(atWork.taskId, 1, delta('one '));
      await eventually(() => before.heard(atWork.taskId) === 1, { describe: 'the first delta' });
      await before[Symbol.asyncDispose]();

      const running = [{ taskId: atWork.taskId, idempotencyKey: atWork.request?.idempotencyKey ?? '' }];
      await using after = await dialIn(stage, { workerId: 'w-1', running, credits: 1 });
      const { resumed, session } = await after.registered();
      assert.deepEqual(
        resumed.map(({ taskId, seq }) => [taskId, Number(seq)]),
        [[atWork.taskId, 1]],
      );
      assert.equal(session, 'embedded');
      // Sent again, and not counted again.
      after.say(atWork.taskId, 1, delta('one '));
      after.say(atWork.taskId, 2, delta('two'));
      after.say(atWork.taskId, 3, result('whole'));
      const report = await stage.scheduler.ended(refs[0] as never);
      assert.deepEqual([outputOf(report), Number(report.facts?.streamedBytes)], ['whole', 7]);
      const again = await after.task();
      assert.equal(again.taskId, lost.taskId, 'what it does not have is sent again');
      after.say(again.taskId, 1, result('arrived'));
      assert.equal(outputOf(await stage.scheduler.ended(refs[1] as never)), 'arrived');
    });
  }

  test('one that stays away gives up its tasks: what it was not sent at once, the rest after a while', async () => {
    await using stage = await start();
    const worker = await dialIn(stage, { workerId: 'w-1', credits: 1 });
    const [begun, waiting] = [dispatch(stage, 1), dispatch(stage, 2)];
    await worker.task();
    await worker[Symbol.asyncDispose]();
    assert.equal(failureIn(await stage.scheduler.ended(waiting)).code, 'AGENT_UNREACHABLE');
    const failure = failureIn(await stage.scheduler.ended(begun));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_UNREACHABLE', true]);
    assert.match(failure.message, /did not come back/);
  });

  test('what it was not sent goes to another worker within the attempt, also at most once', async () => {
    await using stage = await start();
    const busy = await dialIn(stage, { workerId: 'w-1', credits: 0 });
    const ref = dispatch(stage, 1, true);
    await eventually(() => stage.registry.heartbeats.some(({ instances }) => instances[0]?.inFlight === 1), {
      describe: 'the task to wait for its worker',
    });
    await using idle = await dialIn(stage, { workerId: 'w-2' });
    await eventually(() => stage.registry.agents.get('puller')?.instances.length === 2, { describe: 'both' });
    // The executor hears of the second by way of the registry.
    const probe = dispatch(stage, 'probe');
    const first = await idle.task();
    idle.say(first.taskId, 1, result('probed'));
    assert.equal(outputOf(await stage.scheduler.ended(probe)), 'probed');
    await busy[Symbol.asyncDispose]();
    const task = await idle.task(1);
    idle.say(task.taskId, 1, result('done'));
    assert.equal(outputOf(await stage.scheduler.ended(ref)), 'done');
  });

  test('one that says nothing counts as gone, and its stream is closed', async () => {
    await using stage = await start({ workerTimes: { ...TIMES, heartbeatMs: 30, resumeMs: 50 } });
    await using worker = await dialIn(stage, { workerId: 'w-1' });
    const ref = dispatch(stage, 1);
    await worker.task();
    await eventually(() => worker.ended, { describe: 'the stream to be closed' });
    assert.equal(describeError(worker.error).code, Code.Unavailable);
    assert.equal(failureIn(await stage.scheduler.ended(ref)).code, 'AGENT_UNREACHABLE');
  });

  test('a second stream of the same worker takes the place of the first', async () => {
    await using stage = await start();
    await using first = await dialIn(stage, { workerId: 'w-1' });
    await using second = await dialIn(stage, { workerId: 'w-1' });
    await eventually(() => first.ended, { describe: 'the first to end' });
    const ref = dispatch(stage, 1);
    const task = await second.task();
    second.say(task.taskId, 1, result(1));
    assert.equal(outputOf(await stage.scheduler.ended(ref)), 1);
  });

  test('work that goes on though its executor died is not done again', async () => {
    const old = await start();
    const before = await dialIn(old, { workerId: 'w-1' });
    const ref = dispatch(old, 'long');
    const first = await before.task();
    const key = first.request?.idempotencyKey ?? '';
    await old[Symbol.asyncDispose]();
    await before[Symbol.asyncDispose]();

    await using fresh = await start();
    await using after = await dialIn(fresh, {
      workerId: 'w-1',
      running: [{ taskId: first.taskId, idempotencyKey: key }],
    });
    assert.deepEqual((await after.registered()).resumed, []);
    await using other = await dialIn(fresh, { workerId: 'w-2' });
    await eventually(() => fresh.registry.agents.get('puller')?.instances.length === 2, { describe: 'both' });
    const again = fresh.scheduler.dispatchAgent('puller', 'long', { ref: { runId: ref.runId, dispatch: 2 } });
    const task = await after.task();
    assert.deepEqual([task.request?.idempotencyKey, task.request?.dispatch], [key, 2]);
    assert.equal(other.tasks.length, 0);
    after.say(task.taskId, 1, result('once'));
    assert.equal(outputOf(await fresh.scheduler.ended(again)), 'once');
  });

  test('work that nobody asks for again is stopped', async () => {
    await using stage = await start({ workerTimes: { ...TIMES, heartbeatMs: 50 } });
    await using worker = await dialIn(stage, { workerId: 'w-1', running: [{ taskId: 't', idempotencyKey: 'k' }] });
    const alive = setInterval(() => worker.send({ case: 'status', value: {} }), 20);
    try {
      await eventually(() => worker.cancelled.includes('t'), { describe: 'the cancellation' });
    } finally {
      clearInterval(alive);
    }
  });
});

suite('what workers do wrong', () => {
  const ended = async (stage: Stage, act: (worker: TestWorker) => void, words: Partial<WorkerWords> = {}) => {
    await using worker = new TestWorker(stage.workers, { workerId: 'w-1', ...words });
    act(worker);
    await eventually(() => worker.ended, { describe: 'the stream to end' });
    return describeError(worker.error);
  };

  test('is told with the field or the rule that was broken', async () => {
    await using stage = await start();
    const nothing = () => {};
    const nameless = await ended(stage, nothing, { workerId: 'a b', agentId: '', version: 'v1' });
    assert.deepEqual(
      nameless.violations.map(({ field }) => field),
      ['register.worker_id', 'register.card.agent_id', 'register.card.version'],
    );
    const twice = await ended(stage, (worker) => worker.send({ case: 'register', value: { workerId: 'w' } }));
    assert.equal(twice.reason, 'AGENT_PROTOCOL_VIOLATION');
    const greedy = await ended(stage, (worker) => worker.grant(10_001));
    assert.match(greedy.message, /1 to 10000 credits/);
  });

  test('a gap in the events ends the stream; an event without content fails the task', async () => {
    await using stage = await start();
    await using worker = await dialIn(stage, { workerId: 'w-1' });
    const [first, second] = [dispatch(stage, 1), dispatch(stage, 2)];
    const [one, two] = [await worker.task(0), await worker.task(1)];
    worker.say(one.taskId, 1, { case: undefined });
    assert.equal(failureIn(await stage.scheduler.ended(first)).code, 'AGENT_PROTOCOL_VIOLATION');
    worker.say(two.taskId, 2, delta('x'));
    await eventually(() => worker.ended, { describe: 'the stream to end' });
    assert.match(describeError(worker.error).message, /event 2 came after event 0/);
    assert.equal(failureIn(await stage.scheduler.ended(second)).code, 'AGENT_UNREACHABLE');
  });

  test('a registry that is away is told, and the worker comes again', async () => {
    await using stage = await start();
    stage.registry.refusing = true;
    const { code } = await ended(stage, () => {});
    assert.equal(code, Code.Unavailable);
    stage.registry.refusing = false;
    await using worker = await dialIn(stage, { workerId: 'w-1' });
    assert.equal(worker.ended, false);
  });
});

test('a worker of one executor is called by another', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  await using near = await start({ transport: 'grpc', address });
  await using far = await start({ registry: near.registry, address: `127.0.0.1:${await freePort()}` });
  await using worker = await dialIn(near, { workerId: 'w-1' });
  const refs = ['good', 'bad', 'cancelled'].map((input) => far.scheduler.dispatchAgent('puller', input));
  const tasks = new Map<unknown, string>();
  for (const at of refs.keys()) {
    const task = await worker.task(at);
    tasks.set(inputOf(task), task.taskId);
  }
  const [good = '', bad = '', cancelled = ''] = ['good', 'bad', 'cancelled'].map((input) => tasks.get(input));
  worker.say(good, 1, delta('text'));
  worker.say(good, 2, result({ n: 1 }));
  const report = await far.scheduler.ended(refs[0] as never);
  assert.deepEqual([outputOf(report), Number(report.facts?.streamedBytes)], [{ n: 1 }, 4]);
  worker.say(bad, 1, {
    case: 'error',
    value: create(InvokeErrorSchema, { code: 'BUSY', message: 'later', retryable: true }),
  });
  const failure = failureIn(await far.scheduler.ended(refs[1] as never));
  assert.deepEqual([failure.code, failure.message, failure.retryable], ['BUSY', 'later', true]);
  far.scheduler.cancel(refs[2] as never);
  await eventually(() => worker.cancelled.includes(cancelled), { describe: 'the cancellation' });
});

suite('unary calls', () => {
  const card = create(AgentCardSchema, { agentId: 'puller', version: '1.0.0' });
  const WAIT = { seconds: 5n };
  const poll = (stage: Stage, given: object = {}) =>
    stage.workers.pollTasks({ workerId: 'p-1', card, wait: WAIT, ...given });

  for (const transport of TRANSPORTS) {
    test(`tasks are polled, heard of and completed (${transport})`, async () => {
      await using stage = await start({ transport });
      const polling = poll(stage, { maxTasks: 2 });
      const ref = dispatch(stage, 'hello');
      const { tasks } = await polling;
      assert.equal(tasks.length, 1);
      const [{ taskToken, task, lease } = { taskToken: '' }] = tasks;
      assert.deepEqual([inputOf(task as never), lease?.nanos], ['hello', 200_000_000]);
      const { cancelled } = await stage.workers.heartbeatTask({ taskToken, delta: 'working' });
      assert.equal(cancelled, false);
      for (let round = 0; round < 2; round += 1) {
        await stage.workers.completeTask({ taskToken, result: create(ResultSchema, {}) });
      }
      const report = await stage.scheduler.ended(ref);
      assert.deepEqual([outputOf(report), Number(report.facts?.streamedBytes)], [null, 7]);
    });
  }

  test('a poll without a task ends with none; a task may fail', async () => {
    await using stage = await start();
    assert.deepEqual((await poll(stage, { wait: { nanos: 20_000_000 } })).tasks, []);
    const ref = dispatch(stage, 1);
    const { tasks } = await poll(stage);
    const taskToken = tasks[0]?.taskToken ?? '';
    await stage.workers.failTask({ taskToken, error: { code: 'NOPE', message: 'no', retryable: false } });
    assert.equal(failureIn(await stage.scheduler.ended(ref)).code, 'NOPE');
  });

  test('a task that is not heard of within its lease is given up', async () => {
    await using stage = await start();
    const ref = dispatch(stage, 1);
    const { tasks } = await poll(stage);
    const taskToken = tasks[0]?.taskToken ?? '';
    const failure = failureIn(await stage.scheduler.ended(ref));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_UNREACHABLE', true]);
    await assert.rejects(stage.workers.completeTask({ taskToken }), (error) => {
      const { code, reason } = describeError(error);
      assert.deepEqual([code, reason], [Code.NotFound, 'TASK_NOT_FOUND']);
      return true;
    });
  });

  test('a cancelled task is told with the next heartbeat', async () => {
    await using stage = await start({ workerTimes: { ...TIMES, leaseMs: 10_000 } });
    const ref = dispatch(stage, 1);
    const { tasks } = await poll(stage);
    const taskToken = tasks[0]?.taskToken ?? '';
    stage.scheduler.cancel(ref);
    await eventually(async () => (await stage.workers.heartbeatTask({ taskToken })).cancelled, {
      describe: 'the cancellation',
    });
  });

  test('a token may be given to any executor, but not one of nobody’s making', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    await using near = await start({ address, workerTimes: { ...TIMES, leaseMs: 10_000 } });
    await using far = await start({ registry: near.registry, address: `127.0.0.1:${await freePort()}` });
    const ref = dispatch(near, 1);
    const { tasks } = await poll(near);
    const taskToken = tasks[0]?.taskToken ?? '';
    await far.workers.completeTask({ taskToken });
    assert.equal(outputOf(await near.scheduler.ended(ref)), null);
    const elsewhere = Buffer.from(JSON.stringify(['10.0.0.1:1', 'default', 'puller', 'p-1', 't'])).toString(
      'base64url',
    );
    for (const [token, reason] of [
      ['garbage', 'INVALID_FIELD'],
      [elsewhere, 'TASK_NOT_FOUND'],
    ] as const) {
      await assert.rejects(
        far.workers.completeTask({ taskToken: token }),
        (error) => describeError(error).reason === reason,
      );
    }
  });

  test('a poll that is out of bounds names every field', async () => {
    await using stage = await start();
    const wrong = stage.workers.pollTasks({ workerId: '', card, maxTasks: 101 });
    await assert.rejects(wrong, (error) => describeError(error).violations[0]?.field === 'worker_id');
    const long = poll(stage, { maxTasks: 101, wait: { seconds: 61n } });
    await assert.rejects(long, (error) => {
      const fields = describeError(error).violations.map(({ field }) => field);
      assert.deepEqual(fields, ['max_tasks', 'wait']);
      return true;
    });
  });
});
