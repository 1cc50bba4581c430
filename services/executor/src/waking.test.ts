/** Calls of agents that nothing runs of until somebody calls. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import type { TaskReport } from '@skein/contracts/scheduler';
import { eventually } from '@skein/testkit';
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
