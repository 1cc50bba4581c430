/** Calls of agents that no instance runs of: until somebody calls, or until one is started again. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import type { TaskReport } from '@skein/contracts/scheduler';
import { eventually, freePort } from '@skein/testkit';
import { failureIn, outputOf, startStage, type Stage, type StageOptions } from './testing/executor-stage.ts';
import { sendJson, startHttpAgent } from './testing/http-agent.ts';

const protocol = AgentProtocol.HTTP_PROCESS;

function stageWith(deployments: string[], env: StageOptions['env'] = {}): Promise<Stage> {
  return startStage({
    env: { SKEIN_EXECUTOR_AGENT_WAIT: '0', ...env },
    prepare({ registry }) {
      registry.add('agent', { protocol, instances: [] });
      registry.assignments.sleeping.set('agent', deployments);
    },
  });
}

/** An executor whose agent has one instance, which deployment `d` keeps running, and a fallback agent if it is to. */
function stageOfKept(endpoint: string, { env = {}, fallbackUrl = '' } = {}): Promise<Stage> {
  return startStage({
    env: { SKEIN_EXECUTOR_AGENT_WAIT: '0', ...env },
    prepare({ registry }) {
      const routing = fallbackUrl === '' ? {} : { routing: { fallbackAgentIds: ['backup'] } };
      registry.add('agent', { protocol, instances: [{ instanceId: 'a', endpoint }], ...routing });
      registry.assignments.keeping.set('agent', ['d']);
      if (fallbackUrl !== '') registry.addAt('backup', protocol, fallbackUrl);
    },
  });
}

const deadUrl = async () => `http://127.0.0.1:${await freePort()}`;

const waits = ({ scheduler }: Stage) =>
  scheduler.reports.flatMap(({ report }: TaskReport) => (report.case === 'waiting' ? [report.value.waitingFor] : []));

