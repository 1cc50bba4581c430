/**
 * Keeps the route table, and what is known of loads, as the registry says, for as long as it lives.
 *
 * Owns the stream to the registry. Does not own the table, which stays as it is while the registry is away.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@connectrpc/connect';
import type { AgentRegistryService, WatchRoutesResponse } from '@skein/contracts/registry';
import { Backoff } from '@skein/lifecycle';
import type { InstanceLedger } from '../../app/instance-ledger.ts';
import type { RouteTable } from '../../app/route-table.ts';

/** Told of the watch. */
export interface RouteWatchObserver {
  routesSynced(): void;
  /** The stream ended or could not be opened; another attempt follows. */
  routesLost(error: unknown): void;
}

/** What a watch needs. */
export interface RouteWatchOptions {
  readonly registry: Client<typeof AgentRegistryService>;
  readonly routes: RouteTable;
  readonly ledger: Pick<InstanceLedger, 'tell'>;
  readonly observer: RouteWatchObserver;
}

/** Starts watching; disposing ends it. */
export function watchRoutes(options: RouteWatchOptions): AsyncDisposable {
  const closed = new AbortController();
  const watching = keepWatching(options, closed.signal);
  return {
    async [Symbol.asyncDispose]() {
      closed.abort();
      await watching;
    },
  };
}

async function keepWatching(options: RouteWatchOptions, signal: AbortSignal): Promise<void> {
  const { registry, routes, observer } = options;
  const backoff = new Backoff({ initialMs: 50, maxMs: 1000 });
  while (!signal.aborted) {
    try {
      routes.begin();
      for await (const news of registry.watchRoutes({}, { signal })) {
        if (apply(news, options) !== 'complete') continue;
        backoff.reset();
        observer.routesSynced();
      }
      observer.routesLost(new Error('the registry ended the stream'));
    } catch (error) {
      if (signal.aborted) return;
      observer.routesLost(error);
    }
    await delay(backoff.nextMs(), undefined, { signal }).catch(() => {});
  }
}

function apply({ change }: WatchRoutesResponse, { routes, ledger }: RouteWatchOptions): 'complete' | undefined {
  switch (change.case) {
    case 'upserted':
      routes.upsert(change.value);
      return undefined;
    case 'removed':
      routes.remove(change.value.namespace, change.value.agentId);
      return undefined;
    case 'synced':
      routes.complete();
      return 'complete';
    case 'loads':
      ledger.tell(change.value.loads);
      return undefined;
    case undefined:
  }
}
