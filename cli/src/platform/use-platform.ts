/** A platform for one command: one that runs already, else one started for it and stopped afterwards. */
import { DEFAULT_API_URL } from '../api/address.ts';
import { createApi, type Api } from '../api/api.ts';
import type { Session } from '../session.ts';
import { spanText } from '../output/time.ts';
import { startEmbeddedPlatform } from './embedded.ts';
import { livePlatforms } from './platform-note.ts';

const PROBE_TIMEOUT_MS = 1_000;

/** A platform that answers. */
export interface UsedPlatform extends AsyncDisposable {
  readonly api: Api;
  /** Whether it was started here, so that it ends with this command. */
  readonly startedHere: boolean;
}

/** What a running platform is used with. `undefined`: none runs. */
export async function findRunning(session: Session): Promise<Api | undefined> {
  const { settings, host } = session;
  const { apiUrl, namespace } = settings;
  // An address that was asked for is used as it is: when nobody answers there, that is the user's news.
  if (apiUrl !== undefined) return createApi(apiUrl, namespace, host.interrupted);
  const notes = await livePlatforms(settings);
  const addresses = [...notes.map((note) => note.api_url), ...(settings.dataDirGiven ? [] : [DEFAULT_API_URL])];
  for (const address of addresses) {
    const api = createApi(address, namespace, host.interrupted);
    if (await answers(api)) return api;
  }
  return undefined;
}

/** Uses a running platform, else starts the embedded one on a free port. */
export async function usePlatform(session: Session): Promise<UsedPlatform> {
  const running = await findRunning(session);
  return running ? notOurs(running) : startForCommand(session, 0);
}

/** A platform that goes on without us. */
export function notOurs(api: Api): UsedPlatform {
  return { api, startedHere: false, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** Starts the embedded platform for the length of this command. */
export async function startForCommand(session: Session, httpPort: number): Promise<UsedPlatform> {
  const { output, settings, host } = session;
  const faint = output.paintNote.faint;
  output.note(faint('no platform runs: starting the embedded one for this command'));
  const startedMs = performance.now();
  const platform = await startEmbeddedPlatform(session, { httpPort, warn: false });
  const api = createApi(platform.apiUrl, settings.namespace, host.interrupted);
  if (platform.elsewhere) return notOurs(api);
  const took = spanText(performance.now() - startedMs);
  output.note(faint(`it serves ${platform.apiUrl}, started in ${took}; log: ${platform.logPath}`));
  return { api, startedHere: true, [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose]() };
}

/** Whether a Skein answers there. */
async function answers({ workflows, namespace }: Api): Promise<boolean> {
  try {
    await workflows.listWorkflows({ namespace, pageSize: 1 }, { timeoutMs: PROBE_TIMEOUT_MS });
    return true;
  } catch {
    return false;
  }
}
