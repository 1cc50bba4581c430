import type { Host } from './host.ts';
import { Output } from './output/output.ts';
import { settingsOf, type GlobalOptions, type Settings } from './settings.ts';

/** One command being carried out: what was asked for in general, and where its words go. */
export interface Session {
  readonly host: Host;
  readonly settings: Settings;
  readonly output: Output;
}

/** Makes the session of one command. */
export function openSession(host: Host, options: GlobalOptions): Session {
  const settings = settingsOf(options, host.env, host.root);
  const { quiet, color } = settings;
  return {
    host,
    settings,
    output: new Output(host.stdout, host.stderr, { json: settings.output === 'json', quiet, color }),
  };
}
