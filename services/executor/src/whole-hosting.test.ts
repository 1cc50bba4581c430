/** Deployments that one executor looks after as a whole: servers of somebody else, and functions of the process. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { AgentProtocol, AssignmentState, type InstanceTemplateSchema } from '@skein/contracts/registry';
import { eventually } from '@skein/testkit';
import { outputOf, startStage, type Stage, type StageOptions } from './testing/executor-stage.ts';

const { STARTING, RUNNING, RESTARTING, STOPPING, STOPPED } = AssignmentState;
const HOST_TIMES = { leaseMs: 30_000, beatMs: 50, settleMs: 50 };

type Template = MessageInitShape<typeof InstanceTemplateSchema>;

const stage = (options: StageOptions = {}) =>
  startStage({ hostTimes: HOST_TIMES, ...options, env: { SKEIN_EXECUTOR_RUNTIMES: 'external,in_process' } });

/** A server that is healthy for as long as `status` is 200. */
async function somebodysServer(): Promise<{ url: string; status: number } & AsyncDisposable> {
  const server: Server = createServer((request, response) => {
    if (request.url === '/base/ready') response.writeHead(somebody.status).end();
    else response.setHeader('content-type', 'application/json').end(JSON.stringify({ output: 'theirs' }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const somebody = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`,
    status: 200,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return somebody;
}

const external = (endpoints: string[], version = '1.0.0'): Template => ({
  agentId: 'theirs',
  version,
  protocol: AgentProtocol.HTTP_PROCESS,
  runtime: { case: 'external', value: { endpoints } },
  health: { path: '/ready', interval: durationFromMs(20), unhealthyThreshold: 2 },
  stopTimeout: durationFromMs(1000),
});

const reportOf = ({ registry }: Pick<Stage, 'registry'>) => registry.assignments.reports.get('d-1');
const becomes = (rig: Stage, state: AssignmentState, instances: number, revision = 1n) =>
  eventually(
    () => {
      const report = reportOf(rig);
      const fits = report?.state === state && report.endpoints.length === instances && report.revision === revision;
      return fits ? report : undefined;
    },
    { describe: `state ${state} with ${instances}` },
  );
const routed = ({ registry }: Stage) =>
  (registry.agents.get('theirs')?.instances ?? []).filter(({ drained }) => !drained);

test('servers of somebody else are registered while they answer, and left alone when the deployment goes', async () => {
  await using rig = await stage();
  await using one = await somebodysServer();
  await using two = await somebodysServer();
  two.status = 503;
  const both = external([one.url, two.url]);
  rig.registry.assignments.assign('d-1', both, true, { replicas: 2 });
  const half = await becomes(rig, RESTARTING, 1);
  assert.deepEqual([half.endpoints, half.updatedReplicas], [[one.url], 1]);
  assert.match(half.failure, /\/base: GET \/ready is answered with 503$/);
  assert.equal(routed(rig).length, 1);
  two.status = 200;
  await becomes(rig, RUNNING, 2);
  const report = await rig.scheduler.ended(rig.scheduler.dispatchAgent('theirs', null));
  assert.equal(outputOf(report), 'theirs');
  one.status = 500;
  await becomes(rig, RESTARTING, 1);
  await eventually(() => routed(rig).length === 1, { describe: 'one in the routes' });
  one.status = 200;
  await becomes(rig, RUNNING, 2);

  // Another revision takes over what answers; nothing is out of the routes meanwhile.
  rig.registry.assignments.assign('d-1', external([one.url, two.url], '2.0.0'), true, { replicas: 2, revision: 2n });
  await becomes(rig, RUNNING, 2, 2n);
  await eventually(() => routed(rig).length === 2, { describe: 'both' });
  assert.equal(
    rig.registry.agents.get('theirs')?.instances.every(({ version }) => version === '2.0.0'),
    true,
  );

  rig.registry.assignments.unwant('d-1');
  await becomes(rig, STOPPED, 0, 0n);
  const states = new Set(rig.registry.assignments.told.map(({ state }) => state));
  assert.ok(states.has(STARTING) && states.has(STOPPING));
  assert.deepEqual(rig.registry.agents.get('theirs')?.instances, []);
  assert.equal((await fetch(one.url)).status, 200);
});

test('what another executor is given is left as it is', async () => {
  await using rig = await stage();
  await using one = await somebodysServer();
  rig.registry.assignments.assign('d-1', external([one.url]));
  await becomes(rig, RUNNING, 1);
  rig.registry.assignments.forget('d-1');
  const told = rig.registry.assignments.told.length;
  // Something that takes at least as long.
  rig.registry.assignments.assign('d-2', external([one.url]));
  await eventually(() => rig.registry.assignments.reports.get('d-2')?.state === RUNNING, { describe: 'the other' });
  assert.equal(routed(rig).length, 1);
  assert.ok(rig.registry.assignments.told.slice(told).every(({ assignmentId }) => assignmentId === 'd-2'));
});

test('a function is one instance, at the executor that has it', async () => {
  const functions = { triage: () => 'sorted' };
  await using rig = await startStage({
    hostTimes: HOST_TIMES,
    env: { SKEIN_EXECUTOR_RUNTIMES: 'in_process' },
    functions,
  });
  const named = (name: string): Template => ({
    agentId: 'theirs',
    version: '1.0.0',
    protocol: AgentProtocol.IN_PROCESS,
    runtime: { case: 'inProcess', value: { function: name } },
  });
  await eventually(() => rig.registry.assignments.watches.length > 0, { describe: 'the watch' });
  assert.deepEqual(rig.registry.assignments.watches[0]?.runtimes, ['in_process.triage']);
  rig.registry.assignments.assign('d-1', named('triage'));
  assert.deepEqual((await becomes(rig, RUNNING, 1)).endpoints, ['inprocess:triage']);
  assert.equal(outputOf(await rig.scheduler.ended(rig.scheduler.dispatchAgent('theirs', null))), 'sorted');
  rig.registry.assignments.assign('d-1', named('other'), true, { revision: 2n });
  assert.match((await becomes(rig, RESTARTING, 0, 2n)).failure, /has no function other/);
  rig.registry.assignments.unwant('d-1');
  await becomes(rig, STOPPED, 0, 0n);
});
