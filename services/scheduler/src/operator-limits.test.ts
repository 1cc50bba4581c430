import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunState } from '@skein/contracts/scheduler';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { FakeExecutor, succeeded } from './testing/fake-executor.ts';
import { schedulerRig, type SchedulerRig } from './testing/scheduler-rig.ts';

const reason = (expected: string) => (error: unknown) => describeError(error).reason === expected;

async function start(rig: SchedulerRig) {
  const { run } = await rig.runs.startRun({ target: { case: 'agent', value: { agentId: 'worker' } } });
  assert.ok(run);
  return run;
}

test('an operator limits a namespace; a raised limit lets runs begin at once, a deleted one all', async () => {
  await using rig = await schedulerRig();
  const set = await rig.limits.setLimit({ key: 'namespace', maxConcurrency: 1 });
  assert.deepEqual([set.limit?.effectiveMaxConcurrency, set.limit?.holderCount], [1, 0]);
  const ends: (() => void)[] = [];
  await using _ = new FakeExecutor(
    rig.tasks,
    () => new Promise((resolve) => void ends.push(() => resolve(succeeded('done')))),
  );
  const runs = [await start(rig), await start(rig), await start(rig), await start(rig)];
  assert.deepEqual(
    runs.map(({ state }) => state),
    [RunState.CREATED, RunState.CREATED, RunState.CREATED, RunState.CREATED],
  );
  const begun = (count: number) => eventually(() => ends.length === count, { describe: `${count} tasks` });
  await begun(1);
  const waiting = async () => (await rig.limits.getLimit({ key: 'namespace' })).limit?.waiterCount === 3;
  await eventually(waiting, { describe: 'three to wait' });
  await rig.limits.setLimit({ key: 'namespace', maxConcurrency: 2 });
  await begun(2);
  assert.deepEqual(
    (await rig.limits.listLimits({})).limits.map(({ key, holderCount }) => [key, holderCount]),
    [['namespace', 2]],
  );
  await rig.limits.deleteLimit({ key: 'namespace' });
  await begun(4);
  for (const end of ends) end();
  for (const { runId } of runs) {
    const { run } = await rig.runs.awaitRun({ runId, timeout: { seconds: 20n } });
    assert.equal(run?.state, RunState.DONE);
  }
  assert.equal((await start(rig)).state, RunState.RUNNING);
});

test('a rate of a workflow lets runs begin one after the other', async () => {
  await using rig = await schedulerRig();
  await rig.limits.setLimit({ key: 'workflow/agent.worker', rateLimit: 1, ratePer: { nanos: 300_000_000 } });
  const begunAtMs: number[] = [];
  await using _ = new FakeExecutor(rig.tasks, () => {
    begunAtMs.push(performance.now());
    return succeeded('done');
  });
  for (let n = 0; n < 4; n += 1) await start(rig);
  await eventually(() => begunAtMs.length === 4, { describe: 'all runs' });
  const [first = 0, , , last = 0] = begunAtMs;
  assert.ok(last - first > 3 * 300 - 100, `${last - first} ms`);
});

test('what is no limit is refused, and changes nothing', async () => {
  await using rig = await schedulerRig();
  const bad = [
    { key: '' },
    { key: 'orders', maxConcurrency: 1 },
    { key: 'workflow/', maxConcurrency: 1 },
    { key: 'namespace' },
    { key: 'namespace', maxConcurrency: 10_001 },
    { key: 'namespace', rateLimit: 1 },
    { key: 'namespace', rateLimit: 1, ratePer: { nanos: 1 } },
    { key: 'namespace', maxConcurrency: 1, ratePer: { seconds: 1n } },
  ];
  for (const request of bad) {
    await assert.rejects(rig.limits.setLimit(request), reason('INVALID_FIELD'), JSON.stringify(request.key));
  }
  await assert.rejects(rig.limits.getLimit({ key: 'namespace' }), reason('LIMIT_NOT_FOUND'));
  await assert.rejects(rig.limits.deleteLimit({ key: 'namespace' }), reason('LIMIT_NOT_FOUND'));
  assert.deepEqual((await rig.limits.listLimits({})).limits, []);
});
