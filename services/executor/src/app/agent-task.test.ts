import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentProtocol, InstanceHealth } from '@skein/contracts/registry';
import { eventually, freePort } from '@skein/testkit';
import { failureIn, outputOf, startStage } from '../testing/executor-stage.ts';
import { resultStep, startGrpcAgent } from '../testing/grpc-agent.ts';
import { sendJson, startHttpAgent } from '../testing/http-agent.ts';

const echo = { echo: ({ input }: { input: string | number | boolean | null | object }) => input as never };

suite('finding an agent', () => {
  test('an agent that appears in time is called', async () => {
    await using stage = await startStage({
      functions: echo,
      prepare: ({ registry }) => registry.remove('echo'),
      env: { SKEIN_EXECUTOR_AGENT_WAIT: '30s' },
    });
    const ref = stage.scheduler.dispatchAgent('echo', 'late');
    await eventually(() => stage.scheduler.session.credits === 511, { describe: 'the task to be taken' });
    stage.registry.addFunction('echo');
    assert.equal(outputOf(await stage.scheduler.ended(ref)), 'late');
  });

  test('an agent that nobody knows is not found, and the failure says how to register it', async () => {
    await using stage = await startStage({ env: { SKEIN_EXECUTOR_AGENT_WAIT: '20ms' } });
    const report = await stage.scheduler.ended(stage.scheduler.dispatchAgent('ghost', null));
    const failure = failureIn(report);
    assert.deepEqual([failure.code, failure.retryable, failure.place], ['AGENT_NOT_FOUND', false, 'nodes.node']);
    assert.match(failure.remedy, /^skein agents register ghost/);
    assert.equal(report.facts?.startedAt, undefined);
  });

  test('a version outside the range of the node is not found, and both are named', async () => {
    await using stage = await startStage({ functions: echo });
    const call = (version: string) => stage.scheduler.ended(stage.scheduler.dispatchAgent('echo', 1, { version }));
    assert.equal(outputOf(await call('^1.0.0')), 1);
    for (const range of ['^2.0.0', 'not a range']) {
      const failure = failureIn(await call(range));
      assert.deepEqual([failure.code, failure.retryable], ['AGENT_NOT_FOUND', false]);
      assert.ok(failure.message.includes('1.0.0') && failure.message.includes(range), failure.message);
    }
  });

  test('an agent without an instance is unavailable for now', async () => {
    await using stage = await startStage({
      prepare: ({ registry }) => registry.add('empty', { protocol: AgentProtocol.GRPC, instances: [] }),
    });
    const failure = failureIn(await stage.scheduler.ended(stage.scheduler.dispatchAgent('empty', null)));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_UNAVAILABLE', true]);
  });

  test('an agent of a protocol that is not spoken here is unavailable', async () => {
    await using stage = await startStage({
      prepare: ({ registry }) => registry.addAt('odd', AgentProtocol.UNSPECIFIED, 'x'),
    });
    const failure = failureIn(await stage.scheduler.ended(stage.scheduler.dispatchAgent('odd', null)));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_UNAVAILABLE', true]);
  });
});

suite('choosing an instance', () => {
  test('healthy instances come first', async () => {
    await using healthy = await startHttpAgent((response) => sendJson(response, { output: 'healthy' }));
    await using unhealthy = await startHttpAgent((response) => sendJson(response, { output: 'unhealthy' }));
    await using stage = await startStage({
      prepare: ({ registry }) =>
        registry.add('agent', {
          protocol: AgentProtocol.HTTP_PROCESS,
          instances: [
            { instanceId: 'bad', endpoint: unhealthy.url, health: InstanceHealth.UNHEALTHY },
            { instanceId: 'good', endpoint: healthy.url, health: InstanceHealth.HEALTHY },
          ],
        }),
    });
    for (let call = 0; call < 5; call += 1) {
      const report = await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', null));
      assert.deepEqual([outputOf(report), report.facts?.target], ['healthy', 'good']);
    }
  });

  test('the instance with the fewest calls is taken', async () => {
    const answers: (() => void)[] = [];
    const hold = () =>
      startHttpAgent(
        (response) => new Promise((resolve) => answers.push(() => resolve(sendJson(response, { output: 1 })))),
      );
    await using first = await hold();
    await using second = await hold();
    await using stage = await startStage({
      prepare: ({ registry }) =>
        registry.add('agent', {
          protocol: AgentProtocol.HTTP_PROCESS,
          instances: [first, second].map(({ url }, index) => ({ instanceId: `i-${index}`, endpoint: url })),
        }),
    });
    const refs = Array.from({ length: 10 }, () => stage.scheduler.dispatchAgent('agent', null));
    await eventually(() => answers.length === 10, { describe: 'all calls' });
    assert.deepEqual([first.received.length, second.received.length], [5, 5]);
    for (const answer of answers) answer();
    for (const ref of refs) await stage.scheduler.ended(ref);
  });

  test('a call goes to another instance than one that could not be reached, which is left alone for a while', async () => {
    await using alive = await startGrpcAgent(async function* () {
      yield resultStep('alive');
    });
    const dead = `127.0.0.1:${await freePort()}`;
    await using stage = await startStage({
      prepare: ({ registry }) =>
        registry.add('agent', {
          protocol: AgentProtocol.GRPC,
          instances: [
            { instanceId: 'dead', endpoint: dead, health: InstanceHealth.HEALTHY },
            { instanceId: 'alive', endpoint: alive.address },
          ],
        }),
    });
    const first = await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', null));
    assert.deepEqual([outputOf(first), first.facts?.target, first.facts?.instancesTried], ['alive', 'alive', 2]);
    const second = await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', null));
    assert.deepEqual([outputOf(second), second.facts?.instancesTried], ['alive', 0]);
  });
});

