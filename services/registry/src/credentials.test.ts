/** What calls of an agent carry is registered by its name, and told as such; agents behind TLS are probed over TLS. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { InstanceHealth } from '@skein/contracts/registry';
import { describeError } from '@skein/rpc';
import { eventually, selfSigned, temporaryDirectory } from '@skein/testkit';
import { startGrpcAgent } from './testing/grpc-agent.ts';
import { registryRig } from './testing/registry-rig.ts';
import { RouteLog } from './testing/route-log.ts';

test('credentials are of a version, and go with the registration that does not name them', async () => {
  await using rig = await registryRig();
  using log = new RouteLog(rig.client);
  await log.synced;
  const register = (about: object) =>
    rig.client.registerAgent({ agentId: 'a', version: '1.0.0', endpoints: ['127.0.0.1:1'], protocol: 1, ...about });
  const { agent } = await register({ credentials: { secret: 'key' } });
  assert.partialDeepStrictEqual(agent?.credentials, { secret: 'key', header: '' });
  await register({ version: '2.0.0', endpoints: ['127.0.0.1:2'], credentials: { secret: 'k', header: 'x-api-key' } });
  await log.until(({ agents }) => agents.get('a')?.versions.length === 2);
  assert.deepEqual(
    log.agents.get('a')?.versions.map(({ credentials }) => [credentials?.secret, credentials?.header]),
    [
      ['k', 'x-api-key'],
      ['key', ''],
    ],
  );
  await register({});
  await log.until(({ agents }) => agents.get('a')?.versions[1]?.credentials === undefined);
});

test('credentials that cannot be sent are refused, with every field', async () => {
  await using rig = await registryRig();
  const refused = async (about: object) => {
    try {
      await rig.client.registerAgent({ agentId: 'a', endpoints: ['127.0.0.1:1'], protocol: 1, ...about });
      return [];
    } catch (error) {
      return describeError(error).violations.map(({ field }) => field);
    }
  };
  assert.deepEqual(await refused({ credentials: {} }), ['credentials.secret']);
  assert.deepEqual(await refused({ credentials: { secret: '../other', header: 'X-Key' } }), [
    'credentials.secret',
    'credentials.header',
  ]);
  for (const header of ['host', 'x-run-token', 'grpc-timeout', 'content-length']) {
    assert.deepEqual(await refused({ credentials: { secret: 'k', header } }), ['credentials.header'], header);
  }
  assert.deepEqual(await refused({ credentials: { secret: 'k' }, endpoints: ['inprocess:f'], protocol: 4 }), [
    'credentials',
  ]);
  assert.deepEqual((await rig.client.listAgents({})).agents, []);
});

test('a gRPC agent behind TLS is found out and probed, where its authority is trusted', async () => {
  await using folder = await temporaryDirectory();
  const own = selfSigned();
  const agentCaFile = join(folder.path, 'ca.pem');
  await writeFile(agentCaFile, own.cert);
  await using agent = await startGrpcAgent({ version: '1.2.0' }, 0, own);
  const endpoints = [`grpcs://${agent.address}`];
  await using trusting = await registryRig({ agentCaFile });
  const registered = await trusting.client.registerAgent({ agentId: 'a', endpoints });
  assert.equal(registered.agent?.version, '1.2.0');
  const healthIs = (rig: typeof trusting, health: InstanceHealth) =>
    eventually(async () => (await rig.client.getAgent({ agentId: 'a' })).agent?.instances[0]?.health === health, {
      describe: `it to be ${health}`,
    });
  await healthIs(trusting, InstanceHealth.HEALTHY);
  await using careful = await registryRig();
  await careful.client.registerAgent({ agentId: 'a', endpoints, protocol: 1 });
  await healthIs(careful, InstanceHealth.UNHEALTHY);
});
