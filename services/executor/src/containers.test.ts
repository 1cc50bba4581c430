/** Instances of deployments as containers: what the Engine is asked, and what becomes of it when it fails or goes away. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { createClient } from '@connectrpc/connect';
import {
  AgentProtocol,
  AssignmentState,
  ImagePullPolicy,
  InstanceLogService,
  type InstanceTemplateSchema,
} from '@skein/contracts/registry';
import { directTransport } from '@skein/rpc';
import { eventually, temporaryDirectory } from '@skein/testkit';
import { startStage, type Stage, type StageOptions } from './testing/executor-stage.ts';
import { FakeEngine } from './testing/fake-engine.ts';

const { RUNNING, RESTARTING, STOPPED } = AssignmentState;
const AGENT = join(import.meta.dirname, 'testing/hosted-agent.mjs');

interface Rig extends AsyncDisposable {
  readonly engine: FakeEngine;
  readonly stage: Stage;
}

async function open(options: StageOptions = {}, isThere = true): Promise<Rig> {
  await using cleanup = new AsyncDisposableStack();
  const { path } = cleanup.use(await temporaryDirectory());
  const engine = cleanup.use(new FakeEngine(path));
  if (isThere) await engine.open();
  const stage = cleanup.use(
    await startStage({
      hostTimes: { leaseMs: 30_000, beatMs: 50, settleMs: 50 },
      ...options,
      env: {
        SKEIN_EXECUTOR_RUNTIMES: 'container',
        SKEIN_EXECUTOR_DOCKER_SOCKET: engine.socketPath,
        ...options.env,
      },
    }),
  );
  const kept = cleanup.move();
  return { engine, stage, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function template(mode = '', container: object = {}): MessageInitShape<typeof InstanceTemplateSchema> {
  return {
    agentId: 'mine',
    version: '1.0.0',
    protocol: AgentProtocol.HTTP_PROCESS,
    runtime: { case: 'container', value: { image: 'agent:1', command: process.execPath, args: [AGENT], ...container } },
    env: { MODE: mode },
    resources: { cpuMillis: 500, memoryBytes: 64n * 1024n ** 2n },
    restart: { initialBackoff: durationFromMs(20), maxBackoff: durationFromMs(100) },
    health: { interval: durationFromMs(100), startTimeout: durationFromMs(30_000) },
    stopTimeout: durationFromMs(2000),
  };
}

const becomes = ({ stage }: Rig, state: AssignmentState, also = (_failure: string, _restarts: number) => true) =>
  eventually(
    () => {
      const report = stage.registry.assignments.reports.get('d-1');
      return report?.state === state && also(report.failure, report.restarts) ? report : undefined;
    },
    { describe: `state ${state}`, timeoutMs: 20_000 },
  );

const fails = (rig: Rig, text: RegExp) => becomes(rig, RESTARTING, (failure) => text.test(failure));

test('a container is started as its template says, registered, and removed', async () => {
  await using rig = await open();
  const { assignments, agents } = rig.stage.registry;
  assignments.assign('d-1', template());
  const report = await becomes(rig, RUNNING);
  const { running } = rig.engine;
  assert.equal(report.endpoint, `http://127.0.0.1:${running.port}`);
  assert.deepEqual([report.containerId, report.pid], [running.id, 0n]);
  assert.equal(report.notice, 'Your kernel does not support swap limit capabilities.');
  assert.deepEqual(
    agents.get('mine')?.instances.map(({ endpoint }) => endpoint),
    [report.endpoint],
  );
  assert.partialDeepStrictEqual(running.spec, {
    Image: 'agent:1',
    Entrypoint: [process.execPath],
    Cmd: [AGENT],
    Labels: { 'skein.deployment': 'd', 'skein.assignment': 'd-1', 'skein.namespace': 'default' },
    ExposedPorts: { '8080/tcp': {} },
    HostConfig: {
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
      RestartPolicy: { Name: 'no' },
      CpuPeriod: 100_000,
      CpuQuota: 50_000,
      Memory: 67_108_864,
      MemorySwap: 67_108_864,
    },
  });
  assert.ok(running.spec.Env.includes('PORT=8080') && running.spec.Env.includes('SKEIN_ASSIGNMENT_ID=d-1'));
  assert.ok(!running.spec.Env.some((pair) => pair.startsWith('PATH=')), 'nothing of the executor');
  assert.deepEqual([...rig.engine.versions], ['v1.41']);
  assignments.unwant('d-1');
  await becomes(rig, STOPPED);
  assert.equal(rig.engine.containers.size, 0);
});

test('an Engine that wants a newer API is spoken to in it', async () => {
  await using rig = await open({}, false);
  rig.engine.minVersion = '1.44';
  await rig.engine.open();
  rig.stage.registry.assignments.assign('d-1', template());
  await becomes(rig, RUNNING);
  assert.deepEqual([...rig.engine.versions], ['v1.44']);
});

test('an image is fetched when it is to be, and what hinders that is told', async () => {
  await using rig = await open();
  const { assignments } = rig.stage.registry;
  assignments.assign('d-1', template('', { image: 'registry.example:5000/other' }));
  await becomes(rig, RUNNING);
  assert.deepEqual(rig.engine.pulls, ['registry.example:5000/other:latest']);
  assignments.unwant('d-1');
  await becomes(rig, STOPPED);
  assignments.assign('d-1', template('', { image: 'nowhere:1', pull: ImagePullPolicy.NEVER }));
  await fails(rig, /does not have the image nowhere:1, and is told never to pull it/);
  assignments.unwant('d-1');
  await becomes(rig, STOPPED);
  assignments.assign('d-1', template('', { image: 'nowhere:1', pull: ImagePullPolicy.ALWAYS }));
  await fails(rig, /the image nowhere:1 cannot be pulled: pull access denied/);
});

test('one that ends is started again as another container, and says what it was', async () => {
  await using rig = await open();
  rig.stage.registry.assignments.assign('d-1', template());
  const { containerId } = await becomes(rig, RUNNING);
  rig.engine.running.oomKilled = true;
  rig.engine.running.child?.kill('SIGKILL');
  const { failure } = await becomes(rig, RUNNING, (_failure, restarts) => restarts === 1);
  assert.match(failure, /^agent:1 ran out of memory: it may have 64 MiB; its last lines:\nmode  secret/);
  assert.notEqual(rig.engine.running.id, containerId);
  assert.equal(rig.engine.containers.size, 1, 'the old one is removed');
});

test('an Engine that goes away and comes back is caught up with', async () => {
  await using rig = await open();
  rig.stage.registry.assignments.assign('d-1', template());
  await becomes(rig, RUNNING);
  const { running } = rig.engine;
  await rig.engine.close();
  const { child } = running;
  assert.ok(child);
  const over = new Promise((resolve) => void child.once('close', resolve));
  child.kill('SIGKILL');
  await over;
  // Nobody told: it is seen once the Engine is back.
  await rig.engine.open();
  const { failure } = await becomes(rig, RUNNING, (_failure, restarts) => restarts >= 1);
  assert.match(failure, /ended with exit code 137 \(SIGKILL\)|does not answer any more/);
  assert.equal(rig.engine.containers.size, 1);
});

test('one that lives through an outage of the Engine goes on, with its lines once each', async () => {
  await using rig = await open();
  rig.stage.registry.assignments.assign('d-1', template());
  const { containerId } = await becomes(rig, RUNNING);
  await rig.engine.close();
  await rig.engine.open();
  const logs = createClient(InstanceLogService, directTransport(rig.stage.executor.bindings));
  const following = (async () => {
    const texts: string[] = [];
    for await (const { line } of logs.streamInstanceLog({ assignmentId: 'd-1', tailLines: 10, follow: true })) {
      if (line !== undefined) texts.push(line.text);
    }
    return texts;
  })();
  rig.stage.registry.assignments.unwant('d-1');
  await becomes(rig, STOPPED);
  assert.deepEqual(await following, ['mode  secret']);
  const told = rig.stage.registry.assignments.told.filter((each) => each.containerId !== '');
  assert.ok(told.every((each) => each.containerId === containerId));
});

test('a container whose creation was not answered is removed, and that of an executor that is gone', async () => {
  await using rig = await open();
  const { assignments } = rig.stage.registry;
  assignments.gone.add('executor-dead');
  const [dead, unknown] = ['executor-dead', 'executor-unknown'].map((id) =>
    rig.engine.add({ 'skein.executor': id, 'skein.start': 's' }),
  );
  const foreign = rig.engine.add({ other: 'label' });
  rig.engine.losesNextAnswer = true;
  assignments.assign('d-1', template());
  await fails(rig, /the Docker Engine at .* does not answer/);
  const { containerId } = await becomes(rig, RUNNING);
  await eventually(() => rig.engine.containers.size === 3, { describe: 'what nobody keeps to be gone' });
  assert.deepEqual(new Set(rig.engine.containers.keys()), new Set([unknown, foreign, containerId]));
  assert.ok(dead !== undefined && !rig.engine.containers.has(dead));
});

test('an executor that others reach elsewhere starts none until it is told where', async () => {
  await using rig = await open({ address: `executor.example:0` });
  rig.stage.registry.assignments.assign('d-1', template());
  await fails(rig, /set SKEIN_EXECUTOR_PUBLISH_ADDRESS/);
});

test('an Engine that is not there is told, and holds up neither a start nor a stop', async () => {
  await using rig = await open({}, false);
  rig.stage.registry.assignments.assign('d-1', template());
  await fails(rig, /the Docker Engine at .*docker\.sock does not answer: .*ENOENT/);
  rig.stage.registry.assignments.unwant('d-1');
  await becomes(rig, STOPPED);
});
