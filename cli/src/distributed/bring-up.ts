/**
 * Starts what does not run yet of a distributed platform, stage by stage, and waits until each part is ready.
 *
 * I1. What runs is left alone; a second `up` starts what has died since, where the others look for it.
 * I2. A part is noted as soon as its process exists, so that `down` ends it whatever happens here.
 * I3. The wait is bounded; who is not ready is named, with the end of its log.
 */
import { readOwnerNote } from '@skein/postgres';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { paintState } from '../output/palette.ts';
import { spanText } from '../output/time.ts';
import { modeDirectory } from '../settings.ts';
import type { Session } from '../session.ts';
import { awaitReady } from './await-ready.ts';
import { choosePorts } from './choose-ports.ts';
import { lockFolder } from './folder-lock.ts';
import { commandOf, logPath, natsUrl, postgresDirectory } from './part-runner.ts';
import { startDetached } from './part-process.ts';
import { HOST, NATS, partEnvironment, POSTGRES, stagesOf, type PartPorts, type PartSpec } from './parts.ts';
import { readRecord, runningParts, writeRecord, type DistributedRecord, type PartRecord } from './record.ts';

/** Longest wait for each part. */
export const DEFAULT_READY_TIMEOUT_MS = 60_000;

const NAME_WIDTH = 10;

/** A platform that is being brought up. */
interface Bringing {
  readonly session: Session;
  readonly directory: string;
  readonly timeoutMs: number;
  readonly stages: readonly (readonly PartSpec[])[];
  readonly ports: PartPorts;
  /** Parts that ran before. */
  readonly running: ReadonlySet<string>;
  readonly startedAt: string;
  readonly services: Record<string, PartRecord>;
  /** Writes of the record, one after the other. */
  saving: Promise<void>;
}

/** Brings the platform of the data directory up and answers with what runs. */
export async function bringUp(session: Session, timeoutMs = DEFAULT_READY_TIMEOUT_MS): Promise<DistributedRecord> {
  const directory = modeDirectory(session.settings, 'distributed');
  using _lock = await lockFolder(directory);
  const bringing = await plan(session, directory, timeoutMs);
  for (const stage of bringing.stages) await Promise.all(stage.map((part) => ensurePart(bringing, part)));
  return recordOf(bringing);
}

async function plan(session: Session, directory: string, timeoutMs: number): Promise<Bringing> {
  const { env } = session.host;
  const before = await readRecord(directory);
  const running = await runningParts(before);
  // Nobody looks for anybody any more: every port is chosen anew.
  const known = running.size === 0 ? {} : (before?.services ?? {});
  const stages = stagesOf(env);
  checkSameParts(stages, known);
  const ports = await choosePorts(stages.flat(), env, known, (name) => running.has(name));
  const startedAt = running.size > 0 && before ? before.started_at : new Date().toISOString();
  const saving = Promise.resolve();
  return { session, directory, timeoutMs, stages, ports, running, startedAt, services: { ...known }, saving };
}

/** A platform that runs on somebody else's Postgres or NATS goes on with it, or not at all. */
function checkSameParts(stages: Bringing['stages'], known: Readonly<Record<string, PartRecord>>): void {
  if (Object.keys(known).length === 0) return;
  for (const [{ name }, variable] of [
    [POSTGRES, 'DATABASE_URL'],
    [NATS, 'SKEIN_NATS_URL'],
  ] as const) {
    const wanted = stages.flat().some((part) => part.name === name);
    if (wanted === name in known) continue;
    throw new CliError({
      reason: 'CONFIG_CHANGED',
      message: `the platform that runs was started ${wanted ? 'with' : 'without'} ${variable}`,
      place: variable,
      remedy: `${wanted ? 'set it as before' : 'unset it'}, or \`skein down\` first`,
      exitCode: EXIT.refused,
    });
  }
}

async function ensurePart(bringing: Bringing, part: PartSpec): Promise<void> {
  const { session, directory, running } = bringing;
  const { output, host } = session;
  const { name } = part;
  const wasRunning = running.has(name);
  const startedMs = performance.now();
  const record = (wasRunning ? bringing.services[name] : undefined) ?? (await startPart(bringing, part));
  await awaitReady(name, record, { directory, timeoutMs: bringing.timeoutMs, signal: host.interrupted });
  const ports = Object.values(record.ports).join(', ');
  const took = wasRunning ? 'ran already' : `in ${spanText(performance.now() - startedMs)}`;
  const state = paintState('READY', output.paintNote);
  output.note(`${name.padEnd(NAME_WIDTH)} ${state}  ${took}  (pid ${record.pid}, port ${ports})`);
}

async function startPart(bringing: Bringing, part: PartSpec): Promise<PartRecord> {
  const { session, directory, ports } = bringing;
  const { host } = session;
  const { name } = part;
  const own = ports[name] ?? {};
  const command = await commandOf(part, own, await environmentOf(bringing, name), { host, directory });
  const { pid, startMark } = await startDetached(command);
  const record = { pid, start_mark: startMark, ports: own, log: logPath(directory, name) };
  bringing.services[name] = record;
  bringing.saving = bringing.saving.then(() => writeRecord(directory, recordOf(bringing)));
  await bringing.saving;
  return record;
}

/** What a part finds the others with. Postgres and NATS look for nobody. */
async function environmentOf(
  { session, stages, ports, directory }: Bringing,
  name: string,
): Promise<Record<string, string>> {
  if (name === POSTGRES.name || name === NATS.name) return {};
  const { env } = session.host;
  const note = await readOwnerNote(postgresDirectory(directory));
  const database = env['DATABASE_URL'] || note?.url || '';
  const nats = env['SKEIN_NATS_URL'] || natsUrl(ports[NATS.name]);
  return partEnvironment(stages, ports, { database, nats });
}

function recordOf({ stages, services, ports, startedAt }: Bringing): DistributedRecord {
  const names = stages.flat().map(({ name }) => name);
  const inOrder = names.flatMap((name) => (services[name] ? [[name, services[name]] as const] : []));
  const apiUrl = `http://${HOST}:${ports['gateway']?.['http'] ?? 0}`;
  return { mode: 'distributed', api_url: apiUrl, started_at: startedAt, services: Object.fromEntries(inOrder) };
}
