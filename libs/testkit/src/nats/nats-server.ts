/** A real nats-server with JetStream for one test: its own port, its own store, and every way to hurt it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnProcess } from '../child-process.ts';
import type { SpawnedProcess } from '../child-process.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { findNatsServer } from './nats-binary.ts';

export interface NatsServer extends AsyncDisposable {
  /** Such as nats://127.0.0.1:4222; the same for the life of the handle. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** What the server has logged since its last start. */
  readonly output: string;
  /** Ends it at once (SIGKILL); resolves when it is gone. */
  kill(): Promise<void>;
  /** Freezes it (SIGSTOP): connections stay open, nothing answers. */
  pause(): void;
  /** Lets it go on (SIGCONT). */
  resume(): void;
  /** Starts it again on the same port and store, ending it gracefully first when it runs. */
  restart(): Promise<void>;
  /** Deletes everything JetStream has stored. The server must not run. */
  wipeStore(): Promise<void>;
}

/** Starts a server and resolves when it takes connections. */
export async function natsServer(): Promise<NatsServer> {
  const binary = await findNatsServer();
  const directory = await temporaryDirectory('nats');
  const store = join(directory.path, 'store');
  const start = (port: number): Promise<SpawnedProcess> =>
    spawnProcess(binary, {
      args: ['-js', '-sd', store, '-a', '127.0.0.1', '-p', String(port)],
      ready: /Server is ready/,
    });
  let server = await start(-1);
  const [, portText] = await server.waitFor(/client connections on [^\s]*:(\d+)/);
  const port = Number(portText);
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    get pid() {
      return server.pid;
    },
    get output() {
      return server.output;
    },
    async kill() {
      server.kill('SIGKILL');
      await server.exited;
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    async restart() {
      server.kill('SIGCONT');
      await server[Symbol.asyncDispose]();
      server = await start(port);
    },
    wipeStore: () => rm(store, { recursive: true, force: true }),
    async [Symbol.asyncDispose]() {
      server.kill('SIGCONT');
      await server[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}
