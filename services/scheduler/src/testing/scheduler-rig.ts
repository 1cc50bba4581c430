import { Code, createClient, type Client } from '@connectrpc/connect';
import { createMemoryBus, type EventBus } from '@skein/bus';
import { AgentRegistryService } from '@skein/contracts/registry';
import {
  LimitService,
  NamespaceService,
  RunService,
  ScheduleService,
  TaskService,
  WorkflowService,
} from '@skein/contracts/scheduler';
import { bind, directTransport, skeinError } from '@skein/rpc';
import { testDatabase, type TestDatabase } from '@skein/testkit';
import { pino } from 'pino';
import { createSchedulerService, type SchedulerOptions } from '../service.ts';

/** A scheduler on a real Postgres, with everything around it in this process. */
export interface SchedulerRig extends AsyncDisposable {
  readonly runs: Client<typeof RunService>;
  readonly workflows: Client<typeof WorkflowService>;
  readonly schedules: Client<typeof ScheduleService>;
  readonly tasks: Client<typeof TaskService>;
  readonly limits: Client<typeof LimitService>;
  readonly namespaces: Client<typeof NamespaceService>;
  readonly bus: EventBus;
  readonly database: TestDatabase;
  /** Stops the scheduler, does what is to be done meanwhile, and starts another on the same database. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  /** Another scheduler on the same database; the clients of the rig go on asking the first. */
  join(schedulerId: string): Promise<AsyncDisposable>;
}

/** Agents that the fake registry does not have. */
export const UNKNOWN_AGENT = 'nobody';

/** Starts a scheduler on a database of its own. `settings` are asked for at each start. */
export async function schedulerRig(
  settings: () => Pick<SchedulerOptions, 'payloads' | 'pruneAfterMs'> = () => ({}),
): Promise<SchedulerRig> {
  const database = await testDatabase();
  const bus = createMemoryBus();
  const registry = createClient(
    AgentRegistryService,
    directTransport([
      bind(AgentRegistryService, {
        registerAgent: () => ({}),
        unregisterAgent: () => ({}),
        listAgents: () => ({}),
        discoverAgents: () => ({}),
        heartbeat: () => ({}),
        drainInstance: () => ({}),
        enableInstance: () => ({}),
        removeInstance: () => ({}),
        reportCalls: () => ({}),
        async *watchRoutes() {},
        getAgent({ agentId }) {
          if (agentId !== UNKNOWN_AGENT) return {};
          throw skeinError({ reason: 'AGENT_NOT_FOUND', code: Code.NotFound, message: 'no such agent' });
        },
      }),
    ]),
  );
  const logger = pino({ level: 'silent' });
  const start = (schedulerId = 'scheduler-1') =>
    createSchedulerService({
      ...settings(),
      schedulerId,
      address: '127.0.0.1:1',
      databaseUrl: database.url,
      bus,
      registry,
      logger,
    });
  let service = await start();
  // The transports of a restarted scheduler are new; clients made once must reach the new one.
  const transport = {
    unary: (...call: Parameters<ReturnType<typeof directTransport>['unary']>) =>
      directTransport(service.bindings).unary(...call),
    stream: (...call: Parameters<ReturnType<typeof directTransport>['stream']>) =>
      directTransport(service.bindings).stream(...call),
  } as ReturnType<typeof directTransport>;
  return {
    runs: createClient(RunService, transport),
    workflows: createClient(WorkflowService, transport),
    schedules: createClient(ScheduleService, transport),
    tasks: createClient(TaskService, transport),
    limits: createClient(LimitService, transport),
    namespaces: createClient(NamespaceService, transport),
    bus,
    database,
    async restart(meanwhile) {
      await service[Symbol.asyncDispose]();
      await meanwhile?.();
      service = await start();
    },
    join: (schedulerId) => start(schedulerId),
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await bus[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}
