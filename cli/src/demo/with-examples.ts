import type { UsedPlatform } from '../platform/use-platform.ts';
import type { Session } from '../session.ts';
import { startExampleAgents } from './example-agents.ts';
import { registerExamples } from './example-registration.ts';

/** A platform with the example agents at work. */
export interface PlatformWithExamples extends AsyncDisposable {
  readonly platform: UsedPlatform;
}

/**
 * Starts the example agents beside a platform and registers them. Disposing takes them out of the registry, then ends
 * the platform if it was started here, then the agents. After Ctrl-C the registry of a platform that ends too is left
 * as it is: runs that are under way then go on where they stood when platform and agents are started again.
 */
export async function withExamples(session: Session, starting: Promise<UsedPlatform>): Promise<PlatformWithExamples> {
  await using started = new AsyncDisposableStack();
  const [agents, platform] = await Promise.allSettled([startExampleAgents(session), starting]);
  if (agents.status === 'fulfilled') started.use(agents.value);
  if (platform.status === 'fulfilled') started.use(platform.value);
  if (platform.status === 'rejected') throw platform.reason;
  if (agents.status === 'rejected') throw agents.reason;
  const { api, startedHere } = platform.value;
  const release = await registerExamples(api.address, api.namespace, agents.value);
  started.defer(() => (startedHere && session.host.interrupted.aborted ? Promise.resolve() : release()));
  const kept = started.move();
  return { platform: platform.value, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
