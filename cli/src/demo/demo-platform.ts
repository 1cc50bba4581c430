import { createApi, type Api } from '../api/api.ts';
import { chooseApiPort } from '../platform/api-port.ts';
import { livePlatforms, type Mode } from '../platform/platform-note.ts';
import { findRunning, notOurs, startForCommand, type UsedPlatform } from '../platform/use-platform.ts';
import type { Session } from '../session.ts';

/** The platform of a demo: one that runs, else one of the wanted mode that ends with the demo. */
export async function startDemoPlatform(session: Session, mode: Mode): Promise<UsedPlatform> {
  const running = await findDemoPlatform(session, mode);
  if (running) {
    session.output.note(`using the platform that runs at ${running.address}`);
    return notOurs(running);
  }
  if (mode === 'embedded') return startForCommand(session, await chooseApiPort(session.settings));
  return startDistributed(session);
}

/** Any platform will do for the embedded demo; the distributed one wants a distributed one. */
async function findDemoPlatform(session: Session, mode: Mode): Promise<Api | undefined> {
  const { settings, host } = session;
  if (mode === 'embedded' || settings.apiUrl !== undefined) return findRunning(session);
  const note = (await livePlatforms(settings)).find((live) => live.mode === mode);
  return note && createApi(note.api_url, settings.namespace, host.interrupted);
}

async function startDistributed(session: Session): Promise<UsedPlatform> {
  const [{ bringUp }, { takeDown }] = await Promise.all([
    import('../distributed/bring-up.ts'),
    import('../distributed/take-down.ts'),
  ]);
  const { settings, host } = session;
  const { api_url: address } = await bringUp(session);
  const api = createApi(address, settings.namespace, host.interrupted);
  return { api, startedHere: true, [Symbol.asyncDispose]: () => takeDown(session).then(() => undefined) };
}
