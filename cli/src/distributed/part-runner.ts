/** Knows how each kind of part is run, and when it is ready. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readOwnerNote } from '@skein/postgres';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Host } from '../host.ts';
import type { PartCommand } from './part-process.ts';
import { HOST, NATS, POSTGRES, serviceEntry, type PartSpec } from './parts.ts';
import { adminUrlOf, probeNats, probeReadyz, type Probed } from './probe.ts';

/** Where the parts of one platform live. */
export interface PartPlace {
  readonly host: Host;
  /** `.skein/distributed`. */
  readonly directory: string;
}

/** Folder of the embedded Postgres of a distributed platform. */
export function postgresDirectory(directory: string): string {
  return join(directory, 'postgres');
}

/** The log of a part. */
export function logPath(directory: string, name: string): string {
  return join(directory, 'logs', `${name}.log`);
}

/** What runs a part with these ports in this environment. */
export async function commandOf(
  part: PartSpec,
  ports: Readonly<Record<string, number>>,
  env: Readonly<Record<string, string>>,
  { host, directory }: PartPlace,
): Promise<PartCommand> {
  const common = { env: { ...host.env, ...env }, cwd: host.root, log: logPath(directory, part.name) };
  switch (part.name) {
    case POSTGRES.name: {
      const entry = join(import.meta.dirname, 'postgres/main.ts');
      return { ...common, file: host.node, args: [entry, postgresDirectory(directory), String(ports['sql'])] };
    }
    case NATS.name: {
      const args = ['-js', '-sd', join(directory, 'nats'), '-a', HOST, '-p', String(ports['bus'])];
      return { ...common, file: await findNatsServer(host), args };
    }
    default:
      return { ...common, file: host.node, args: [serviceEntry(host.root, part.name)] };
  }
}

/** Whether a part can do its work. */
export async function probePart(
  name: string,
  pid: number,
  ports: Readonly<Record<string, number>>,
  directory: string,
): Promise<Probed> {
  switch (name) {
    case POSTGRES.name: {
      // The note has the URL once the server takes connections.
      const note = await readOwnerNote(postgresDirectory(directory));
      return note?.pid === pid && note.url !== undefined ? { ready: true } : { ready: false, reason: 'still starting' };
    }
    case NATS.name:
      return probeNats(natsUrl(ports));
    default:
      return probeReadyz(adminUrlOf(ports['admin'] ?? 0));
  }
}

/** Address of our own NATS server. */
export function natsUrl(ports: Readonly<Record<string, number>> | undefined): string {
  return `nats://${HOST}:${ports?.['bus'] ?? 0}`;
}

/** The machine's own nats-server, or one that the repository's tool fetches. */
async function findNatsServer(host: Host): Promise<string> {
  try {
    const tool = join(host.root, 'tools/nats/ensure.ts');
    const { stdout } = await promisify(execFile)(host.node, [tool], { env: { ...host.env } });
    return stdout.trim();
  } catch (cause) {
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause);
    throw new CliError({
      reason: 'NATS_NOT_FOUND',
      message: `there is no nats-server: ${stderr}`,
      place: 'PATH',
      remedy: 'install nats-server, or set SKEIN_NATS_URL to one that runs',
      exitCode: EXIT.unreachable,
      cause,
    });
  }
}
