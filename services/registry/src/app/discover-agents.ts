import { discoverIn, type Discovered, type DiscoveryQuery } from '../domain/discovery.ts';
import type { AgentRecord } from '../domain/agent-record.ts';
import { SOURCE_ORDER, type AgentSource } from '../domain/agent-source.ts';
import type { AgentSourceStore } from './agent-source-store.ts';
import type { AgentStore } from './agent-store.ts';
import type { LoadBook } from './load-book.ts';

/** What discovering needs. */
export interface DiscoverParts {
  readonly store: AgentStore;
  readonly loads: Pick<LoadBook, 'loadOf'>;
  readonly sources: Pick<AgentSourceStore, 'list'>;
}

/** A version that fits, and who says that its agent is there. */
export interface Found extends Discovered {
  readonly source: AgentSource;
}

/** Agents read at a time. */
const PAGE = 200;

/**
 * Finds what can do something: at most `limit` versions, in the order of their sources, then of their agents, each one's newest
 * first.
 */
export async function discoverAgents(
  { store, loads, sources }: DiscoverParts,
  namespace: string,
  query: DiscoveryQuery,
  limit: number,
): Promise<readonly Found[]> {
  const listed = new Map((await sources.list(namespace)).map(({ agentId, source }) => [agentId, source]));
  const rankOf = ({ agentId }: Discovered) => SOURCE_ORDER[listed.get(agentId) ?? 'REGISTERED'];
  const found: Discovered[] = [];
  let registered = 0;
  for await (const agent of candidates(store, namespace, query)) {
    // Those of the file may come late, and are found all the same.
    if (registered >= limit && !listed.has(agent.agentId)) continue;
    const fitting = discoverIn(agent, query);
    found.push(...fitting);
    registered += fitting.length;
    if (registered >= limit && listed.size === 0) break;
  }
  return found
    .toSorted((a, b) => rankOf(a) - rankOf(b))
    .slice(0, limit)
    .map((each) => ({
      ...each,
      source: listed.get(each.agentId) ?? 'REGISTERED',
      instances: leastLoadedFirst(each.instances, loads),
    }));
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
