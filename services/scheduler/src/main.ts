import { createNatsBus } from '@skein/bus';
import { createClient } from '@connectrpc/connect';
import { AgentRegistryService } from '@skein/contracts/registry';
import { hostService, reachableAddress } from '@skein/host';
import { grpcTransport } from '@skein/rpc';
import { schedulerConfig } from './config.ts';
import { createSchedulerService } from './service.ts';

await hostService({
  name: 'scheduler',
  spec: schedulerConfig,
  async start(config, logger) {
    const address = reachableAddress(config);
    const bus = createNatsBus({ servers: [config.bus.url], name: config.schedulerId ?? address });
    const registryTransport = grpcTransport({ address: config.registryAddress });
    const registry = createClient(AgentRegistryService, registryTransport);
    return createSchedulerService({
      schedulerId: config.schedulerId ?? address,
      address,
      databaseUrl: config.database.url.reveal(),
      databasePoolMax: config.database.poolMax,
      pruneAfterMs: config.pruneAfterMs,
      runRetentionMs: config.runRetentionMs,
      payloads: config.payloads,
      bus,
      registry,
      logger,
      owned: [bus, registryTransport],
    });
  },
});
