/**
 * Every service in one process: the same code, the same contracts, called directly. Postgres is the real server
 * from npm, the bus is an in-process adapter.
 *
 * Owns: the database server, the bus and the order in which the services start and stop. The one place where
 * services meet; they still know each other by contract alone.
 */
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '@skein/config';
import type { AgentFunctions } from '@skein/executor';
import { notReady, READY, ServiceStack, type Service } from '@skein/lifecycle';
import { startEmbeddedPostgres } from '@skein/postgres';
import type { TelemetryOptions } from '@skein/telemetry';
import type { Logger } from 'pino';
import { readPlatformNote, removePlatformNote, writePlatformNote } from './platform-note.ts';

/** How to start an embedded platform. */
export interface EmbeddedOptions {
  /** Keeps everything between starts. Made when missing. */
  readonly dataDir: string;
  /** Port of the API; 0 takes a free one. Default 8080. */
  readonly httpPort?: number;
  /** Makes the logger of a part; its name belongs in the lines' field `logger`. */
  readonly loggerOf: (part: string) => Logger;
  /** What the services read their settings from. Default: nothing, so that every setting has its default. */
  readonly env?: Environment;
  /** Agents that run inside the executor, by name. */
  readonly functions?: AgentFunctions;
  /** Further receivers of finished spans, for tests. */
  readonly spanProcessors?: TelemetryOptions['spanProcessors'];
}

/** A platform in this process. */
export interface EmbeddedPlatform extends Service {
  readonly elsewhere: false;
  /** Base URL of the API. */
  readonly apiUrl: string;
  /** Base URL of /healthz, /readyz and /metrics. */
  readonly adminUrl: string;
  /** The answer of every part. */
  readonly readiness: ServiceStack['readiness'];
}

/** The data folder belongs to a platform in another process: be its client. */
export interface PlatformElsewhere {
  readonly elsewhere: true;
  readonly apiUrl: string;
  readonly pid: number;
}

const NOTE_WAIT_MS = 15_000;
const NOTE_POLL_MS = 50;

/** Starts a platform, or finds the one that owns the data folder. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPlatform | PlatformElsewhere> {
  const dataDir = resolve(options.dataDir);
  const [database, services] = await startDatabaseAndLoad(join(dataDir, 'postgres'), options.loggerOf('postgres'));
  if (database.kind === 'already_running') return findElsewhere(dataDir, database.ownerPid);
  const stack = new ServiceStack('embedded');
  await stack.start('postgres', () => database);
  const startup = await stack.start('startup', () => new Startup());
  const adminUrl = await services.startObservation(stack, options);
  const apiUrl = await services.startServices(stack, database, options);
  startup.isOver = true;
  await writePlatformNote(dataDir, {
    mode: 'embedded',
    pid: process.pid,
    api_url: apiUrl,
    admin_url: adminUrl,
    started_at: new Date().toISOString(),
  });
  stack.defer(() => removePlatformNote(dataDir));
  return {
    elsewhere: false,
    name: 'embedded',
    apiUrl,
    adminUrl,
    ready: () => stack.ready(),
    readiness: () => stack.readiness(),
    [Symbol.asyncDispose]: () => stack.stop(),
  };
}

/** The database starts while the services are loaded; loading leaves this thread no time for anything else, so it comes second. */
async function startDatabaseAndLoad(dataDir: string, log: Logger) {
  const launched = Promise.withResolvers<void>();
  const database = startEmbeddedPostgres({ dataDir, log, onLaunched: launched.resolve });
  await Promise.race([launched.promise, database]);
  return Promise.all([database, import('./embedded-services.ts')]);
}

/** Is ready when everything has started. */
class Startup implements Service {
  readonly name = 'startup';
  isOver = false;

  ready() {
    return this.isOver ? READY : notReady('services are starting');
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** The owner of the database writes its note a moment after it has started. */
async function findElsewhere(dataDir: string, ownerPid: number): Promise<PlatformElsewhere> {
  const deadline = performance.now() + NOTE_WAIT_MS;
  while (performance.now() < deadline) {
    const note = await readPlatformNote(dataDir);
    if (note?.pid === ownerPid) return { elsewhere: true, apiUrl: note.api_url, pid: ownerPid };
    await delay(NOTE_POLL_MS);
  }
  throw new Error(
    `process ${ownerPid} owns ${dataDir} but serves no API; end it, or use another folder with SKEIN_DATA_DIR`,
  );
}
