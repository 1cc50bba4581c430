/** An executor as a process of its own, as its `main.ts` runs it; besides, it has the benchmark's functions. */
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
import { createExecutorService, executorConfig } from '@skein/executor';
import { hostService } from '@skein/host';
import { grpcTransport } from '@skein/rpc';
import { benchFunctions } from './functions.ts';

await hostService({
  name: 'executor',
  spec: executorConfig,
  async start(config, logger) {
    const transportTo = (address: string) => grpcTransport({ address });
    const bus = createNatsBus({ servers: [config.bus.url], name: 'executor' });
    const schedulers = config.schedulerAddresses.map((name) => ({
      name,
      transport: transportTo(name),
    }));
    const registry = transportTo(config.registryAddress);
    const llm = transportTo(config.llmProxyAddress);
    const events = transportTo(config.eventLogAddress);
    return createExecutorService({
      config,
      schedulers: schedulers.map(({ name, transport }) => ({ name, tasks: createClient(TaskService, transport) })),
      registry: createClient(AgentRegistryService, registry),
      services: createClient(RpcRegistryService, registry),
      tools: createClient(ToolService, registry),
      assignments: createClient(AssignmentService, registry),
      catalogue: createClient(CatalogueService, registry),
      llm: createClient(LlmService, llm),
      events: createClient(EventService, events),
      bus,
      logger,
      functions: benchFunctions,
      owned: [...schedulers.map(({ transport }) => transport), registry, llm, events, bus],
    });
  },
});
