import { createClient } from '@connectrpc/connect';
import { createNatsBus } from '@skein/bus';
import { EventService } from '@skein/contracts/eventlog';
import { LlmService } from '@skein/contracts/llm';
import {
  AgentRegistryService,
  AssignmentService,
  CatalogueService,
  RpcRegistryService,
  ToolService,
} from '@skein/contracts/registry';
import { TaskService } from '@skein/contracts/scheduler';
import { hostService, reachableAddress } from '@skein/host';
import { grpcTransport, type ClosableTransport } from '@skein/rpc';
import { executorConfig } from './config.ts';
import { createExecutorService } from './service.ts';

await hostService({
  name: 'executor',
  spec: executorConfig,
  async start(config, logger) {
    const transports: ClosableTransport[] = [];
    const connect = (address: string): ClosableTransport => {
      const transport = grpcTransport({ address });
      transports.push(transport);
      return transport;
    };
    const schedulers = config.schedulerAddresses.map((name) => ({
      name,
      tasks: createClient(TaskService, connect(name)),
    }));
    const toRegistry = connect(config.registryAddress);
    const registry = createClient(AgentRegistryService, toRegistry);
    const services = createClient(RpcRegistryService, toRegistry);
    const tools = createClient(ToolService, toRegistry);
    const assignments = createClient(AssignmentService, toRegistry);
    const catalogue = createClient(CatalogueService, toRegistry);
    const llm = createClient(LlmService, connect(config.llmProxyAddress));
    const events = createClient(EventService, connect(config.eventLogAddress));
    const bus = createNatsBus({ servers: [config.bus.url], name: 'executor' });
    return createExecutorService({
      config,
      address: reachableAddress(config),
      schedulers,
      registry,
      services,
      tools,
      assignments,
      catalogue,
      environment: process.env,
      llm,
      events,
      bus,
      logger,
      owned: [...transports, bus],
    });
  },
});