suite('time limits of agents', () => {
  const hang = { hang: () => new Promise<null>(() => {}) };

  test('the timeout that the agent was registered with', async () => {
    await using stage = await startStage({
      functions: hang,
      prepare: ({ registry }) =>
        registry.add('hang', {
          protocol: AgentProtocol.IN_PROCESS,
          instances: [{ instanceId: 'i', endpoint: 'inprocess:hang' }],
          timeoutMs: 50,
        }),
    });
    const failure = failureIn(await stage.scheduler.ended(stage.scheduler.dispatchAgent('hang', null)));
    assert.deepEqual([failure.code, failure.retryable], ['TIMEOUT', true]);
    assert.match(failure.message, /timeout of agent hang of 50 ms/);
  });

  test('AGENT_TIMEOUT_MS for the others', async () => {
    await using stage = await startStage({ functions: hang, env: { AGENT_TIMEOUT_MS: '50' } });
    const failure = failureIn(await stage.scheduler.ended(stage.scheduler.dispatchAgent('hang', null)));
    assert.equal(failure.code, 'TIMEOUT');
    assert.match(failure.remedy, /AGENT_TIMEOUT_MS/);
  });

  test('the start_to_close timeout of the task before both', async () => {
    await using stage = await startStage({ functions: hang });
    const ref = stage.scheduler.dispatchAgent('hang', null, { startToCloseMs: 50 });
    assert.match(failureIn(await stage.scheduler.ended(ref)).message, /start_to_close timeout of 50 ms/);
  });
});

suite('the routes', () => {
  test('nothing is taken before they are known', async () => {
    await using stage = await startStage({
      functions: echo,
      prepare: ({ registry }) => (registry.refusing = true),
    });
    const ref = stage.scheduler.dispatchAgent('echo', 'waited');
    await stage.scheduler.connected();
    const readiness = await stage.executor.ready();
    assert.ok(!readiness.ready && readiness.reason.includes('registry'));
    assert.equal(stage.scheduler.session.credits, 0);
    stage.registry.refusing = false;
    assert.equal(outputOf(await stage.scheduler.ended(ref)), 'waited');
    assert.deepEqual(await stage.executor.ready(), { ready: true });
  });

  test('stay as they were while the registry is away, and are brought up to date after that', async () => {
    await using stage = await startStage({ functions: echo, env: { SKEIN_EXECUTOR_AGENT_WAIT: '0' } });
    const call = () => stage.scheduler.ended(stage.scheduler.dispatchAgent('echo', 'here'));
    assert.equal(outputOf(await call()), 'here');
    stage.registry.refusing = true;
    stage.registry.break();
    await eventually(() => stage.registry.watches.size === 0, { describe: 'the watch to end' });
    assert.equal(outputOf(await call()), 'here');
    stage.registry.agents.clear();
    stage.registry.refusing = false;
    const gone = await eventually(
      async () => {
        const { report } = await call();
        return report.case === 'failed' ? report.value.failure : undefined;
      },
      { describe: 'the agent to be gone' },
    );
    assert.equal(gone.code, 'AGENT_NOT_FOUND');
  });
});
