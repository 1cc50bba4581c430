import { join } from 'node:path';
import { readOwnerNote } from '@skein/postgres';
import { freePort } from '@skein/testkit';
import { answers, startChild, untilReady, type Child } from './child.ts';
import { shippedEnvironment } from './environment.ts';
import type { BenchPlatform, PlatformOptions } from './platform.ts';
import { postmasterPid } from './postmaster.ts';

/** Starts the embedded platform in a process of its own. */
export async function startEmbeddedPlatform({ directory }: PlatformOptions): Promise<BenchPlatform> {
  const dataDir = join(directory, 'embedded');
  const postgresDir = join(dataDir, 'postgres');
  const [httpPort, adminPort] = [await freePort(), await freePort()];
  const start = async (): Promise<Child> => {
    const host = await startChild({
      file: process.execPath,
      args: [join(import.meta.dirname, 'embedded-host.ts'), dataDir, String(httpPort)],
      env: shippedEnvironment({ SKEIN_EMBEDDED_ADMIN_PORT: String(adminPort) }),
      log: join(directory, 'logs/embedded.log'),
    });
    // The gateway comes last: what starts is ready before all that is to be ready has started.
    const isReady = async () => (await answers(httpPort, '/health')) && answers(adminPort, '/readyz');
    await untilReady(host, 'the embedded platform', isReady);
    return host;
  };
  const host = await start();
  const note = await readOwnerNote(postgresDir);
  return {
    mode: 'embedded',
    apiUrl: `http://127.0.0.1:${httpPort}`,
    databaseUrl: note?.url ?? '',
    processes: () => ({ skein: host.pid, postgres: postmasterPid(postgresDir) }),
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}
