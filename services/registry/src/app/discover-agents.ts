import { discoverIn, type Discovered, type DiscoveryQuery } from '../domain/discovery.ts';
import type { AgentRecord } from '../domain/agent-record.ts';
import type { AgentStore } from './agent-store.ts';
import type { LoadBook } from './load-book.ts';

/** What discovering needs. */
export interface DiscoverParts {
  readonly store: AgentStore;
  readonly loads: Pick<LoadBook, 'loadOf'>;
}

/** Agents read at a time. */
const PAGE = 200;

/** Finds what can do something: at most `limit` versions, in the order of their agents, each one's newest first. */
export async function discoverAgents(
  { store, loads }: DiscoverParts,
  namespace: string,
  query: DiscoveryQuery,
  limit: number,
): Promise<readonly Discovered[]> {
  const found: Discovered[] = [];
  for await (const agent of candidates(store, namespace, query)) {
    found.push(...discoverIn(agent, query));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit).map((each) => ({ ...each, instances: leastLoadedFirst(each.instances, loads) }));
}

async function* candidates(store: AgentStore, namespace: string, query: DiscoveryQuery): AsyncGenerator<AgentRecord> {
  const { agentId, agentType, capabilities } = query;
  if (agentId !== '') {
    const agent = await store.get({ namespace, agentId });
    if (agent !== undefined) yield agent;
    return;
  }
  let afterAgentId = '';
  let page: readonly AgentRecord[];
  do {
    page = await store.list({ namespace, agentType, capabilities, health: undefined, afterAgentId, limit: PAGE });
    yield* page;
    afterAgentId = page.at(-1)?.agentId ?? '';
  } while (page.length === PAGE);
}

/** By the share of capacity in use, then by calls under way; those that nobody has said anything of count as idle. */
function leastLoadedFirst<Instance extends { readonly instanceId: string }>(
  instances: readonly Instance[],
  loads: Pick<LoadBook, 'loadOf'>,
): Instance[] {
  const loadOf = ({ instanceId }: Instance) => loads.loadOf(instanceId);
  return instances.toSorted((a, b) => {
    const [one, other] = [loadOf(a), loadOf(b)];
    return (one?.load ?? 0) - (other?.load ?? 0) || (one?.inFlight ?? 0) - (other?.inFlight ?? 0);
  });
}
