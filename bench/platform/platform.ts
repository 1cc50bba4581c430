import type { NamedProcesses } from '../accounting/process-tree.ts';

export const MODES = ['embedded', 'distributed'] as const;

/** How the parts of a platform are put together. */
export type Mode = (typeof MODES)[number];

/** A platform to measure, as shipped but for the function that W3 needs. */
export interface BenchPlatform extends AsyncDisposable {
  readonly mode: Mode;
  readonly apiUrl: string;
  /** Its Postgres' server log. */
  readonly postgresLog: string;
  /** Of its Postgres, as its superuser. It may change with a restart. */
  databaseUrl(): Promise<string>;
  /** Its processes now, by part; each stands for all that it has started. */
  processes(): NamedProcesses;
  /** Those of {@link processes} that are Node and can write a CPU profile. */
  profiled(): NamedProcesses;
  /** Ends every process of some parts at once (SIGKILL), all that they have started included. Default: all parts. */
  crash(isHit?: (part: string) => boolean): Promise<void>;
  /** Starts what does not run, where it was before, and waits until it is ready. */
  restart(): Promise<void>;
}

/** How a platform is started. */
export interface PlatformOptions {
  /** Keeps its data and its logs. */
  readonly directory: string;
  /** Distributed: how many of each. */
  readonly schedulers: number;
  readonly executors: number;
  /** Where sampled traces go. Default: nowhere, so that none are taken. */
  readonly tracesUrl?: string;
  /** Folder that CPU profiles are written to on request. Default: the processes are not prepared for it. */
  readonly profileDir?: string;
}
