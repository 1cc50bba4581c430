/** Instances of deployments as real processes, with everything that goes wrong with them. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { AgentProtocol, AssignmentState, type InstanceTemplateSchema } from '@skein/contracts/registry';
import { eventually, freePort, spawnProcess, temporaryDirectory } from '@skein/testkit';
import { pino } from 'pino';
import { outputOf, startStage, type Stage, type StageOptions } from './testing/executor-stage.ts';

const { STARTING, RUNNING, RESTARTING, STOPPING, STOPPED } = AssignmentState;
const AGENT = join(import.meta.dirname, 'testing/hosted-agent.mjs');
const HOST_TIMES = { leaseMs: 30_000, beatMs: 50, settleMs: 100 };

type Template = MessageInitShape<typeof InstanceTemplateSchema>;

function template(mode = '', about: object = {}): Template {
  return {
    agentId: 'mine',
    version: '1.0.0',
    protocol: AgentProtocol.HTTP_PROCESS,
    runtime: { case: 'process', value: { command: process.execPath, args: [AGENT] } },
    env: { MODE: mode },
    restart: { initialBackoff: durationFromMs(20), maxBackoff: durationFromMs(100) },
    health: { interval: durationFromMs(100), startTimeout: durationFromMs(30_000) },
    stopTimeout: durationFromMs(5000),
    ...about,
  };
}

const stage = (options: StageOptions = {}) =>
  startStage({ hostTimes: HOST_TIMES, ...options, env: { SKEIN_EXECUTOR_RUNTIMES: 'process', ...options.env } });

const reportOf = ({ registry }: Pick<Stage, 'registry'>, id = 'd-1') => registry.assignments.reports.get(id);

/** Resolves with the report once the instance is in this state, and as `also` says. */
const becomes = (
  rig: Pick<Stage, 'registry'>,
  state: AssignmentState,
  also = (_failure: string, _restarts: number) => true,
) =>
  eventually(
    () => {
      const report = reportOf(rig);
      return report?.state === state && also(report.failure, report.restarts) ? report : undefined;
    },
    { describe: `state ${state}`, timeoutMs: 20_000 },
  );

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const isGone = (pid: number) => eventually(() => !isAlive(pid), { describe: `process ${pid} to be gone` });

test('a process is started, registered when it answers, and stopped without losing its calls', async () => {
  await using rig = await stage({ address: `127.0.0.1:${await freePort()}` });
  rig.registry.assignments.assign('d-1', template());
  const running = await becomes(rig, RUNNING);
  assert.match(running.endpoint, /^http:\/\/127\.0\.0\.1:\d+$/);
  const pid = Number(running.pid);
  assert.ok(isAlive(pid));
  const instances = () => rig.registry.agents.get('mine')?.instances ?? [];
  assert.deepEqual(
    instances().map(({ endpoint, version }) => [endpoint, version]),
    [[running.endpoint, '1.0.0']],
  );
  await eventually(() => rig.registry.heartbeats.length > 1, { describe: 'heartbeats' });
  const answer = await fetch(`${running.endpoint}/process`, { method: 'POST', body: '{}' });
  assert.deepEqual(await answer.json(), { output: 'done' });

  const [instance] = instances();
  assert.ok(instance);
  rig.registry.setLoad('mine', { inFlight: 1 });
  rig.registry.assignments.unwant('d-1');
  await becomes(rig, STOPPING);
  await eventually(() => instances()[0]?.drained === true, { describe: 'no more calls' });
  assert.ok(isAlive(pid), 'a call is under way');
  rig.registry.setLoad('mine', { inFlight: 0 });
  await becomes(rig, STOPPED);
  assert.equal(isAlive(pid), false);
  assert.deepEqual(instances(), []);
  const states = rig.registry.assignments.told.map(({ state }) => state);
  assert.deepEqual(
    states.filter((state, at) => state !== states[at - 1]),
    [STARTING, RUNNING, STOPPING, STOPPED],
  );
});

/** Longer than any test: nobody may wait for other executors. */
const NEVER_SETTLED = { ...HOST_TIMES, settleMs: 600_000 };

