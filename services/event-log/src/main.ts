import { createClient } from '@connectrpc/connect';
import { createNatsBus } from '@skein/bus';
import { TaskService } from '@skein/contracts/scheduler';
import { hostService } from '@skein/host';
import { balancedTransport, type IsRepeatable } from '@skein/rpc';
import { eventLogConfig } from './config.ts';
import { createEventLogService } from './service.ts';

/** Reading a run's events changes nothing. */
const isRepeatable: IsRepeatable = (method) => method === TaskService.method.getRunEvents;

await hostService({
  name: 'event-log',
  spec: eventLogConfig,
  async start(config, logger) {
    const bus = createNatsBus({
      servers: config.bus.url,
      name: 'event-log',
      onError: (error, place) => logger.warn({ err: error, place }, 'the bus has trouble; it mends itself'),
    });
    const schedulerTransport = balancedTransport(config.schedulerAddresses, isRepeatable);
    return createEventLogService({
      databaseUrl: config.database.url.reveal(),
      databasePoolMax: config.database.poolMax,
      bus,
      messageRetentionMs: config.messageRetentionMs,
      metricRetentionMs: config.metricRetentionMs,
      schedulerTasks: createClient(TaskService, schedulerTransport),
      logger,
      owned: [bus, schedulerTransport],
    });
  },
});
