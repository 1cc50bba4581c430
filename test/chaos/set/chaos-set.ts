/**
 * The distributed platform under test: a process per service, several schedulers and executors, a Postgres and a NATS
 * server of its own, agents in a process of their own, and between any two a link that can be hurt.
 *
 * Owns: all of them, and the folder with their data and logs.
 *
 * S1. After disposal no process, port, mount or file of it is left.
 */
import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPool, type Pool } from '@skein/postgres';
import { natsServer, temporaryDirectory, type NatsServer } from '@skein/testkit';
import { createClients, type Clients } from '../../e2e/harness/clients.ts';
import { cleanEnvironment, ROOT } from '../../e2e/harness/skein.ts';
import { agentsMember, type AgentsUnderTest } from './agents-member.ts';
import { environmentOf, type PartPorts } from './environment.ts';
import { partsOf, PEERS, reachesOf, type Part, type Service, type SetSize } from './layout.ts';
import { lastingPort } from './lasting-port.ts';
import { Member } from './member.ts';
import { Network } from './network.ts';
import { ChaosPostgres } from './postgres.ts';
import { isReady } from './readiness.ts';
import { SmallDisk } from './small-disk.ts';

/** Who asks from outside, as links name it. */
export const CLIENT = 'client';

/** A platform that can be hurt. */
export interface ChaosSet extends AsyncDisposable {
  readonly size: SetSize;
  readonly parts: readonly Part[];
  /** The processes of the platform, by part name. */
  readonly members: ReadonlyMap<string, Member>;
  readonly agents: AgentsUnderTest;
  readonly network: Network;
  readonly postgres: ChaosPostgres;
  readonly nats: NatsServer;
  /** The disk that Postgres' files are on. Undefined: it was not asked for, or this user cannot make one. */
  readonly disk: SmallDisk | undefined;
  /** Through the gateway. */
  readonly clients: Clients;
  /** Straight to Postgres, past every link. */
  readonly sql: Pool;
  /** Copies the log of every process into a folder, which is made. */
  saveLogs(path: string): Promise<void>;
}

/** What the parts are started with. */
interface Ground {
  readonly directory: string;
  readonly network: Network;
  readonly postgres: ChaosPostgres;
  readonly nats: NatsServer;
  readonly ports: ReadonlyMap<string, PartPorts>;
  readonly parts: readonly Part[];
}

/** Starts a set and resolves when every part of it can work. `smallDisk`: with a disk that can be filled, if possible. */
export async function startChaosSet(size: SetSize, { smallDisk = false } = {}): Promise<ChaosSet> {
  await using started = new AsyncDisposableStack();
  const { path: directory } = started.use(await temporaryDirectory('chaos'));
  const logs = join(directory, 'logs');
  await mkdir(logs);
  const disk = smallDisk ? started.use(await SmallDisk.mount(join(directory, 'postgres'))) : undefined;
  const [postgres, nats] = await Promise.all([
    ChaosPostgres.start(join(directory, 'postgres')).then((it) => started.use(it)),
    natsServer().then((it) => started.use(it)),
  ]);
  const network = started.use(new Network());
  const parts = partsOf(size);
  const ports = new Map(await Promise.all(parts.map(async ({ name }) => [name, await freePorts()] as const)));
  const agents = await agentsMember(directory, logs, network, ports.get('gateway')?.rpc ?? 0);
  started.use(agents.member);
  await agents.member.start();
  const ground = { directory, network, postgres, nats, ports, parts };
  const members = new Map<string, Member>();
  for (const part of parts) {
    const member = started.use(await memberOf(part, ground));
    members.set(part.name, member);
    await member.start();
  }
  await Promise.all([agents.member, ...members.values()].map((member) => member.ready()));
  const sql = createPool(postgres.url(postgres.port), { max: 4, applicationName: 'chaos' });
  started.defer(() => sql.end());
  const apiPort = await network.portTo(CLIENT, 'gateway', ports.get('gateway')?.rpc ?? 0);
  const kept = started.move();
  return {
    size,
    parts,
    members,
    agents,
    network,
    postgres,
    nats,
    disk,
    clients: createClients(`http://127.0.0.1:${apiPort}`),
    sql,
    async saveLogs(path) {
      await cp(logs, path, { recursive: true });
      await copyFile(postgres.logPath, join(path, 'postgres.log'));
      await writeFile(join(path, 'nats.log'), nats.output);
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function freePorts(): Promise<PartPorts> {
  const [rpc, admin] = await Promise.all([lastingPort(), lastingPort()]);
  return { rpc, admin };
}

async function memberOf(part: Part, ground: Ground): Promise<Member> {
  const { directory } = ground;
  const own = ground.ports.get(part.name) ?? (await freePorts());
  return new Member({
    name: part.name,
    entry: join(ROOT, 'services', part.service, 'src/main.ts'),
    env: cleanEnvironment(await settingsOf(part, own, ground)),
    logPath: join(directory, 'logs', `${part.name}.log`),
    orderPath: join(directory, `${part.name}.order`),
    cachePath: join(directory, 'compiled'),
    isReady: () => isReady(own.admin),
  });
}

/** Opens the links of a part, and says where they are. */
async function settingsOf(part: Part, own: PartPorts, ground: Ground): Promise<Record<string, string>> {
  const { network, postgres, nats, ports, parts } = ground;
  const reaches = reachesOf(part.service);
  const found = new Map<Service, readonly number[]>();
  for (const service of new Set(parts.map((other) => other.service))) {
    if (!reaches.includes(service)) continue;
    const others = parts.filter((other) => other.service === service);
    const opened = others.map(({ name }) => network.portTo(part.name, name, ports.get(name)?.rpc ?? 0));
    found.set(service, await Promise.all(opened));
  }
  const databasePort = reaches.includes('postgres') ? await network.portTo(part.name, 'postgres', postgres.port) : 0;
  const natsPort = reaches.includes('nats') ? await network.portTo(part.name, 'nats', nats.port) : 0;
  return environmentOf(part, own, {
    databaseUrl: postgres.url(databasePort),
    natsUrl: `nats://127.0.0.1:${natsPort}`,
    portsTo: (service) => found.get(service) ?? [],
    advertisedPort: part.service === 'scheduler' ? await network.portTo(PEERS, part.name, own.rpc) : own.rpc,
  });
}
