import type { ServiceImpl } from '@connectrpc/connect';
import type { AgentRegistryService } from '@skein/contracts/registry';
import type { RegisterParts } from '../app/register-agent.ts';
import type { LoadBook } from '../app/load-book.ts';
import type { RouteFeed } from '../app/route-feed.ts';
import { typedAnswer, typedStream, type OnDefect } from './answer-errors.ts';
import { discoverAgentsRpc } from './discover-agents.ts';
import type { AgentSourceStore } from '../app/agent-source-store.ts';
import { drainInstanceRpc, enableInstanceRpc } from './drain-instance.ts';
import { getAgentRpc } from './get-agent.ts';
import { heartbeatRpc } from './heartbeat.ts';
import { listAgentsRpc } from './list-agents.ts';
import { registerAgentRpc } from './register-agent.ts';
import { removeInstanceRpc } from './remove-instance.ts';
import { reportCallsRpc } from './report-calls.ts';
import { unregisterAgentRpc } from './unregister-agent.ts';
import { watchRoutesRpc } from './watch-routes.ts';

/** What the RPCs are made of. */
export interface RegistryRpcParts extends RegisterParts {
  readonly feed: RouteFeed;
  readonly loads: LoadBook;
  readonly sources: AgentSourceStore;
  readonly onDefect: OnDefect;
}

/** skein.registry.v1.AgentRegistryService. */
export function agentRegistryService(parts: RegistryRpcParts): ServiceImpl<typeof AgentRegistryService> {
  const { onDefect } = parts;
  return {
    registerAgent: typedAnswer('RegisterAgent', onDefect, registerAgentRpc(parts)),
    unregisterAgent: typedAnswer('UnregisterAgent', onDefect, unregisterAgentRpc(parts)),
    getAgent: typedAnswer('GetAgent', onDefect, getAgentRpc(parts)),
    listAgents: typedAnswer('ListAgents', onDefect, listAgentsRpc(parts)),
    discoverAgents: typedAnswer('DiscoverAgents', onDefect, discoverAgentsRpc(parts)),
    heartbeat: typedAnswer('Heartbeat', onDefect, heartbeatRpc(parts)),
    drainInstance: typedAnswer('DrainInstance', onDefect, drainInstanceRpc(parts)),
    enableInstance: typedAnswer('EnableInstance', onDefect, enableInstanceRpc(parts)),
    removeInstance: typedAnswer('RemoveInstance', onDefect, removeInstanceRpc(parts)),
    reportCalls: typedAnswer('ReportCalls', onDefect, reportCallsRpc(parts)),
    watchRoutes: typedStream('WatchRoutes', onDefect, watchRoutesRpc(parts)),
  };
}
