import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createClient } from '@connectrpc/connect';
import { AgentProtocol, AgentRegistryService } from '@skein/contracts/registry';
import { grpcTransport } from '@skein/rpc';
import { eventually, freePort, spawnProcess, testDatabase, type SpawnedProcess } from '@skein/testkit';
import { startGrpcAgent } from './testing/grpc-agent.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

/** Where a process serves, from its log. */
const addressOf = async (process: SpawnedProcess) => (await process.waitFor(/"address":"([^"]+)"/))[1] ?? '';

test('the process registers and probes, shows its metrics, and knows everything after a kill', async () => {
  await using database = await testDatabase();
  await using agent = await startGrpcAgent();
  const adminPort = await freePort();
  const start = () =>
    spawnProcess(process.execPath, {
      args: [MAIN],
      env: {
        DATABASE_URL: database.url,
        SKEIN_REGISTRY_PORT: '0',
        SKEIN_REGISTRY_ADMIN_PORT: String(adminPort),
        SKEIN_PROBE_INTERVAL: '20ms',
      },
      ready: /registry started/,
    });
  const admin = `http://127.0.0.1:${adminPort}`;
  const metrics = async () => (await fetch(`${admin}/metrics`)).text();

  await using first = await start();
  using toFirst = grpcTransport({ address: await addressOf(first) });
  await eventually(async () => (await fetch(`${admin}/readyz`)).ok, { describe: 'readiness' });
  await createClient(AgentRegistryService, toFirst).registerAgent({ agentId: 'mine', endpoints: [agent.address] });
  const healthy = /^skein_registry_instances\{[^}]*health="HEALTHY"[^}]*\} 1$/m;
  await eventually(async () => healthy.test(await metrics()), { describe: 'a healthy instance among the metrics' });
  assert.match(await metrics(), /^skein_registry_agents(\{[^}]*\})? 1$/m);
  assert.match(await metrics(), /^skein_registry_probes_total\{[^}]*outcome="success"/m);
  first.kill('SIGKILL');
  await first.exited;

  await using second = await start();
  using toSecond = grpcTransport({ address: await addressOf(second) });
  const { agent: found } = await createClient(AgentRegistryService, toSecond).getAgent({ agentId: 'mine' });
  assert.equal(found?.protocol, AgentProtocol.GRPC);
  second.kill('SIGTERM');
  assert.equal((await second.exited).code, 0, second.output);
});

test('a wrong setting is told with its name, and ends the process with code 78', async () => {
  const env = { SKEIN_PROBE_INTERVAL: 'soon', SKEIN_PROBE_FAILURES: '0' };
  await using registry = await spawnProcess(process.execPath, { args: [MAIN], env });
  assert.equal((await registry.exited).code, 78);
  for (const name of Object.keys(env)) assert.match(registry.stderr, new RegExp(name));
});
