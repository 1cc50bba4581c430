/** A server of its own for one test file: this package cannot use the test kit, which is built on it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../embedded/embedded-postgres.ts';
import type { EmbeddedPostgres } from '../embedded/embedded-postgres.ts';
import type { ServerLog } from '../embedded/supervisor.ts';

export const SILENT: ServerLog = { info: () => undefined, warn: () => undefined };

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

export async function temporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'skein-postgres-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Starts the server of a directory and insists that it is ours. */
export async function startOwned(dataDir: string, log: ServerLog = SILENT): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log });
  if (server.kind !== 'started') throw new Error(`${dataDir} belongs to process ${server.ownerPid}`);
  return server;
}

export interface TemporaryServer extends AsyncDisposable {
  readonly url: string;
}

export async function temporaryServer(): Promise<TemporaryServer> {
  const directory = await temporaryDirectory();
  const server = await startOwned(directory.path);
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await directory[Symbol.asyncDispose]();
    },
  };
}
