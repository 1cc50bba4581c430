import { join } from 'node:path';
import type { EmbeddedPlatform, PlatformElsewhere } from '@skein/embedded';
import { keepHeapSmall } from '@skein/lifecycle';
import { modeDirectory } from '../settings.ts';
import type { Session } from '../session.ts';
import { openLogFile } from './log-file.ts';

export interface EmbeddedStart {
  /** Port of the API; 0 takes a free one. */
  readonly httpPort: number;
  /** Whether warnings go to standard error too. */
  readonly warn: boolean;
}

/** An embedded platform and where its log is. */
export type StartedEmbedded = (EmbeddedPlatform | PlatformElsewhere) & { readonly logPath: string };

/** Starts the embedded platform of the data directory in this process, or finds the process that runs it. */
export async function startEmbeddedPlatform(session: Session, start: EmbeddedStart): Promise<StartedEmbedded> {
  const { host, settings } = session;
  const dataDir = modeDirectory(settings, 'embedded');
  const [{ startEmbedded }, { createLogger }] = await Promise.all([
    import('@skein/embedded'),
    import('@skein/telemetry'),
  ]);
  const destination = openLogFile(join(dataDir, 'platform.log'), start.warn ? host.stderr : undefined);
  const loggerOf = (service: string) => createLogger({ service, level: settings.logLevel, destination });
  const platform = await startEmbedded({ dataDir, httpPort: start.httpPort, loggerOf, env: host.env });
  keepHeapSmall();
  return Object.assign(platform, { logPath: destination.path });
}
