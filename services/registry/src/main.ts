import { hostService } from '@skein/host';
import { registryConfig } from './config.ts';
import { createRegistryService } from './service.ts';

await hostService({
  name: 'registry',
  spec: registryConfig,
  start: (config, logger) =>
    createRegistryService({
      databaseUrl: config.database.url.reveal(),
      databasePoolMax: config.database.poolMax,
      probe: config.probe,
      agentsFile: config.agentsFile,
      agentCaFile: config.agentCaFile,
      logger,
    }),
});
