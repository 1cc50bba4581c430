import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventService } from '@skein/contracts/eventlog';
import { AgentProtocol, AgentRegistryService, InstanceHealth, RoutingStrategy } from '@skein/contracts/registry';
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

test('register says how calls are routed and how long instances live', async () => {
  const seen: object[] = [];
  await using platform = await fakePlatform(({ service }) =>
    service(AgentRegistryService, {
      registerAgent({ leaseTtl, probe, routing, credentials, replaceVersions, allowDowngrade, createOnly }) {
        const { strategy, sessionAffinity, fallbackAgentIds, limit } = routing ?? {};
        const flags = [replaceVersions, allowDowngrade, createOnly];
        seen.push({
          lease: leaseTtl?.seconds,
          probe: probe?.disabled,
          strategy,
          sessionAffinity,
          fallbackAgentIds,
          limit: limit && [limit.maxConcurrency, limit.rateLimit, limit.ratePer?.seconds],
          credentials: credentials && [credentials.secret, credentials.header],
          flags,
        });
        return { agent: { ...AGENT, versions: [{ version: '1.2.3' }, { version: '1.0.0' }] }, instanceIds: ['i9'] };
      },
    }),
  );
  const cli = (...args: string[]) => useCli(['agents', 'register', 'a', '-e', 'h:1', ...args, '--api', platform.url]);
  const routed = ['--strategy', 'round-robin', '--sticky', '--fallback', 'b', '--fallback', 'c'];
  const limited = ['--max-calls', '4', '--rate', '10', '--per', '1m'];
  const { stdout, stderr } = await cli('--lease', '30s', '--no-probe', ...routed, ...limited, '--replace-versions');
  assert.match(stdout, /^a changed: version 1.2.3, http-process and 1 older, 2 instance/);
  assert.match(stderr, /instance i9: heartbeats are due every 10 s/);
  await cli('--allow-downgrade', '--create-only', '--secret', 'key', '--secret-header', 'X-Api-Key');
  const nowhere = await cli('--secret-header', 'x-api-key');
  assert.deepEqual([nowhere.code, seen.length], [2, 2]);
  assert.match(nowhere.stderr, /give --secret too/);
  const nothing = { lease: undefined, probe: undefined, strategy: undefined, sessionAffinity: undefined };
  assert.deepEqual(seen, [
    {
      lease: 30n,
      probe: true,
      strategy: RoutingStrategy.ROUND_ROBIN,
      sessionAffinity: true,
      fallbackAgentIds: ['b', 'c'],
      limit: [4, 10, 60n],
      credentials: undefined,
      flags: [true, false, false],
    },
    {
      ...nothing,
      fallbackAgentIds: undefined,
      limit: undefined,
      credentials: ['key', 'x-api-key'],
      flags: [false, true, true],
    },
  ]);
});

test('instances are drained and enabled; what fits is discovered', async () => {
  const asked: object[] = [];
  await using platform = await fakePlatform(({ service }) =>
    service(AgentRegistryService, {
      drainInstance({ agentId, instanceId, reason }) {
        asked.push({ agentId, instanceId, reason });
        return { instance: { ...INSTANCE, drained: true, load: { inFlight: 2 } } };
      },
      enableInstance: () => ({ instance: INSTANCE }),
      discoverAgents({ capabilities, labels, version, minHealth }) {
        asked.push({ capabilities, labels, version, minHealth });
        if (version !== '') return {};
        return { agents: [{ agentId: 'a', version: { version: '1.2.3' }, instances: [SICK] }] };
      },
      unregisterAgent({ version }) {
        asked.push({ version });
        return {};
      },
    }),
  );
  const cli = (...args: string[]) => useCli(['agents', ...args, '--api', platform.url]);
  const drained = await cli('drain', 'a', 'i1', '--reason', 'update');
  assert.equal(drained.stdout, 'i1 at http://a:1 is drained; 2 call(s) still run\n');
  assert.equal((await cli('enable', 'a', 'i1')).stdout, 'i1 at http://a:1 takes calls\n');
  const found = await cli('discover', '-c', 'x', '-l', 'k=v', '--min-health', 'unhealthy');
  assert.match(found.stdout, /^AGENT.*\na +1.2.3 +http:\/\/a:1 +UNHEALTHY/);
  assert.match((await cli('discover', '-c', 'x', '--version', '^9')).stderr, /nothing fits/);
  assert.equal((await cli('remove', 'a', '--version', '1.0.0')).stdout, 'a 1.0.0 removed\n');
  assert.deepEqual(asked, [
    { agentId: 'a', instanceId: 'i1', reason: 'update' },
    { capabilities: ['x'], labels: { k: 'v' }, version: '', minHealth: InstanceHealth.UNHEALTHY },
    { capabilities: ['x'], labels: {}, version: '^9', minHealth: InstanceHealth.UNSPECIFIED },
    { version: '1.0.0' },
  ]);
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
