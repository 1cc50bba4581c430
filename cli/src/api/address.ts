import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { livePlatforms } from '../platform/platform-note.ts';
import type { Settings } from '../settings.ts';

/** Where a platform serves by default. */
export const DEFAULT_API_URL = 'http://127.0.0.1:8080';

/**
 * The API's address: asked for, else of the platform that runs from the data directory, else the default. Where a data
 * directory was asked for, the default is not tried: it would be some other platform.
 */
export async function apiAddress(settings: Settings): Promise<string> {
  if (settings.apiUrl !== undefined) return checkedUrl(settings.apiUrl);
  const [note] = await livePlatforms(settings);
  if (note) return note.api_url;
  if (settings.dataDirGiven) throw nothingRuns(settings);
  return DEFAULT_API_URL;
}

function checkedUrl(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return text;
  throw new CliError({
    reason: 'INVALID_FIELD',
    message: `"${text}" is not the address of an API`,
    place: '--api or SKEIN_API_URL',
    remedy: `write a URL such as ${DEFAULT_API_URL}`,
    exitCode: EXIT.usage,
  });
}

function nothingRuns({ dataDir }: Settings): CliError {
  return new CliError({
    reason: 'SERVICE_UNAVAILABLE',
    message: `no platform runs from ${dataDir}`,
    place: '--data-dir or SKEIN_DATA_DIR',
    remedy: 'start one with `skein dev` or `skein up`, or give the address of another with --api',
    exitCode: EXIT.unreachable,
  });
}
