import { join } from 'node:path';
import { POSTGRES } from '../../cli/src/distributed/parts.ts';
import { distributedParts } from './distributed-parts.ts';
import { postmasterPid, serverLog, urlOf } from './embedded-postgres.ts';
import { placeOf } from './part.ts';
import { PartSet } from './part-set.ts';
import type { BenchPlatform, PlatformOptions } from './platform.ts';

/** Starts a process for each part. */
export async function startDistributedPlatform(options: PlatformOptions): Promise<BenchPlatform> {
  const { directory, schedulers, executors } = options;
  const postgresDir = join(directory, 'postgres');
  const { stages, apiUrl } = await distributedParts(directory, postgresDir, {
    scheduler: schedulers,
    executor: executors,
  });
  await using started = new AsyncDisposableStack();
  const parts = started.use(new PartSet(stages, placeOf(options)));
  await parts.start();
  const kept = started.move();
  return {
    mode: 'distributed',
    apiUrl,
    postgresLog: serverLog(postgresDir),
    databaseUrl: () => urlOf(postgresDir),
    processes() {
      // The server's keeper is a process of its own, which only a Postgres that `skein up` starts has.
      const { [POSTGRES.name]: keeper = 0, ...others } = parts.processes();
      return { ...others, 'postgres-keeper': keeper, postgres: postmasterPid(postgresDir) };
    },
    profiled: () => parts.processes(({ name, program }) => program.kind === 'node' && name !== POSTGRES.name),
    crash: (isHit = () => true) => parts.crash(isHit),
    restart: () => parts.start(),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
