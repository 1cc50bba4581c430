/** Health: found out by probes, written when it changes, told to whoever watches. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '@connectrpc/connect';
import { AgentProtocol, InstanceHealth, type AgentRegistryService, type Instance } from '@skein/contracts/registry';
import { eventually } from '@skein/testkit';
import { startGrpcAgent } from './testing/grpc-agent.ts';
import { sendJson, startHttpAgent } from './testing/http-agent.ts';
import { startPlainGrpcAgent } from './testing/plain-grpc-agent.ts';
import { registryRig, TRANSPORTS } from './testing/registry-rig.ts';
import { RouteLog } from './testing/route-log.ts';

type Registry = Client<typeof AgentRegistryService>;

async function instanceOf(client: Registry, agentId = 'mine'): Promise<Instance | undefined> {
  const { agent } = await client.getAgent({ agentId });
  return agent?.instances[0];
}

const until = (client: Registry, health: InstanceHealth) =>
  eventually(
    async () => {
      const instance = await instanceOf(client);
      return instance?.health === health ? instance : undefined;
    },
    { describe: `the instance to be ${health}` },
  );

const { HEALTHY, UNHEALTHY, UNSPECIFIED } = InstanceHealth;

for (const transport of TRANSPORTS) {
  test(`an agent that goes away and comes back is seen by who watches (${transport})`, async () => {
    await using rig = await registryRig({ transport });
    using log = new RouteLog(rig.client);
    await log.synced;
    const first = await startGrpcAgent({ version: '1.0.0' });
    const { port } = first.server;
    await rig.client.registerAgent({ agentId: 'mine', endpoints: [first.address] });
    const health = () => log.agents.get('mine')?.instances[0]?.health;
    await log.until(() => health() === HEALTHY);
    assert.ok((await instanceOf(rig.client))?.lastHealthyAt);

    await first[Symbol.asyncDispose]();
    await log.until(() => health() === UNHEALTHY);
    assert.match(log.agents.get('mine')?.instances[0]?.healthDetail ?? '', /health answers Unavailable/);

    await using _second = await startGrpcAgent({ version: '2.0.0' }, port);
    await log.until(() => health() === HEALTHY);
    assert.equal(log.agents.get('mine')?.instances[0]?.healthDetail, '');
    await log.until(({ agents }) => agents.get('mine')?.version === '2.0.0');
  });
}

test('two failures do not make an instance unhealthy, more do', async () => {
  let failing = 0;
  let probes = 0;
  await using served = await startHttpAgent((_request, response) => {
    probes += 1;
    if (failing === 0) return sendJson(response, 200, {});
    failing -= 1;
    sendJson(response, 500, {});
  });
  await using rig = await registryRig();
  const endpoints = [served.url];
  await rig.client.registerAgent({ agentId: 'mine', endpoints, protocol: AgentProtocol.HTTP_PROCESS });
  using log = new RouteLog(rig.client);
  const health = () => log.agents.get('mine')?.instances[0]?.health;
  await log.until(() => health() === HEALTHY);
  const news = log.news.length;
  failing = 2;
  const before = probes;
  await eventually(() => probes > before + 4, { describe: 'more probes' });
  assert.equal(log.news.length, news, 'two failures are no news');
  failing = Infinity;
  await log.until(() => health() === UNHEALTHY);
  failing = 0;
  await log.until(() => health() === HEALTHY);
});

test('a health service that does not serve is believed', async () => {
  await using rig = await registryRig();
  await using served = await startGrpcAgent();
  await rig.client.registerAgent({ agentId: 'mine', endpoints: [served.address] });
  await until(rig.client, HEALTHY);
  served.server.health.setAll('NOT_SERVING');
  const { healthDetail } = await until(rig.client, UNHEALTHY);
  assert.equal(healthDetail, 'the health service answers NOT_SERVING');
});

for (const health of ['none', 'unknown'] as const) {
  test(`an agent whose health service is ${health} is probed by its card`, async () => {
    await using rig = await registryRig();
    await using served = await startPlainGrpcAgent(health);
    await rig.client.registerAgent({ agentId: 'mine', endpoints: [served.address] });
    await until(rig.client, HEALTHY);
    const reads = served.cardReads();
    await eventually(() => served.cardReads() > reads + 2, { describe: 'further probes' });
    await served[Symbol.asyncDispose]();
    await until(rig.client, UNHEALTHY);
  });
}

test('an agent that does not answer in time is unhealthy', async () => {
  await using rig = await registryRig({ probe: { intervalMs: 10, timeoutMs: 20 } });
  await using served = await startHttpAgent(() => {});
  const registration = {
    agentId: 'mine',
    endpoints: [served.url],
    protocol: AgentProtocol.HTTP_PROCESS,
    version: '1.0.0',
  };
  // With every fact given, registering does not wait for the agent.
  await rig.client.registerAgent({ ...registration, name: 'n', description: 'd', capabilities: ['c'] });
  const { healthDetail } = await until(rig.client, UNHEALTHY);
  assert.equal(healthDetail, 'no answer within 20 ms');
});

test('functions of the executor are not probed', async () => {
  await using rig = await registryRig();
  await using served = await startHttpAgent((_request, response) => sendJson(response, 200, {}));
  await rig.client.registerAgent({ agentId: 'function', endpoints: ['inprocess:it'] });
  await rig.client.registerAgent({ agentId: 'mine', endpoints: [served.url], protocol: AgentProtocol.HTTP_PROCESS });
  await until(rig.client, HEALTHY);
  assert.equal((await instanceOf(rig.client, 'function'))?.health, UNSPECIFIED);
});

test('a healthy instance is probed again and again without being written', async () => {
  await using rig = await registryRig({ probe: { intervalMs: 5 } });
  await using served = await startHttpAgent((_request, response) => sendJson(response, 200, {}));
  await rig.client.registerAgent({ agentId: 'mine', endpoints: [served.url], protocol: AgentProtocol.HTTP_PROCESS });
  await until(rig.client, HEALTHY);
  const pool = rig.database.pool(1);
  const version = async () => {
    const { rows } = await pool.query<{ version: string }>('select xmin::text as version from registry.instance');
    return rows[0]?.version;
  };
  const before = await version();
  const probed = served.requests.length;
  await eventually(() => served.requests.length > probed + 50, { describe: 'fifty probes' });
  assert.equal(await version(), before);
});

test('when an instance last answered is written now and then', async () => {
  await using rig = await registryRig({ probe: { intervalMs: 5, signIntervalMs: 30 } });
  await using served = await startHttpAgent((_request, response) => sendJson(response, 200, {}));
  await rig.client.registerAgent({ agentId: 'mine', endpoints: [served.url], protocol: AgentProtocol.HTTP_PROCESS });
  const { lastHealthyAt: first } = await until(rig.client, HEALTHY);
  using log = new RouteLog(rig.client);
  await log.until(({ agents }) => agents.get('mine')?.instances[0]?.health === HEALTHY);
  const news = log.news.length;
  await eventually(
    async () => {
      const { seconds = 0n, nanos = 0 } = (await instanceOf(rig.client))?.lastHealthyAt ?? {};
      return seconds > (first?.seconds ?? 0n) || nanos > (first?.nanos ?? 0);
    },
    { describe: 'a newer time' },
  );
  assert.equal(log.news.length, news, 'it is no news for who routes');
});

test('one registry probes; when it goes, another one does', async () => {
  await using rig = await registryRig();
  await using other = await rig.another();
  await using served = await startGrpcAgent();
  await rig.client.registerAgent({ agentId: 'mine', endpoints: [served.address] });
  await until(other.client, HEALTHY);
  await rig.service[Symbol.asyncDispose]();
  await served[Symbol.asyncDispose]();
  await until(other.client, UNHEALTHY);
});

test('an agent that is registered anew begins anew', async () => {
  await using rig = await registryRig();
  const served = await startGrpcAgent();
  const registration = { agentId: 'mine', endpoints: [served.address], protocol: AgentProtocol.GRPC };
  await rig.client.registerAgent(registration);
  await served[Symbol.asyncDispose]();
  await until(rig.client, UNHEALTHY);
  await rig.client.unregisterAgent({ agentId: 'mine' });
  const { agent } = await rig.client.registerAgent(registration);
  assert.equal(agent?.instances[0]?.health, UNSPECIFIED);
  await until(rig.client, UNHEALTHY);
});
