import { createClient } from '@connectrpc/connect';
import { EventService, MessageService, MetricsService } from '@skein/contracts/eventlog';
import { LlmService } from '@skein/contracts/llm';
import {
  AgentRegistryService,
  CatalogueService,
  DeploymentService,
  RpcRegistryService,
  ToolService,
} from '@skein/contracts/registry';
import {
  ApprovalService,
  LimitService,
  NamespaceService,
  RunService,
  ScheduleService,
  WorkflowService,
} from '@skein/contracts/scheduler';
import { WorkerService } from '@skein/contracts/worker';
import { directTransport } from '@skein/rpc';
import { pino } from 'pino';
import type { ErrorBody } from '../errors/error-body.ts';
import { createGatewayService, type GatewayOptions, type GatewayService } from '../service.ts';
import type { Clients } from '../upstream/clients.ts';
import { FakeEvents } from './fake-events.ts';
import { fakeLlm } from './fake-llm.ts';
import { fakeRegistry } from './fake-registry.ts';
import { fakeServices } from './fake-services.ts';
import { fakeMetrics } from './fake-metrics.ts';
import { fakeMessages } from './fake-messages.ts';
import { fakeLimits } from './fake-limits.ts';
import { fakeNamespaces } from './fake-namespaces.ts';
import { FakeSchedules } from './fake-schedules.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { fakeDeployments } from './fake-deployments.ts';
import { fakeTools } from './fake-tools.ts';
import { FakeScheduler, SLOW_WORKFLOW } from './fake-scheduler.ts';

/** A gateway on a free port, before services of this process. */
export interface GatewayRig extends AsyncDisposable {
  readonly gateway: GatewayService;
  readonly url: string;
  readonly clients: Clients;
  readonly scheduler: FakeScheduler;
  readonly schedules: FakeSchedules;
  /** The mask of each update of a namespace. */
  readonly namespaceMasks: readonly (readonly string[])[];
  readonly events: FakeEvents;
  /** Asks, and answers with the parsed body. */
  json(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<JsonAnswer>;
}

/** An answer of REST. */
export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
}

/** Parsed JSON. Fields that an answer lacks are undefined, which fails the test that reads them. */
export interface AnswerBody extends ErrorBody {
  readonly [field: string]: unknown;
  readonly run_id: string;
  readonly state: string;
  readonly waiting_for: string;
  readonly runs: readonly object[];
  readonly events: readonly { readonly [field: string]: unknown }[];
}

/** Starts a gateway with the workflows `echo` and `slow`. */
export async function gatewayRig(options: Partial<GatewayOptions> = {}): Promise<GatewayRig> {
  const events = new FakeEvents();
  const scheduler = new FakeScheduler(events);
  const schedules = new FakeSchedules();
  const namespaceMasks: string[][] = [];
  const transport = directTransport([
    ...scheduler.bindings,
    schedules.binding,
    fakeLimits(),
    fakeNamespaces(namespaceMasks),
    events.binding,
    fakeMessages(),
    fakeMetrics(),
    fakeRegistry(),
    fakeServices(),
    fakeTools(),
    fakeDeployments(),
    fakeCatalogue(),
    fakeLlm(),
  ]);
  const workflows = createClient(WorkflowService, transport);
  for (const id of ['echo', SLOW_WORKFLOW]) {
    await workflows.applyWorkflow({ definition: { case: 'object', value: { id } } });
  }
  const clients: Clients = {
    runs: createClient(RunService, transport),
    workflows,
    approvals: createClient(ApprovalService, transport),
    schedules: createClient(ScheduleService, transport),
    limits: createClient(LimitService, transport),
    namespaces: createClient(NamespaceService, transport),
    agents: createClient(AgentRegistryService, transport),
    services: createClient(RpcRegistryService, transport),
    tools: createClient(ToolService, transport),
    deployments: createClient(DeploymentService, transport),
    catalogue: createClient(CatalogueService, transport),
    events: createClient(EventService, transport),
    messages: createClient(MessageService, transport),
    metrics: createClient(MetricsService, transport),
    llm: createClient(LlmService, transport),
    workers: createClient(WorkerService, transport),
    doctors: {},
  };
  const logger = pino({ level: 'silent' });
  const gateway = await createGatewayService({ port: 0, logger, graceMs: 2000, clients, ...options });
  const { url } = gateway;
  return {
    gateway,
    url,
    clients,
    scheduler,
    schedules,
    namespaceMasks,
    events,
    async json(method, path, body, headers = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? ({} as AnswerBody) : (JSON.parse(text) as AnswerBody),
      };
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}
