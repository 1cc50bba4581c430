/** Finding out that an agent speaks A2A, what it says of itself, and whether it is there. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentProtocol, InstanceHealth } from '@skein/contracts/registry';
import { describeError } from '@skein/rpc';
import { eventually, freePort } from '@skein/testkit';
import { A2A_ABOUT, knows, startGrpcA2aAgent, startHttpA2aAgent } from './testing/a2a-agent.ts';
import { sendJson, startHttpAgent } from './testing/http-agent.ts';
import { registryRig, type RegistryRig } from './testing/registry-rig.ts';

const rpcCard = (protocolVersion: string) => (url: string) => ({
  ...A2A_ABOUT,
  supportedInterfaces: [{ url: `${url}/rpc`, protocolBinding: 'JSONRPC', protocolVersion }],
});
const legacyCard = (preferredTransport: string, path: string) => (url: string) => ({
  ...A2A_ABOUT,
  url: `${url}${path}`,
  protocolVersion: '0.3.0',
  preferredTransport,
});
const draftCard = (url: string) => ({
  ...A2A_ABOUT,
  protocolVersion: 'v1',
  supportedInterfaces: [{ url: `${url}/rpc`, protocolBinding: 'jsonrpc' }],
});

/** Registers without a protocol. */
const register = async (rig: RegistryRig, endpoint: string) =>
  (await rig.client.registerAgent({ agentId: 'mine', endpoints: [endpoint] })).agent;

/** The reason why a registration is refused; nothing may be left of it. */
async function refusalOf(endpoint: string): Promise<string> {
  await using rig = await registryRig();
  let description = '';
  await assert.rejects(register(rig, endpoint), (error) => {
    const { reason, violations } = describeError(error);
    assert.deepEqual([reason, violations[0]?.field], ['INVALID_FIELD', 'protocol']);
    description = violations[0]?.description ?? '';
    return true;
  });
  assert.deepEqual((await rig.client.listAgents({})).agents, []);
  return description;
}

suite('an HTTP agent with a card', () => {
  for (const [what, options] of [
    ['of 1.0', { card: rpcCard('1.0') }],
    ['of 0.3', { card: legacyCard('JSONRPC', '/rpc'), codeOf: knows('tasks/get') }],
    ['of 0.3, in REST', { card: legacyCard('HTTP+JSON', '/rest') }],
    ['of the draft of 1.0', { card: draftCard }],
  ] as const) {
    test(`${what} is known by it, and probed by it`, async () => {
      await using rig = await registryRig();
      await using served = await startHttpA2aAgent(options);
      const agent = await register(rig, served.url);
      assert.equal(agent?.protocol, AgentProtocol.A2A);
      assert.deepEqual([agent.version, agent.name, agent.description], ['2.1.0', 'Card holder', 'Has a card.']);
      assert.deepEqual(agent.capabilities, ['order', 'sort']);
      assert.deepEqual(
        agent.versions[0]?.skills.map(({ skillId, description, tags }) => [skillId, description, tags]),
        [['sort', 'Sorts.', ['order']]],
      );
      await eventually(async () => (await healthOf(rig)) === InstanceHealth.HEALTHY, {
        describe: 'a healthy instance',
      });
    });
  }

  test('that has a health path too is probed there', async () => {
    await using rig = await registryRig();
    let ready = true;
    await using served = await startHttpAgent((request, response) => {
      if (request.url === '/health') return sendJson(response, 200, { ready });
      if (request.url?.includes('agent-card') === true) return sendJson(response, 200, rpcCard('1.0')(served.url));
      sendJson(response, 200, { jsonrpc: '2.0', id: 1, error: { code: -32_001, message: 'no such task' } });
    });
    const agent = await register(rig, served.url);
    assert.equal(agent?.protocol, AgentProtocol.A2A);
    await eventually(async () => (await healthOf(rig)) === InstanceHealth.HEALTHY, { describe: 'a healthy instance' });
    ready = false;
    await eventually(async () => (await healthOf(rig)) === InstanceHealth.UNHEALTHY, { describe: 'an unhealthy one' });
  });

  test('may be registered with its protocol before it runs', async () => {
    await using rig = await registryRig({ probe: { intervalMs: 60_000 } });
    for (const endpoint of [`http://127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`]) {
      const registration = { agentId: 'mine', endpoints: [endpoint], protocol: AgentProtocol.A2A };
      assert.equal((await rig.client.registerAgent(registration)).agent?.protocol, AgentProtocol.A2A);
    }
  });

  test('may not have endpoints of both forms', async () => {
    await using rig = await registryRig();
    const registration = { agentId: 'mine', endpoints: ['http://a.test', 'a.test:1'], protocol: AgentProtocol.A2A };
    await assert.rejects(rig.client.registerAgent(registration), (error) => {
      const [violation] = describeError(error).violations;
      assert.equal(violation?.field, 'endpoints[1]');
      assert.match(violation.description, /^give an http or https URL like the first/);
      return true;
    });
  });
});

