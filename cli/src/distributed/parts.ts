/** What a distributed platform consists of: the parts, the order they start in, their ports and how they are found. */
import { join } from 'node:path';
import type { Environment } from '../host.ts';

/** One port of a part. */
export interface PortSpec {
  readonly use: 'rpc' | 'admin' | 'http' | 'sql' | 'bus';
  /** Variable that the part reads it from; a user may set it too. */
  readonly env: string;
  /** Taken where nobody else listens there. */
  readonly preferred: number;
}

/** One process of the platform. */
export interface PartSpec {
  readonly name: string;
  readonly ports: readonly PortSpec[];
  /** Variable with the part's own address for others, as host:port of its rpc port. */
  readonly addressEnv?: string;
}

/** Chosen ports by part and use. */
export type PartPorts = Readonly<Record<string, Readonly<Record<string, number>>>>;

export const HOST = '127.0.0.1';

function service(name: string, rpcPort: number, adminPort: number): PartSpec {
  const prefix = `SKEIN_${name.toUpperCase().replaceAll('-', '_')}`;
  const admin: PortSpec = { use: 'admin', env: `${prefix}_ADMIN_PORT`, preferred: adminPort };
  const rpc: PortSpec = { use: 'rpc', env: `${prefix}_PORT`, preferred: rpcPort };
  // Of schedulers and executors there may be several.
  const addressEnv = name === 'scheduler' || name === 'executor' ? `${prefix}_ADDRESSES` : `${prefix}_ADDRESS`;
  return { name, ports: [rpc, admin], addressEnv };
}

export const POSTGRES: PartSpec = {
  name: 'postgres',
  ports: [{ use: 'sql', env: 'SKEIN_POSTGRES_PORT', preferred: 7432 }],
};

export const NATS: PartSpec = { name: 'nats', ports: [{ use: 'bus', env: 'SKEIN_NATS_PORT', preferred: 7422 }] };

const GATEWAY: PartSpec = {
  name: 'gateway',
  ports: [
    { use: 'http', env: 'HTTP_PORT', preferred: 8080 },
    { use: 'admin', env: 'SKEIN_GATEWAY_ADMIN_PORT', preferred: 7506 },
  ],
};

/** Parts that may start side by side, stage after stage: each finds what it needs ready. */
const SERVICE_STAGES: readonly (readonly PartSpec[])[] = [
  [service('registry', 7401, 7501), service('llm-proxy', 7404, 7504)],
  [service('scheduler', 7402, 7502)],
  [service('event-log', 7405, 7505)],
  [service('executor', 7403, 7503)],
  [GATEWAY],
];

/** The stages of a platform; Postgres and NATS are among them where none is given. */
export function stagesOf(env: Environment): (readonly PartSpec[])[] {
  const own = [
    ...((env['DATABASE_URL'] ?? '') === '' ? [POSTGRES] : []),
    ...((env['SKEIN_NATS_URL'] ?? '') === '' ? [NATS] : []),
  ];
  return own.length === 0 ? [...SERVICE_STAGES] : [own, ...SERVICE_STAGES];
}

/** How the parts find each other. All get the same; each reads what concerns it. */
export function partEnvironment(
  stages: readonly (readonly PartSpec[])[],
  ports: PartPorts,
  urls: { readonly database: string; readonly nats: string },
): Record<string, string> {
  const env: Record<string, string> = {
    DATABASE_URL: urls.database,
    SKEIN_NATS_URL: urls.nats,
    // A smaller nursery than V8's own: one process of several, each with less to do, saves a fifth of its memory.
    NODE_OPTIONS: '--max-semi-space-size=8',
  };
  for (const { name, ports: specs, addressEnv } of stages.flat()) {
    for (const { use, env: variable } of specs) env[variable] = String(ports[name]?.[use]);
    if (addressEnv !== undefined) env[addressEnv] = `${HOST}:${ports[name]?.['rpc']}`;
  }
  return env;
}

/** The program of a service. */
export function serviceEntry(root: string, name: string): string {
  return join(root, 'services', name, 'src/main.ts');
}
