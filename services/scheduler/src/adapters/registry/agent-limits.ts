/**
 * Keeps the limits that agents are registered with as the registry says, for as long as it lives.
 *
 * Owns the stream to the registry. Does not own the limits: they stay as they are while the registry is away. Every
 * scheduler does this; who comes second changes nothing.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@connectrpc/connect';
import { durationMs } from '@bufbuild/protobuf/wkt';
import type { Agent, AgentRegistryService } from '@skein/contracts/registry';
import { Backoff } from '@skein/lifecycle';
import type { LimitFigures, LimitKey, LimitStore } from '../../app/limits/limit-store.ts';

/** What this takes. */
export interface AgentLimitsOptions {
  readonly registry: Client<typeof AgentRegistryService>;
  readonly limits: Pick<LimitStore, 'defineCalls' | 'definedCalls'>;
  /** The stream ended or could not be opened, or a limit could not be written; another attempt follows. */
  readonly onLost: (error: unknown) => void;
}

/** Starts; disposing ends it. */
export function followAgentLimits(options: AgentLimitsOptions): AsyncDisposable {
  const closed = new AbortController();
  const following = keepFollowing(options, closed.signal);
  return {
    async [Symbol.asyncDispose]() {
      closed.abort();
      await following;
    },
  };
}

async function keepFollowing({ registry, limits, onLost }: AgentLimitsOptions, signal: AbortSignal): Promise<void> {
  const backoff = new Backoff({ initialMs: 100, maxMs: 5000 });
  while (!signal.aborted) {
    try {
      /** Named since the stream began; undefined when all of them were. */
      let named: Set<string> | undefined = new Set();
      for await (const { change } of registry.watchRoutes({ policiesOnly: true }, { signal })) {
        switch (change.case) {
          case 'upserted': {
            const figures = figuresOf(change.value);
            if (figures !== undefined) named?.add(nameOf(keyOf(change.value)));
            if (figures !== undefined || named === undefined) await limits.defineCalls(keyOf(change.value), figures);
            break;
          }
          case 'removed':
            await limits.defineCalls(keyOf(change.value), undefined);
            break;
          case 'synced':
            for (const key of await limits.definedCalls()) {
              if (named?.has(nameOf(key)) !== true) await limits.defineCalls(key, undefined);
            }
            named = undefined;
            backoff.reset();
            break;
          default:
        }
      }
      onLost(new Error('the registry ended the stream'));
    } catch (error) {
      if (signal.aborted) return;
      onLost(error);
    }
    await delay(backoff.nextMs(), undefined, { signal }).catch(() => {});
  }
}

function keyOf({ namespace, agentId }: { readonly namespace: string; readonly agentId: string }): LimitKey {
  return { namespace, key: `agent/${agentId}` };
}

function nameOf({ namespace, key }: LimitKey): string {
  return `${namespace} ${key}`;
}

/** Undefined: the agent has no limit. */
function figuresOf({ routing }: Pick<Agent, 'routing'>): LimitFigures | undefined {
  const { maxConcurrency = 0, rateLimit = 0, ratePer } = routing?.limit ?? {};
  if (maxConcurrency === 0 && rateLimit === 0) return undefined;
  return {
    maxConcurrency: maxConcurrency || undefined,
    rate: rateLimit === 0 || ratePer === undefined ? undefined : { limit: rateLimit, perMs: durationMs(ratePer) },
  };
}
