/** The runtimes that an executor has, as one. */
import type { Logger } from 'pino';
import type { PackageFolders } from '../../app/package-folders.ts';
import type { OnLine, Runtime } from '../../app/runtime.ts';
import type { RuntimeName } from '../../domain/runtime-names.ts';
import { containerRuntime } from '../container/container-runtime.ts';
import { processRuntime } from '../process/process-runtime.ts';

/** Those that start instances one by one; the others get whole deployments. */
type InstanceRuntimeName = 'process' | 'container';

/** What they need. */
export interface RuntimesOptions {
  readonly executorId: string;
  readonly runtimes: readonly RuntimeName[];
  readonly secretsDirectory: string | undefined;
  readonly cgroupDirectory: string | undefined;
  readonly dockerSocket: string;
  readonly publishAddress: string | undefined;
  readonly host: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly goneExecutors: (executorIds: readonly string[]) => Promise<readonly string[]>;
  /** Files of packages, for processes. */
  readonly packages: PackageFolders;
  readonly onLine: OnLine;
  readonly logger: Logger;
}

/** Starts each instance on the runtime of its template. */
export function runtimesOf(options: RuntimesOptions): Runtime {
  const names = options.runtimes.filter((name) => name === 'process' || name === 'container');
  const runtimes = new Map(names.map((name) => [name, MAKERS[name](options)]));
  return {
    start(instance) {
      const name = instance.settings.runtime.case;
      const runtime = runtimes.get(name);
      if (runtime === undefined) throw new Error(`this executor does not have the runtime ${name}`);
      return runtime.start(instance);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...runtimes.values()].map((runtime) => runtime[Symbol.asyncDispose]()));
    },
  };
}

const MAKERS: Readonly<Record<InstanceRuntimeName, (options: RuntimesOptions) => Runtime>> = {
  process: processRuntime,
  container: ({ dockerSocket, logger, ...options }) =>
    containerRuntime({
      ...options,
      socketPath: dockerSocket,
      observer: {
        engineLost: (error) => logger.warn({ err: error }, 'the Docker Engine is away; trying again'),
        engineBack: () => logger.info('the Docker Engine is back'),
        containersRemoved: (count) => logger.info({ count }, 'removed containers that nobody keeps any more'),
      },
    }),
};
