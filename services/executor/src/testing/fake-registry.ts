/** A registry whose routes a test sets. */
import { createHash } from 'node:crypto';
import { create, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import {
  type AgentCredentialsSchema,
  AgentProtocol,
  AgentRegistryService,
  AgentSchema,
  type Agent,
  RpcProtocol,
  RpcRegistryService,
  ToolSchema,
  ToolService,
  type AgentVersionSchema,
  type GetServiceRequest,
  InstanceLoadSchema,
  type HeartbeatRequest,
  type Instance,
  InstanceSchema,
  type RegisterAgentRequest,
  type ReportCallsRequest,
  type RoutingPolicySchema,
  type Tool,
  type WatchRoutesResponseSchema,
} from '@skein/contracts/registry';
import { bind, skeinError, type ServiceBinding } from '@skein/rpc';
import { FakeAssignments } from './fake-assignments.ts';
import { FakeCatalogue } from './fake-catalogue.ts';
import { MessageQueue } from '../app/message-queue.ts';

type News = MessageInitShape<typeof WatchRoutesResponseSchema>;

/** An agent as a test registers it. */
export interface AgentOptions {
  readonly protocol: AgentProtocol;
  readonly instances: MessageInitShape<typeof InstanceSchema>[];
  /** Default: `1.0.0`. */
  readonly version?: string;
  readonly versions?: MessageInitShape<typeof AgentVersionSchema>[];
  readonly routing?: MessageInitShape<typeof RoutingPolicySchema>;
  readonly config?: JsonObject;
  readonly timeoutMs?: number;
  readonly credentials?: MessageInitShape<typeof AgentCredentialsSchema>;
}

/** An rpc service as a test registers it. */
export interface RegisteredRpcService {
  readonly serviceId: string;
  readonly addresses: string[];
  readonly protocol?: RpcProtocol;
  readonly tls?: boolean;
  readonly descriptorSet?: Uint8Array<ArrayBuffer>;
}

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

export class FakeRegistry {
  readonly binding: ServiceBinding;
  readonly serviceBinding: ServiceBinding;
  readonly toolBinding: ServiceBinding;
  /** What the executor is to keep running. */
  readonly assignments = new FakeAssignments();
  readonly assignmentBinding: ServiceBinding = this.assignments.binding;
  /** Packages. */
  readonly catalogue = new FakeCatalogue();
  /** Tools by id. */
  readonly tools = new Map<string, Tool>();
  /** Rpc services by id. */
  readonly services = new Map<string, RegisteredRpcService>();
  readonly agents = new Map<string, Agent>();
  /** What executors said of their workers. */
  readonly heartbeats: HeartbeatRequest[] = [];
  /** What executors said of their calls. */
  readonly reports: ReportCallsRequest[] = [];
  /** Watches that are open. */
  readonly watches = new Set<MessageQueue<News>>();
  /** Whether new watches are refused. */
  refusing = false;

  constructor() {
    const unused = () => ({});
    this.toolBinding = bind(ToolService, {
      registerTool: unused,
      listTools: unused,
      deleteTool: unused,
      getTool: ({ toolId }) => ({ tool: this.#getTool(toolId) }),
    });
    this.serviceBinding = bind(RpcRegistryService, {
      registerService: unused,
      listServices: unused,
      deleteService: unused,
      listMethods: unused,
      getService: (request) => this.#getService(request),
    });
    this.binding = bind(AgentRegistryService, {
      registerAgent: (request) => this.#register(request),
      unregisterAgent: unused,
      getAgent: ({ agentId }) => {
        const agent = this.agents.get(agentId);
        return agent === undefined ? {} : { agent };
      },
      listAgents: unused,
      discoverAgents: unused,
      heartbeat: (request) => {
        this.heartbeats.push(request);
        const known = this.agents.get(request.agentId)?.instances.map(({ instanceId }) => instanceId) ?? [];
        const ids = request.instances.map(({ instanceId }) => instanceId);
        return { unknownInstanceIds: ids.filter((id) => !known.includes(id)) };
      },
      drainInstance: ({ agentId, instanceId }) => {
        this.#changeInstances(agentId, (instances) =>
          instances.map((each) => (each.instanceId === instanceId ? { ...each, drained: true } : each)),
        );
        return {};
      },
      enableInstance: unused,
      removeInstance: ({ agentId, instanceId }) => {
        this.#changeInstances(agentId, (instances) => instances.filter((each) => each.instanceId !== instanceId));
        return {};
      },
      reportCalls: (request) => {
        this.reports.push(request);
        return {};
      },
      watchRoutes: (_request, { signal }) => this.#watch(signal),
    });
  }

  /** Registers an agent and tells the watchers. */
  add(agentId: string, agent: AgentOptions): void {
    const { timeoutMs, ...rest } = agent;
    const timeout = timeoutMs === undefined ? {} : { timeout: durationFromMs(timeoutMs) };
    const registered = create(AgentSchema, { namespace: 'default', agentId, version: '1.0.0', ...rest, ...timeout });
    this.agents.set(agentId, registered);
    this.#tell({ change: { case: 'upserted', value: registered } });
  }

  /** An executor registers a worker. */
  #register({ agentId, version, protocol, endpoints }: RegisterAgentRequest) {
    if (this.refusing) throw new ConnectError('not now', Code.Unavailable);
    const unknown = create(AgentSchema, { namespace: 'default', agentId, version, protocol });
    if (!this.agents.has(agentId)) this.agents.set(agentId, unknown);
    const added = endpoints.map((endpoint) =>
      create(InstanceSchema, { instanceId: `at ${endpoint}`, endpoint, version }),
    );
    const ids = added.map(({ instanceId }) => instanceId);
    this.#changeInstances(agentId, (instances) => [
      ...instances.filter(({ instanceId }) => !ids.includes(instanceId)),
      ...added,
    ]);
    return { agent: this.agents.get(agentId), instanceIds: ids };
  }

  #changeInstances(agentId: string, change: (instances: Instance[]) => Instance[]): void {
    const agent = this.agents.get(agentId);
    if (agent === undefined) return;
    const changed = { ...agent, instances: change(agent.instances) };
    this.agents.set(agentId, changed);
    this.#tell({ change: { case: 'upserted', value: changed } });
  }

  /** Registers a tool. */
  addTool(tool: MessageInitShape<typeof ToolSchema> & { readonly toolId: string }): void {
    this.tools.set(tool.toolId, create(ToolSchema, tool));
  }

  #getTool(toolId: string): Tool {
    const tool = this.tools.get(toolId);
    if (tool !== undefined) return tool;
    throw skeinError({ reason: 'TOOL_NOT_FOUND', code: Code.NotFound, message: `no tool ${toolId}` });
  }

  /** Registers an rpc service. */
  addService(serviceId: string, service: Omit<RegisteredRpcService, 'serviceId'>): void {
    this.services.set(serviceId, { ...service, serviceId });
  }

  #getService({ serviceId, includeDescriptorSet }: GetServiceRequest) {
    if (this.refusing) throw new ConnectError('not now', Code.Unavailable);
    const found = this.services.get(serviceId);
    if (found === undefined) {
      throw skeinError({ reason: 'SERVICE_NOT_FOUND', code: Code.NotFound, message: `no rpc service ${serviceId}` });
    }
    const { descriptorSet, ...service } = found;
    const descriptorDigest = descriptorSet === undefined ? new Uint8Array() : sha256(descriptorSet);
    return {
      service: { namespace: 'default', protocol: RpcProtocol.GRPC, ...service, descriptorDigest },
      ...(includeDescriptorSet && descriptorSet !== undefined ? { descriptorSet } : {}),
    };
  }

  /** Registers an agent with one instance. */
  addAt(agentId: string, protocol: AgentProtocol, endpoint: string): void {
    this.add(agentId, { protocol, instances: [{ instanceId: `${agentId}-1`, endpoint }] });
  }

  /** Registers an in-process agent. */
  addFunction(agentId: string, name = agentId): void {
    this.addAt(agentId, AgentProtocol.IN_PROCESS, `inprocess:${name}`);
  }

  remove(agentId: string): void {
    this.agents.delete(agentId);
    this.#tell({ change: { case: 'removed', value: { namespace: 'default', agentId } } });
  }

  /** Tells the watchers how busy instances are. */
  tellLoads(loads: Readonly<Record<string, MessageInitShape<typeof InstanceLoadSchema>>>): void {
    this.#tell({ change: { case: 'loads', value: { loads } } });
  }

  /** How busy every instance of an agent is, by the word of whoever asks the registry. */
  setLoad(agentId: string, load: MessageInitShape<typeof InstanceLoadSchema>): void {
    const made = create(InstanceLoadSchema, load);
    this.#changeInstances(agentId, (instances) => instances.map((each) => ({ ...each, load: made })));
  }

  /** Breaks all watches. */
  break(): void {
    for (const watch of this.watches) watch.end();
  }

  #tell(news: News): void {
    for (const watch of this.watches) watch.push(news);
  }

  async *#watch(signal: AbortSignal): AsyncGenerator<News> {
    if (this.refusing) throw new ConnectError('not now', Code.Unavailable);
    const watch = new MessageQueue<News>();
    for (const agent of this.agents.values()) watch.push({ change: { case: 'upserted', value: agent } });
    watch.push({ change: { case: 'synced', value: {} } });
    this.watches.add(watch);
    signal.addEventListener('abort', () => watch.end());
    try {
      yield* watch;
    } finally {
      this.watches.delete(watch);
    }
    if (!signal.aborted) throw new ConnectError('the registry crashed', Code.Unavailable);
  }
}