test('the only executor stops one that nobody calls at once, and one that is called after its last call', async () => {
  await using rig = await stage({ hostTimes: NEVER_SETTLED });
  const patient = template('', { stopTimeout: durationFromMs(600_000) });
  rig.registry.assignments.assign('d-1', patient);
  await becomes(rig, RUNNING);
  rig.registry.assignments.unwant('d-1');
  await becomes(rig, STOPPED);
  assert.deepEqual(rig.registry.agents.get('mine')?.instances, []);

  rig.registry.assignments.assign('d-2', { ...patient, env: { MODE: 'patient' } });
  await eventually(() => reportOf(rig, 'd-2')?.state === RUNNING, { describe: 'another', timeoutMs: 20_000 });
  const endpoint = reportOf(rig, 'd-2')?.endpoint ?? '';
  const pid = Number(reportOf(rig, 'd-2')?.pid);
  const first = rig.scheduler.dispatchAgent('mine', null);
  const answered = async () => Number(await (await fetch(`${endpoint}/go`)).text());
  await eventually(async () => (await answered()) === 1, { describe: 'a call to arrive' });
  assert.equal(outputOf(await rig.scheduler.ended(first)), 'done');
  const second = rig.scheduler.dispatchAgent('mine', null);
  await eventually(
    () => rig.scheduler.reports.some(({ ref, report }) => ref?.runId === second.runId && report.case === 'started'),
    {
      describe: 'the call to be on its way',
      timeoutMs: 10_000,
    },
  );
  rig.registry.assignments.unwant('d-2');
  await eventually(() => reportOf(rig, 'd-2')?.state === STOPPING, { describe: 'it to be told to stop' });
  await eventually(() => rig.registry.agents.get('mine')?.instances[0]?.drained === true, { describe: 'the drain' });
  assert.ok(isAlive(pid), 'a call is under way');
  await eventually(async () => (await answered()) === 1, { describe: 'the call to be answered' });
  assert.equal(outputOf(await rig.scheduler.ended(second)), 'done');
  await eventually(() => reportOf(rig, 'd-2')?.state === STOPPED, { describe: 'it to have stopped' });
});

test('one that ends while its last calls are waited for is gone at once', async () => {
  await using rig = await stage({ hostTimes: NEVER_SETTLED, address: `127.0.0.1:${await freePort()}` });
  rig.registry.assignments.assign('d-1', template('', { stopTimeout: durationFromMs(600_000) }));
  const { pid } = await becomes(rig, RUNNING);
  rig.registry.assignments.unwant('d-1');
  await eventually(() => rig.registry.agents.get('mine')?.instances[0]?.drained === true, { describe: 'the drain' });
  process.kill(Number(pid), 'SIGKILL');
  await becomes(rig, STOPPED);
  assert.deepEqual(rig.registry.agents.get('mine')?.instances, []);
});

test('a command that does not exist says so, and is tried again', async () => {
  await using rig = await stage();
  const runtime = { case: 'process', value: { command: '/no/such/program' } } as const;
  rig.registry.assignments.assign('d-1', template('', { runtime }));
  const { failure } = await becomes(rig, RESTARTING, (_failure, restarts) => restarts >= 2);
  assert.match(failure, /^\/no\/such\/program ended with exit code 127; its last lines:\n.*not found/s);
  assert.equal(rig.registry.agents.has('mine'), false, 'it was never registered');
  rig.registry.assignments.unwant('d-1');
  await becomes(rig, STOPPED);
});

test('one that ends at once tells its last lines; a folder that is not there is told too', async () => {
  await using rig = await stage();
  const script = 'i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo "line $i"; done; echo bad >&2; exit 3';
  const runtime = { case: 'process' as const, value: { command: '/bin/sh', args: ['-c', script] } };
  rig.registry.assignments.assign('d-1', template('', { runtime }));
  const { failure } = await becomes(rig, RESTARTING, (text) => text.includes('exit code 3'));
  assert.match(failure, /line 100/);
  assert.doesNotMatch(failure, /line 70\n/, 'only the last ones');
  const nowhere = { ...runtime, value: { ...runtime.value, workingDirectory: '/no/such/folder' } };
  rig.registry.assignments.assign('d-2', template('', { runtime: nowhere }));
  await eventually(() => /cannot be started.*ENOENT/.test(reportOf(rig, 'd-2')?.failure ?? ''), { describe: 'it' });
});

test('one that ignores SIGTERM is killed, with what it has started', async () => {
  await using rig = await stage();
  rig.registry.assignments.assign('d-1', template('deaf', { stopTimeout: durationFromMs(200) }));
  const pid = Number((await becomes(rig, RUNNING)).pid);
  rig.registry.assignments.unwant('d-1');
  await becomes(rig, STOPPED);
  assert.equal(isAlive(pid), false);
});

test('one that never becomes ready is never registered, and started again after its time', async () => {
  await using rig = await stage();
  const health = { startTimeout: durationFromMs(1500) };
  rig.registry.assignments.assign('d-1', template('never-ready', { health }));
  const { failure } = await becomes(rig, RESTARTING, (text) => text.includes('SIGTERM'));
  assert.match(failure, /^not ready within 1500 ms: GET \/health is answered with 503; .* ended by SIGTERM/s);
  assert.equal(rig.registry.agents.has('mine'), false);
});

