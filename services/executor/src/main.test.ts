import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startGrpcServer } from '@skein/rpc';
import { eventually, freePort, spawnProcess } from '@skein/testkit';
import { AgentProtocol } from '@skein/contracts/registry';
import { outputOf } from './testing/executor-stage.ts';
import { FakeEventLog } from './testing/fake-event-log.ts';
import { FakeRegistry } from './testing/fake-registry.ts';
import { FakeScheduler } from './testing/fake-scheduler.ts';
import { sendJson, startHttpAgent } from './testing/http-agent.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

test('the process takes tasks, says when it is ready, and stops gracefully', async () => {
  const [scheduler, registry, eventLog] = [new FakeScheduler(), new FakeRegistry(), new FakeEventLog()];
  const bindings = [scheduler.binding, registry.binding, eventLog.binding];
  await using server = await startGrpcServer({ port: 0, bindings });
  await using agent = await startHttpAgent((response) => sendJson(response, { output: 'from afar' }));
  registry.addAt('agent', AgentProtocol.HTTP_PROCESS, agent.url);
  const adminPort = await freePort();
  await using executor = await spawnProcess(process.execPath, {
    args: [MAIN],
    env: {
      SKEIN_SCHEDULER_ADDRESSES: server.address,
      SKEIN_REGISTRY_ADDRESS: server.address,
      SKEIN_LLM_PROXY_ADDRESS: server.address,
      SKEIN_EVENT_LOG_ADDRESS: server.address,
      // Nobody listens there: watching live is all that a missing bus costs.
      SKEIN_NATS_URL: `nats://127.0.0.1:${await freePort()}`,
      SKEIN_EXECUTOR_ADMIN_PORT: String(adminPort),
    },
    ready: /executor started/,
  });
  const admin = `http://127.0.0.1:${adminPort}`;
  await eventually(async () => (await fetch(`${admin}/readyz`)).ok, { describe: 'readiness' });
  const ref = scheduler.dispatchAgent('agent', 'hello');
  assert.equal(outputOf(await scheduler.ended(ref)), 'from afar');
  const metrics = await (await fetch(`${admin}/metrics`)).text();
  assert.match(metrics, /skein_agent_calls_total\{[^}]*agent_id="agent"/);
  executor.kill('SIGTERM');
  const { code } = await executor.exited;
  assert.equal(code, 0, executor.output);
  assert.ok(scheduler.sessions.every(({ drained }) => drained));
});

test('a wrong setting is told with its name, and ends the process with code 78', async () => {
  await using executor = await spawnProcess(process.execPath, {
    args: [MAIN],
    env: { SKEIN_SCHEDULER_ADDRESSES: 'nowhere', SKEIN_EXECUTOR_CONCURRENCY: '0' },
  });
  const { code } = await executor.exited;
  assert.equal(code, 78);
  assert.match(executor.stderr, /SKEIN_SCHEDULER_ADDRESSES/);
  assert.match(executor.stderr, /SKEIN_EXECUTOR_CONCURRENCY/);
});
