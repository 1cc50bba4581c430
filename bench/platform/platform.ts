import type { NamedProcesses } from '../accounting/process-tree.ts';

/** How the parts of a platform are put together. */
export type Mode = (typeof MODES)[number];

export const MODES = ['embedded'] as const;

/** A platform to measure, as shipped but for the function that W3 needs. */
export interface BenchPlatform extends AsyncDisposable {
  readonly mode: Mode;
  readonly apiUrl: string;
  /** Of its Postgres, as its superuser. */
  readonly databaseUrl: string;
  /** Its processes now, by part; each stands for all that it has started. */
  processes(): NamedProcesses;
}

/** How a platform is started. */
export interface PlatformOptions {
  /** Keeps its data and its logs. */
  readonly directory: string;
}