const healthOf = async (rig: RegistryRig) =>
  (await rig.client.getAgent({ agentId: 'mine' })).agent?.instances[0]?.health;

suite('a card that lies is refused', () => {
  const declaring = (protocolBinding: string, protocolVersion: string, at: string) => () => ({
    ...A2A_ABOUT,
    supportedInterfaces: [{ url: at, protocolBinding, protocolVersion }],
  });

  test('where nobody is at its address', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}/rpc`;
    await using served = await startHttpA2aAgent({ card: declaring('JSONRPC', '1.0', nobody) });
    assert.match(await refusalOf(served.url), /JSONRPC 1\.0 at http:.*\/rpc, but asking there fails: .*ECONNREFUSED/);
  });

  test('where its address speaks another version', async () => {
    await using served = await startHttpA2aAgent({ card: rpcCard('1.0'), codeOf: knows('tasks/get') });
    assert.match(await refusalOf(served.url), /does not know the method of this version/);
    await using refusing = await startHttpA2aAgent({ card: rpcCard('1.0'), codeOf: () => -32_009 });
    assert.match(await refusalOf(refusing.url), /does not support this version/);
  });

  test('where its address speaks another binding', async () => {
    await using served = await startHttpA2aAgent({
      card: (url) => declaring('JSONRPC', '1.0', `${url}/elsewhere`)(),
    });
    assert.match(await refusalOf(served.url), /what answers there is not JSON-RPC \(status 404\)/);
    await using rest = await startHttpAgent((request, response) => {
      if (request.url?.includes('agent-card') !== true) return void response.writeHead(404).end('<p>no</p>');
      sendJson(response, 200, declaring('HTTP+JSON', '1.0', rest.url)());
    });
    assert.match(await refusalOf(rest.url), /what answers there is not JSON \(status 404\)/);
  });

  test('where it names nothing that is spoken here', async () => {
    await using served = await startHttpA2aAgent({ card: declaring('JSONRPC', '2.0', 'http://a.test') });
    assert.match(await refusalOf(served.url), /names no interface that is spoken here, but JSONRPC 2\.0/);
  });

  test('where its gRPC server is of another version, or none', async () => {
    await using grpc = await startGrpcA2aAgent('older', 'none');
    await using served = await startHttpA2aAgent({ card: declaring('GRPC', '1.0', grpc.address) });
    assert.match(await refusalOf(served.url), /the server has the service of another version/);
    await using truthful = await startHttpA2aAgent({ card: declaring('GRPC', '0.3', grpc.address) });
    await using rig = await registryRig();
    assert.equal((await register(rig, truthful.url))?.protocol, AgentProtocol.A2A);
  });

  test('but not where it asks for credentials first', async () => {
    await using rig = await registryRig();
    await using served = await startHttpAgent((request, response) => {
      if (request.url?.includes('agent-card') === true) return sendJson(response, 200, rpcCard('1.0')(served.url));
      sendJson(response, request.url === '/health' ? 404 : 401, {});
    });
    assert.equal((await register(rig, served.url))?.protocol, AgentProtocol.A2A);
  });
});

test('what answers everything with JSON has no card', async () => {
  await using served = await startHttpAgent((_request, response) => sendJson(response, 200, { status: 'ok' }));
  assert.match(await refusalOf(served.url), /give HTTP_PROCESS, HTTP_INVOKE_SSE, HTTP_EXECUTE or A2A$/);
});

for (const [service, cardMethod, name] of [
  ['current', 'GetExtendedAgentCard', 'Card holder'],
  ['current', 'none', ''],
  ['older', 'GetAgentCard', 'Card holder'],
  ['older', 'GetExtendedAgentCard', 'Card holder'],
] as const) {
  test(`a gRPC server with the ${service} A2A service is known and probed (${cardMethod})`, async () => {
    await using rig = await registryRig();
    await using served = await startGrpcA2aAgent(service, cardMethod);
    const agent = await register(rig, served.address);
    assert.equal(agent?.protocol, AgentProtocol.A2A);
    assert.equal(agent.name, name);
    assert.deepEqual(agent.capabilities, name === '' ? [] : ['order', 'sort']);
    await eventually(async () => (await healthOf(rig)) === InstanceHealth.HEALTHY, { describe: 'a healthy instance' });
    await served[Symbol.asyncDispose]();
    await eventually(async () => (await healthOf(rig)) === InstanceHealth.UNHEALTHY, { describe: 'an unhealthy one' });
  });
}
