import { join, resolve } from 'node:path';
import type { LogLevel } from '@skein/telemetry';
import { cliConfig } from './config.ts';
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
  /** Port that the API of a started platform was asked to have. */
  readonly httpPort: number | undefined;
  readonly logLevel: LogLevel;
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

/**
 * Options win over the environment, the environment over the defaults. `root` is where `.skein` is by default.
 * @throws ConfigError where the environment does not hold what it should.
 */
export function settingsOf(options: GlobalOptions, env: Environment, root: string): Settings {
  const config = cliConfig.load(env);
  const dataDir = options.dataDir ?? config.dataDir;
  return {
    namespace: options.namespace ?? config.namespace,
    output: options.output ?? 'human',
    apiUrl: (options.api ?? config.apiUrl)?.replace(/\/+$/, ''),
    dataDir: dataDir === undefined ? join(root, '.skein') : resolve(dataDir),
    dataDirGiven: dataDir !== undefined,
    quiet: options.quiet ?? false,
    color: (options.color ?? true) && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    httpPort: config.httpPort,
    logLevel: config.logLevel,
  };
}

/** The folder of one mode's platform. */
export function modeDirectory(settings: Pick<Settings, 'dataDir'>, mode: 'embedded' | 'distributed'): string {
  return join(settings.dataDir, mode);
}
