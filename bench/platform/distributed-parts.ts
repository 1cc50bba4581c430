/** The parts of a distributed platform: those of `skein up`, schedulers and executors as many as wanted. */
import { join } from 'node:path';
import { findNatsServer, freePort } from '@skein/testkit';
import { HOST, NATS, partEnvironment, POSTGRES, serviceEntry, stagesOf } from '../../cli/src/distributed/parts.ts';
import type { PartPorts, PartSpec } from '../../cli/src/distributed/parts.ts';
import { probeNats } from '../../cli/src/distributed/probe.ts';
import { answers } from './child.ts';
import { postmasterPid, urlOf } from './embedded-postgres.ts';
import { ROOT } from './environment.ts';
import type { Part } from './part.ts';

/** How many processes a part has. One, where it is not named. */
export type Counts = Readonly<Record<string, number>>;

/** The parts by stage, and where their API is. */
export interface DistributedParts {
  readonly stages: readonly (readonly Part[])[];
  readonly apiUrl: string;
}

/** One process of a part, with ports of its own. */
interface Replica {
  readonly name: string;
  readonly spec: PartSpec;
  readonly ports: Readonly<Record<string, number>>;
}

/** Chooses ports and says how each part is started. Postgres keeps its files in `postgresDir`. */
export async function distributedParts(
  directory: string,
  postgresDir: string,
  counts: Counts,
): Promise<DistributedParts> {
  const specs = stagesOf({});
  const replicas: Replica[] = [];
  for (const spec of specs.flat()) replicas.push(...(await replicasOf(spec, counts[spec.name] ?? 1)));
  const portsOf = (part: PartSpec): Replica['ports'] => replicas.find(({ spec }) => spec === part)?.ports ?? {};
  const natsUrl = `nats://${HOST}:${portsOf(NATS)['bus'] ?? 0}`;
  const ports: PartPorts = Object.fromEntries(specs.flat().map((spec) => [spec.name, portsOf(spec)]));
  const schedulers = replicas
    .filter(({ spec }) => spec.name === 'scheduler')
    .map((each) => `${HOST}:${each.ports['rpc']}`);
  const settings = async () => ({
    ...partEnvironment(specs, ports, { database: await urlOf(postgresDir), nats: natsUrl }),
    SKEIN_SCHEDULER_ADDRESSES: schedulers.join(','),
  });

  const postgres: Part = {
    name: POSTGRES.name,
    program: {
      kind: 'node',
      entry: join(ROOT, 'cli/src/distributed/postgres/main.ts'),
      args: [postgresDir, String(portsOf(POSTGRES)['sql'])],
    },
    isReady: async () => (await urlOf(postgresDir)) !== '' && isAlive(postmasterPid(postgresDir)),
  };
  const nats: Part = {
    name: NATS.name,
    program: {
      kind: 'binary',
      file: await findNatsServer(),
      args: ['-js', '-sd', join(directory, 'nats'), '-a', HOST, '-p', String(portsOf(NATS)['bus'])],
    },
    isReady: async () => (await probeNats(natsUrl)).ready,
  };
  const services = replicas
    .filter(({ spec }) => spec !== POSTGRES && spec !== NATS)
    .map((replica): Part => ({
      name: replica.name,
      program: { kind: 'node', entry: entryOf(replica.spec.name) },
      env: async () => ({ ...(await settings()), ...ownSettings(replica) }),
      isReady: () => answers(replica.ports['admin'] ?? 0, '/readyz'),
    }));
  const { gateway } = ports;
  // Services may start in any order, so that the time until they are back is theirs and not ours.
  return { stages: [[postgres, nats], services], apiUrl: `http://${HOST}:${gateway?.['http'] ?? 0}` };
}

async function replicasOf(spec: PartSpec, count: number): Promise<Replica[]> {
  const replicas: Replica[] = [];
  for (let number = 1; number <= count; number += 1) {
    const ports: Record<string, number> = {};
    for (const { use } of spec.ports) ports[use] = await freePort();
    replicas.push({ name: count === 1 ? spec.name : `${spec.name}-${number}`, spec, ports });
  }
  return replicas;
}

/** What a replica is told that the others of its part are told otherwise. */
function ownSettings({ name, spec, ports }: Replica): Record<string, string> {
  const own = spec.ports.map(({ use, env }) => [env, String(ports[use])] as const);
  return { ...Object.fromEntries(own), ...(spec.name === 'scheduler' ? { SKEIN_SCHEDULER_ID: name } : {}) };
}

/** The executor has the benchmark's functions besides what it is shipped with. */
function entryOf(service: string): string {
  return service === 'executor' ? join(import.meta.dirname, 'executor-host.ts') : serviceEntry(ROOT, service);
}

function isAlive(pid: number): boolean {
  process.kill(pid, 0);
  return true;
}
