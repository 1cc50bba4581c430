/** How the parts find each other: the one place that knows the names of their settings. */
import type { Part, Service } from './layout.ts';

/** Ports that a part listens on. */
export interface PartPorts {
  readonly rpc: number;
  readonly admin: number;
}

/** Where a part finds the others: ports of its own links to them. */
export interface Surroundings {
  /** Connection URL, password included. */
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Ports of the links to the parts of a service, in their order. */
  readonly portsTo: (service: Service) => readonly number[];
  /** Port at which those who were not told of this part by their settings find it. */
  readonly advertisedPort: number;
}

const HOST = '127.0.0.1';

/** The settings of one part. */
export function environmentOf(part: Part, own: PartPorts, around: Surroundings): Record<string, string> {
  const addressesOf = (service: Service): string[] => around.portsTo(service).map((port) => `${HOST}:${port}`);
  const prefix = prefixOf(part.service);
  return {
    DATABASE_URL: around.databaseUrl,
    SKEIN_NATS_URL: around.natsUrl,
    // The gateway's own port is that of its API.
    [part.service === 'gateway' ? 'HTTP_PORT' : `${prefix}_PORT`]: String(own.rpc),
    [`${prefix}_ADMIN_PORT`]: String(own.admin),
    SKEIN_REGISTRY_ADDRESS: addressesOf('registry')[0] ?? '',
    SKEIN_LLM_PROXY_ADDRESS: addressesOf('llm-proxy')[0] ?? '',
    SKEIN_EVENT_LOG_ADDRESS: addressesOf('event-log')[0] ?? '',
    SKEIN_SCHEDULER_ADDRESSES: addressesOf('scheduler').join(','),
    ...(part.service === 'scheduler' ? ofScheduler(part, around) : {}),
    // Words come one by one, so that a fault may fall between them.
    SKEIN_BUILTIN_LLM_DELAY: '5ms',
    SKEIN_PROBE_INTERVAL: '1s',
  };
}

function ofScheduler({ name }: Part, { advertisedPort }: Surroundings): Record<string, string> {
  return { SKEIN_SCHEDULER_ID: name, SKEIN_SCHEDULER_ADVERTISED_ADDRESS: `${HOST}:${advertisedPort}` };
}

function prefixOf(service: Service): string {
  return `SKEIN_${service.toUpperCase().replaceAll('-', '_')}`;
}
