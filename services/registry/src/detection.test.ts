/** Finding out how an agent is called, and what it says about itself. */
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'node:test';
import type { AgentCard } from '@skein/contracts/agent';
import { AgentProtocol } from '@skein/contracts/registry';
import { describeError } from '@skein/rpc';
import { freePort } from '@skein/testkit';
import { startGrpcAgent } from './testing/grpc-agent.ts';
import { sendJson, startHttpAgent } from './testing/http-agent.ts';
import { startPlainGrpcAgent } from './testing/plain-grpc-agent.ts';
import { registryRig, TRANSPORTS } from './testing/registry-rig.ts';

const CARD = {
  agentId: 'test-agent',
  version: '1.4.0',
  name: 'From the card',
  description: 'Said by the card.',
  skills: [{ skillId: 'sort', tags: ['classification', 'sort'] }],
} as unknown as AgentCard;

for (const transport of TRANSPORTS) {
  test(`a gRPC agent is known by its card (${transport})`, async () => {
    await using rig = await registryRig({ transport });
    await using served = await startGrpcAgent(CARD);
    const { agent } = await rig.client.registerAgent({ agentId: 'mine', endpoints: [served.address] });
    assert.equal(agent?.protocol, AgentProtocol.GRPC);
    assert.deepEqual([agent.version, agent.name, agent.description], ['1.4.0', 'From the card', 'Said by the card.']);
    assert.deepEqual(agent.capabilities, ['classification', 'sort']);
  });
}

test('what a registration says holds against the card', async () => {
  await using rig = await registryRig();
  await using served = await startGrpcAgent(CARD);
  const { agent } = await rig.client.registerAgent({
    agentId: 'mine',
    endpoints: [`grpc://${served.address}`],
    protocol: AgentProtocol.GRPC,
    version: '9.0.0',
    capabilities: ['mine'],
  });
  assert.deepEqual([agent?.version, agent?.name, agent?.capabilities], ['9.0.0', 'From the card', ['mine']]);
});

test('a card with garbage in it is taken as far as it is sound', async () => {
  await using rig = await registryRig();
  const skills = [{ skillId: 'x'.repeat(200), tags: ['ok', ''] }];
  await using served = await startGrpcAgent({ ...CARD, version: 'newest', name: 'n'.repeat(300), skills } as never);
  const { agent } = await rig.client.registerAgent({ agentId: 'mine', endpoints: [served.address] });
  assert.deepEqual([agent?.version, agent?.name.length, agent?.capabilities], ['0.0.0', 256, ['ok']]);
});

test('an agent that is away keeps what it said, and its protocol', async () => {
  await using rig = await registryRig({ probe: { intervalMs: 60_000 } });
  const served = await startGrpcAgent(CARD);
  const registration = { agentId: 'mine', endpoints: [served.address] };
  const { agent } = await rig.client.registerAgent(registration);
  await served[Symbol.asyncDispose]();
  const again = await rig.client.registerAgent(registration);
  assert.equal(again.created, false);
  assert.equal(again.agent?.version, '1.4.0');
  assert.deepEqual(again.agent.updatedAt, agent?.updatedAt, 'nothing has changed');
});

test('an agent that was never there can be registered when its protocol is given', async () => {
  await using rig = await registryRig({ probe: { intervalMs: 60_000 } });
  const endpoints = [`127.0.0.1:${await freePort()}`];
  const { agent } = await rig.client.registerAgent({ agentId: 'mine', endpoints, protocol: AgentProtocol.GRPC });
  assert.equal(agent?.version, '0.0.0');
});

test('an agent without a health service is found too', async () => {
  await using rig = await registryRig();
  await using served = await startPlainGrpcAgent();
  const { agent } = await rig.client.registerAgent({ agentId: 'mine', endpoints: [served.address] });
  assert.deepEqual([agent?.protocol, agent?.version], [AgentProtocol.GRPC, '2.0.0']);
});

type Handle = (request: IncomingMessage, response: ServerResponse) => void;
const health = { status: 'healthy', version: '3.1.0', capabilities: ['talk', 'act'] };

/** Serves /health, and the path as frameworks do: other methods are refused there, other paths are not there. */
const framework =
  (path: string, body: object = health): Handle =>
  (request, response) => {
    if (request.url === '/base/health') return sendJson(response, 200, body);
    if (request.url !== path) return sendJson(response, 404, {});
    if (request.method !== 'POST') return sendJson(response, 405, {}, { allow: 'POST' });
    sendJson(response, 400, { error: 'no body' });
  };

