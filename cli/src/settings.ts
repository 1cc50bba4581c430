import { join, resolve } from 'node:path';
import type { Environment } from './host.ts';

/** What the global options and the environment come to. */
export interface Settings {
  readonly namespace: string;
  readonly output: 'human' | 'json';
  /** Address asked for with --api or SKEIN_API_URL. */
  readonly apiUrl: string | undefined;
  /** Absolute path; holds `embedded` and `distributed`. */
  readonly dataDir: string;
  /** Whether the data directory was chosen rather than left at its default. */
  readonly dataDirGiven: boolean;
  readonly quiet: boolean;
  /** Whether colour is allowed; whether there is any depends on the terminal too. */
  readonly color: boolean;
}

/** The global options as the command line gives them. */
export interface GlobalOptions {
  readonly namespace?: string;
  readonly output?: 'human' | 'json';
  readonly api?: string;
  readonly dataDir?: string;
  readonly quiet?: boolean;
  readonly color?: boolean;
}

/** Options win over the environment, the environment over the defaults. `root` is where `.skein` is by default. */
export function settingsOf(options: GlobalOptions, env: Environment, root: string): Settings {
  const dataDir = options.dataDir ?? given(env['SKEIN_DATA_DIR']);
  return {
    namespace: options.namespace ?? given(env['SKEIN_NAMESPACE']) ?? 'default',
    output: options.output ?? 'human',
    apiUrl: (options.api ?? given(env['SKEIN_API_URL']))?.replace(/\/+$/, ''),
    dataDir: dataDir === undefined ? join(root, '.skein') : resolve(dataDir),
    dataDirGiven: dataDir !== undefined,
    quiet: options.quiet ?? false,
    color: (options.color ?? true) && given(env['NO_COLOR']) === undefined && env['TERM'] !== 'dumb',
  };
}

/** The folder of one mode's platform. */
export function modeDirectory(settings: Pick<Settings, 'dataDir'>, mode: 'embedded' | 'distributed'): string {
  return join(settings.dataDir, mode);
}

function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