suite('an agent without an instance', () => {
  test('is woken, and the call waits, says so, and goes through', async () => {
    await using agent = await startHttpAgent((response) => sendJson(response, { output: 'awake' }));
    await using stage = await stageWith(['d']);
    const refs = Array.from({ length: 20 }, () =>
      stage.scheduler.dispatchAgent('agent', null, { heartbeatMs: 60_000 }),
    );
    await eventually(() => waits(stage).length >= 20, { describe: 'all to wait' });
    assert.deepEqual(new Set(waits(stage)), new Set(['waking deployment d']));
    assert.ok(stage.registry.assignments.requests.length <= 2, 'one request for all');
    assert.partialDeepStrictEqual(stage.registry.assignments.requests[0], {
      namespace: 'default',
      agentId: 'agent',
      version: '',
    });
    // An instance that is about to stop is none.
    stage.registry.add('agent', { protocol, instances: [{ instanceId: 'a', endpoint: agent.url, drained: true }] });
    stage.registry.add('agent', { protocol, instances: [{ instanceId: 'b', endpoint: agent.url }] });
    for (const ref of refs) assert.equal(outputOf(await stage.scheduler.ended(ref)), 'awake');
    assert.equal(waits(stage).at(-1), '', 'the wait is over');
    assert.equal(agent.received.length, 20);
  });

  test('fails as before where nobody starts one', async () => {
    await using stage = await stageWith([]);
    const failure = failureIn(await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', null)));
    assert.deepEqual([failure.code, failure.message], ['AGENT_UNAVAILABLE', 'agent agent has no instance']);
    assert.deepEqual(waits(stage), []);
  });

  test('is waited for only so long', async () => {
    await using stage = await stageWith(['d', 'e'], { SKEIN_EXECUTOR_WAKE_TIMEOUT: '50ms' });
    const failure = failureIn(await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', null)));
    assert.match(failure.message, /^deployment d, e has had no instance of agent agent ready within 50 ms/);
    assert.match(failure.remedy, /skein deployments get d;/);
    assert.equal(failure.retryable, true);
  });

  test('may have a version that does not count, and a time limit that the wait is no part of', async () => {
    await using agent = await startHttpAgent(
      (response) => void setTimeout(() => sendJson(response, { output: 'awake' }), 100),
    );
    await using stage = await stageWith(['d']);
    const ref = stage.scheduler.dispatchAgent('agent', null, { version: '^1.0.0' });
    await eventually(() => waits(stage).length > 0, { describe: 'the wait' });
    assert.equal(stage.registry.assignments.requests[0]?.version, '^1.0.0');
    stage.registry.add('agent', { protocol, version: '2.0.0', instances: [{ instanceId: 'a', endpoint: agent.url }] });
    // The next request tells that the version is not the one.
    await eventually(() => stage.registry.assignments.requests.length > 1, {
      describe: 'another request',
      timeoutMs: 10_000,
    });
    stage.registry.add('agent', { protocol, timeoutMs: 1500, instances: [{ instanceId: 'b', endpoint: agent.url }] });
    assert.equal(outputOf(await stage.scheduler.ended(ref)), 'awake');
  });

  test('is not waited for any more once nobody wants the answer', async () => {
    await using stage = await stageWith(['d']);
    const ref = stage.scheduler.dispatchAgent('agent', null, { startToCloseMs: 300 });
    const failure = failureIn(await stage.scheduler.ended(ref));
    assert.deepEqual([failure.code, waits(stage).length > 0], ['TIMEOUT', true]);
  });
});

suite('an agent whose instance is being started again', () => {
  test('is waited for by calls in hand and calls to come, while its routes still lead to the dead one and after', async () => {
    const first = await startHttpAgent(() => {});
    await using second = await startHttpAgent((response) => sendJson(response, { output: 'back' }));
    await using stage = await stageOfKept(first.url);
    const call = () => stage.scheduler.dispatchAgent('agent', null, { heartbeatMs: 60_000 });
    const refs = Array.from({ length: 10 }, call);
    await eventually(() => first.received.length === 10, { describe: 'the calls to arrive' });
    await first[Symbol.asyncDispose]();
    refs.push(...Array.from({ length: 10 }, call));
    await eventually(() => waits(stage).length >= 20, { describe: 'all to wait' });
    assert.deepEqual(new Set(waits(stage)), new Set(['waking deployment d']));
    stage.registry.add('agent', { protocol, instances: [] });
    refs.push(...Array.from({ length: 10 }, call));
    await eventually(() => waits(stage).length >= 30, { describe: 'these to wait too' });
    stage.registry.add('agent', { protocol, instances: [{ instanceId: 'b', endpoint: second.url }] });
    for (const ref of refs) assert.equal(outputOf(await stage.scheduler.ended(ref)), 'back');
    assert.equal(second.received.length, 30);
  });

  test('is waited for only so long, and not at all by a call that may have arrived and must not come twice', async () => {
    await using stage = await stageOfKept(await deadUrl(), { env: { SKEIN_EXECUTOR_WAKE_TIMEOUT: '50ms' } });
    const failure = failureIn(await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', null)));
    assert.equal(failure.code, 'AGENT_UNAVAILABLE');
    assert.match(failure.message, /^deployment d has had no instance of agent agent ready within 50 ms/);

    const dying = await startHttpAgent(() => {});
    await using once = await stageOfKept(dying.url);
    const ref = once.scheduler.dispatchAgent('agent', null, { atMostOnce: true });
    await eventually(() => dying.received.length === 1, { describe: 'the call to arrive' });
    await dying[Symbol.asyncDispose]();
    assert.equal(failureIn(await once.scheduler.ended(ref)).code, 'AGENT_UNREACHABLE');
    assert.deepEqual(waits(once), []);
  });

  test('is not waited for where another agent can be called instead, nor where it is there and fails', async () => {
    await using backup = await startHttpAgent((response) => sendJson(response, { output: 'backup' }));
    await using stage = await stageOfKept(await deadUrl(), { fallbackUrl: backup.url });
    assert.equal(outputOf(await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', null))), 'backup');
    stage.registry.add('agent', { protocol, instances: [], routing: { fallbackAgentIds: ['backup'] } });
    assert.equal(outputOf(await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', null))), 'backup');
    assert.deepEqual(waits(stage), []);

    await using busy = await startHttpAgent((response) => sendJson(response, { error: 'full' }, 503));
    await using full = await stageOfKept(busy.url);
    const failure = failureIn(await full.scheduler.ended(full.scheduler.dispatchAgent('agent', null)));
    assert.deepEqual([failure.code, waits(full)], ['AGENT_ERROR_STATUS', []]);
  });

  test('costs no time of the limit that the agent is registered with', async () => {
    const first = await startHttpAgent(() => {});
    await using second = await startHttpAgent((response) => sendJson(response, { output: 'back' }));
    await using stage = await stageOfKept(first.url);
    stage.registry.add('agent', { protocol, timeoutMs: 500, instances: [{ instanceId: 'a', endpoint: first.url }] });
    const ref = stage.scheduler.dispatchAgent('agent', null);
    await eventually(() => first.received.length === 1, { describe: 'the call to arrive' });
    await first[Symbol.asyncDispose]();
    const { requests } = stage.registry.assignments;
    // It is asked again after two seconds.
    await eventually(() => requests.length > 1, { describe: 'a long wait', timeoutMs: 10_000 });
    stage.registry.add('agent', { protocol, timeoutMs: 500, instances: [{ instanceId: 'b', endpoint: second.url }] });
    assert.equal(outputOf(await stage.scheduler.ended(ref)), 'back');
  });
});