/** Answers OPTIONS everywhere, as behind a CORS layer. */
const behindCors =
  (path: string): Handle =>
  (request, response) => {
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    framework(path)(request, response);
  };

/** Knows no OPTIONS at all. */
const bare =
  (path: string): Handle =>
  (request, response) => {
    if (request.method === 'OPTIONS') return void response.writeHead(501).end();
    framework(path)(request, response);
  };

/** Takes whatever it is sent, everywhere. */
const greedy: Handle = (_request, response) => sendJson(response, 200, { status: 'ok' });

const hinted =
  (hint: object): Handle =>
  (request, response) =>
    request.url === '/base/health' ? sendJson(response, 200, { ...health, ...hint }) : greedy(request, response);

const HTTP_AGENTS: ReadonlyArray<readonly [what: string, handle: Handle, protocol: AgentProtocol]> = [
  ['serves /process', framework('/base/process'), AgentProtocol.HTTP_PROCESS],
  ['serves /invoke', framework('/base/invoke'), AgentProtocol.HTTP_INVOKE_SSE],
  ['serves /execute', framework('/base/execute', { ...health, agentId: 'a' }), AgentProtocol.HTTP_EXECUTE],
  ['serves /execute behind a CORS layer', behindCors('/base/execute'), AgentProtocol.HTTP_EXECUTE],
  ['names /execute', hinted({ routes: { '/execute': 'POST' } }), AgentProtocol.HTTP_EXECUTE],
  ['is behind a CORS layer', behindCors('/base/process'), AgentProtocol.HTTP_PROCESS],
  ['knows no OPTIONS', bare('/base/invoke'), AgentProtocol.HTTP_INVOKE_SSE],
  ['names its protocol', hinted({ protocol: 'http_invoke_sse' }), AgentProtocol.HTTP_INVOKE_SSE],
  ['names its interface', hinted({ interface: 'process' }), AgentProtocol.HTTP_PROCESS],
  ['lists its endpoints', hinted({ endpoints: ['/health', '/process'] }), AgentProtocol.HTTP_PROCESS],
];

for (const [what, handle, protocol] of HTTP_AGENTS) {
  test(`an HTTP agent that ${what} is known`, async () => {
    await using rig = await registryRig();
    await using served = await startHttpAgent(handle);
    const { agent } = await rig.client.registerAgent({ agentId: 'mine', endpoints: [`${served.url}/base/`] });
    assert.equal(agent?.protocol, protocol);
    assert.deepEqual([agent.version, agent.capabilities], ['3.1.0', ['act', 'talk']]);
  });
}

test('where OPTIONS says enough, nothing is sent to an agent', async () => {
  await using rig = await registryRig();
  await using served = await startHttpAgent(framework('/base/process'));
  await rig.client.registerAgent({ agentId: 'mine', endpoints: [`${served.url}/base`] });
  assert.deepEqual(
    served.requests.filter((request) => request.startsWith('POST')),
    [],
  );
});

test('what cannot be found out has to be said', async () => {
  await using rig = await registryRig();
  await using undecided = await startHttpAgent(greedy);
  await using unhealthy = await startHttpAgent((_request, response) => sendJson(response, 500, {}));
  const cases = [
    [undecided.url, /give HTTP_PROCESS, HTTP_INVOKE_SSE, HTTP_EXECUTE or A2A$/],
    [unhealthy.url, /GET \/health answers 500; .* give HTTP_PROCESS, HTTP_INVOKE_SSE, HTTP_EXECUTE or A2A$/],
    [`http://127.0.0.1:${await freePort()}`, /GET \/health fails: .*ECONNREFUSED/],
    [`127.0.0.1:${await freePort()}`, /GetCard answers Unavailable.*or give GRPC or A2A$/],
  ] as const;
  for (const [endpoint, expected] of cases) {
    await assert.rejects(rig.client.registerAgent({ agentId: 'mine', endpoints: [endpoint] }), (error) => {
      const { reason, violations } = describeError(error);
      assert.equal(reason, 'INVALID_FIELD');
      assert.equal(violations[0]?.field, 'protocol');
      assert.match(violations[0].description, expected);
      return true;
    });
  }
  assert.deepEqual((await rig.client.listAgents({})).agents, [], 'nothing was registered');
  const said = { agentId: 'mine', endpoints: [undecided.url], protocol: AgentProtocol.HTTP_PROCESS };
  assert.equal((await rig.client.registerAgent(said)).created, true);
});
