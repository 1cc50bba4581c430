import type { EventBus } from '../event-bus.ts';

/** The bus once it is connected. */
export async function connected(bus: EventBus): Promise<EventBus> {
  // A subscription opened before the first connection makes that count as a reconnection.
  const { promise, resolve } = Promise.withResolvers<void>();
  const forget = bus.onReconnect(resolve);
  await using _subscription = await bus.subscribeConfirmations(() => {});
  if (!bus.state().connected) await promise;
  forget();
  return bus;
}
