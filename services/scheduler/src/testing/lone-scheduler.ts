/**
 * A scheduler as a process of its own, for tests that kill it: with an executor in it whose tasks take some
 * milliseconds, and everything else made up. Arguments: id, port, URL of the database.
 */
import { createClient } from '@connectrpc/connect';
import { createMemoryBus } from '@skein/bus';
import { AgentRegistryService } from '@skein/contracts/registry';
import { TaskService } from '@skein/contracts/scheduler';
import { bind, directTransport, startGrpcServer } from '@skein/rpc';
import { pino } from 'pino';
import { createSchedulerService } from '../service.ts';
import { FakeExecutor, succeeded } from './fake-executor.ts';

const MAX_TASK_MS = 30;

const [schedulerId = '', port = '', databaseUrl = ''] = process.argv.slice(2);
const registry = createClient(
  AgentRegistryService,
  directTransport([
    bind(AgentRegistryService, {
      registerAgent: () => ({}),
      unregisterAgent: () => ({}),
      getAgent: () => ({}),
      listAgents: () => ({}),
      discoverAgents: () => ({}),
      heartbeat: () => ({}),
      drainInstance: () => ({}),
      enableInstance: () => ({}),
      removeInstance: () => ({}),
      reportCalls: () => ({}),
      async *watchRoutes() {},
    }),
  ]),
);
const service = await createSchedulerService({
  schedulerId,
  address: `127.0.0.1:${port}`,
  databaseUrl,
  databasePoolMax: 4,
  bus: createMemoryBus(),
  registry,
  logger: pino({ level: 'warn' }),
});
await startGrpcServer({ port: Number(port), bindings: service.bindings });
const executor = new FakeExecutor(
  createClient(TaskService, directTransport(service.bindings)),
  () => new Promise((resolve) => setTimeout(() => resolve(succeeded('done')), Math.random() * MAX_TASK_MS)),
);
process.once('beforeExit', () => void executor[Symbol.asyncDispose]());
console.log('ready');