test('one that flaps is in the routes only while it lives', async () => {
  await using rig = await stage();
  rig.registry.assignments.assign('d-1', template('flap'));
  const { failure } = await becomes(rig, RESTARTING, (_text, restarts) => restarts >= 2);
  assert.match(failure, /ended with exit code 7/);
  assert.ok(rig.registry.assignments.told.some(({ state }) => state === RUNNING));
  rig.registry.assignments.unwant('d-1');
  await becomes(rig, STOPPED);
  assert.deepEqual(rig.registry.agents.get('mine')?.instances, []);
});

test('one that does not answer any more is started again', async () => {
  await using rig = await stage();
  rig.registry.assignments.assign('d-1', template('forgetful'));
  const { failure } = await becomes(rig, RUNNING, (_text, restarts) => restarts > 0);
  assert.match(failure, /^does not answer any more: GET \/health is answered with 503; .* ended by SIGTERM/s);
});

test('what it starts ends with it, and a crash is seen at once', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  await using rig = await stage({ logger });
  rig.registry.assignments.assign('d-1', template('parent'));
  const { pid } = await becomes(rig, RUNNING);
  const logged = lines.find((line) => line.includes('child '));
  assert.ok(logged);
  assert.partialDeepStrictEqual(JSON.parse(logged), { deployment_id: 'd', assignment_id: 'd-1' });
  const child = Number(/child (\d+)/.exec(logged)?.[1]);
  assert.ok(isAlive(child));
  process.kill(Number(pid), 'SIGKILL');
  const { failure } = await becomes(rig, RUNNING, (_text, restarts) => restarts === 1);
  assert.match(failure, /was ended by SIGKILL/);
  await isGone(child);
});

test('a secret reaches the process and nobody else', async () => {
  await using folder = await temporaryDirectory();
  await writeFile(join(folder.path, 'key'), 'hunter2-and-more\n');
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  await using rig = await stage({ logger, env: { SKEIN_EXECUTOR_SECRETS_DIR: folder.path } });
  rig.registry.assignments.assign('d-1', template('secret', { secretEnv: { SECRET: 'key' } }));
  const missing = template('secret', { secretEnv: { SECRET: 'other' } });
  rig.registry.assignments.assign('d-2', missing);
  await becomes(rig, RUNNING);
  await eventually(() => /no secret other: put it/.test(reportOf(rig, 'd-2')?.failure ?? ''), {
    describe: 'the other',
  });
  assert.ok(lines.some((line) => line.includes('mode secret secret ***')));
  assert.ok(!lines.some((line) => line.includes('hunter2')));
});

test('limits that cannot be kept are told, and keep nobody from running', async () => {
  await using folder = await temporaryDirectory();
  const limits = template('', { resources: { cpuMillis: 500, memoryBytes: 64n * 1024n ** 2n } });
  for (const [env, notice] of [
    [{}, /^its limits are not kept: this executor has no SKEIN_EXECUTOR_CGROUP_DIR$/],
    [{ SKEIN_EXECUTOR_CGROUP_DIR: folder.path }, /^its limits are not kept: ENOENT.*cgroup\.subtree_control/],
  ] as const) {
    await using rig = await stage({ env });
    rig.registry.assignments.assign('d-1', limits);
    assert.match((await becomes(rig, RUNNING)).notice, notice);
    rig.registry.assignments.unwant('d-1');
    await becomes(rig, STOPPED);
  }
});

test('an executor that stops gives its instances to others first, and ends them', async () => {
  const rig = await stage();
  rig.registry.assignments.assign('d-1', template());
  const pid = Number((await becomes(rig, RUNNING)).pid);
  assert.deepEqual(rig.registry.assignments.watches[0]?.runtimes, ['process']);
  await rig.executor.drain();
  assert.deepEqual([rig.registry.assignments.hasLeft, isAlive(pid)], [true, true]);
  await rig[Symbol.asyncDispose]();
  assert.equal(isAlive(pid), false);
});

test('an executor that is killed leaves no process behind', async () => {
  const script = join(import.meta.dirname, 'testing/mortal-host.ts');
  await using host = await spawnProcess(process.execPath, { args: [script, AGENT], ready: /READY (\d+) (\d+)/ });
  const [, parent, child] = await host.waitFor(/READY (\d+) (\d+)/);
  assert.ok(isAlive(Number(parent)) && isAlive(Number(child)));
  host.kill('SIGKILL');
  await isGone(Number(parent));
  await isGone(Number(child));
});
