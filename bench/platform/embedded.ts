import { join } from 'node:path';
import { freePort } from '@skein/testkit';
import { answers } from './child.ts';
import { postmasterPid, serverLog, urlOf } from './embedded-postgres.ts';
import { PartSet } from './part-set.ts';
import { placeOf, type Part } from './part.ts';
import type { BenchPlatform, PlatformOptions } from './platform.ts';

/** Starts the embedded platform in a process of its own. */
export async function startEmbeddedPlatform(options: PlatformOptions): Promise<BenchPlatform> {
  const dataDir = join(options.directory, 'embedded');
  const postgresDir = join(dataDir, 'postgres');
  const [httpPort, adminPort] = [await freePort(), await freePort()];
  const host: Part = {
    name: 'skein',
    program: {
      kind: 'node',
      // As bin/skein has it.
      flags: ['--max-semi-space-size=32', '--min-semi-space-size=16'],
      entry: join(import.meta.dirname, 'embedded-host.ts'),
      args: [dataDir, String(httpPort)],
    },
    env: async () => ({ SKEIN_EMBEDDED_ADMIN_PORT: String(adminPort) }),
    // The gateway comes last: what starts is ready before all that is to be ready has started.
    isReady: async () => (await answers(httpPort, '/health')) && answers(adminPort, '/readyz'),
  };
  await using started = new AsyncDisposableStack();
  const parts = started.use(new PartSet([[host]], placeOf(options)));
  await parts.start();
  const kept = started.move();
  return {
    mode: 'embedded',
    apiUrl: `http://127.0.0.1:${httpPort}`,
    postgresLog: serverLog(postgresDir),
    databaseUrl: () => urlOf(postgresDir),
    processes: () => ({ ...parts.processes(), postgres: postmasterPid(postgresDir) }),
    profiled: () => parts.processes(),
    crash: (isHit = () => true) => parts.crash(isHit),
    restart: () => parts.start(),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
