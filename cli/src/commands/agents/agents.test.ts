import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventService } from '@skein/contracts/eventlog';
import { AgentProtocol, AgentRegistryService, InstanceHealth } from '@skein/contracts/registry';
import { RunService, RunState } from '@skein/contracts/scheduler';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform } from '../../testing/fake-platform.ts';
import { useCli } from '../../testing/use-cli.ts';

const INSTANCE = { instanceId: 'i1', endpoint: 'http://a:1', health: InstanceHealth.HEALTHY };
const SICK = { ...INSTANCE, instanceId: 'i2', health: InstanceHealth.UNHEALTHY, healthDetail: 'connection refused' };
const AGENT = { agentId: 'a', version: '1.2.3', protocol: AgentProtocol.HTTP_PROCESS, instances: [INSTANCE, SICK] };

test('register sends what the command line gives', async () => {
  let seen: object = {};
  await using platform = await fakePlatform(({ service }) =>
    service(AgentRegistryService, {
      registerAgent({ agentId, endpoints, protocol, capabilities, labels, config, timeout, version }) {
        seen = { agentId, endpoints, protocol, capabilities, labels, config, seconds: timeout?.seconds, version };
        return { agent: AGENT, created: true };
      },
    }),
  );
  const options = ['-e', 'http://a:1', '-e', 'http://a:2', '-p', 'http-process', '-c', 'x', '-c', 'y', '-l', 'k=v'];
  const more = ['--config', '{"t":1}', '--timeout', '2m', '--version', '1.2.3'];
  const { code, stdout } = await useCli(['agents', 'register', 'a', ...options, ...more, '--api', platform.url]);
  assert.deepEqual([code, stdout], [EXIT.ok, 'a registered: version 1.2.3, http-process, 2 instance(s), HEALTHY\n']);
  assert.deepEqual(seen, {
    agentId: 'a',
    endpoints: ['http://a:1', 'http://a:2'],
    protocol: AgentProtocol.HTTP_PROCESS,
    capabilities: ['x', 'y'],
    labels: { k: 'v' },
    config: { t: 1 },
    seconds: 120n,
    version: '1.2.3',
  });
});

test('list, get and remove show what the registry says', async () => {
  const removed: string[] = [];
  await using platform = await fakePlatform(({ service }) =>
    service(AgentRegistryService, {
      listAgents: ({ health }) => ({ agents: health === InstanceHealth.UNHEALTHY ? [] : [AGENT] }),
      getAgent: () => ({ agent: AGENT }),
      unregisterAgent({ agentId }) {
        removed.push(agentId);
        return {};
      },
    }),
  );
  const cli = (...args: string[]) => useCli(['agents', ...args, '--api', platform.url]);
  assert.match((await cli('list')).stdout, /^AGENT.*\na +1.2.3 +http-process +HEALTHY +http:\/\/a:1 http:\/\/a:1/);
  assert.match((await cli('list', '--health', 'unhealthy')).stderr, /no agents; .*register/);
  assert.match((await cli('get', 'a')).stdout, /protocol +http-process[^]*i2 .*UNHEALTHY +never +connection refused/);
  const { stdout } = await cli('get', 'a', '-o', 'json');
  assert.partialDeepStrictEqual(JSON.parse(stdout), { agent_id: 'a', protocol: 'HTTP_PROCESS' });
  assert.equal((await cli('remove', 'a', 'b')).stdout, 'a removed\nb removed\n');
  assert.deepEqual(removed, ['a', 'b']);
});

test('invoke runs the agent alone and prints what it answers', async () => {
  const run = { runId: 'r', workflowId: 'agent.a', state: RunState.DONE };
  const output = { kind: { case: 'numberValue', value: 42 } } as const;
  let target: unknown;
  await using platform = await fakePlatform(({ service }) => {
    service(RunService, {
      startRun(request) {
        target = request.target.case === 'agent' && [request.target.value.agentId, request.target.value.skillId];
        return { run };
      },
      awaitRun: () => ({ run: { ...run, output } }),
    });
    service(EventService, {
      async *subscribeEvents() {
        yield await Promise.resolve({
          item: { case: 'runEvent', value: { runId: 'r', event: { case: 'runDone' } } },
        } as never);
      },
    });
  });
  const args = ['agents', 'invoke', 'a', '--skill', 's', '--input', '-', '--api', platform.url];
  const { code, stdout } = await useCli(args, { stdin: '{"q":1}' });
  assert.deepEqual([code, stdout, target], [EXIT.ok, '42\n', ['a', 's']]);
});
