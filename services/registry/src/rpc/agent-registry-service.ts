import type { ServiceImpl } from '@connectrpc/connect';
import type { AgentRegistryService } from '@skein/contracts/registry';
import type { RegisterParts } from '../app/register-agent.ts';
import type { RouteFeed } from '../app/route-feed.ts';
import { typedAnswer, typedStream, type OnDefect } from './answer-errors.ts';
import { getAgentRpc } from './get-agent.ts';
import { listAgentsRpc } from './list-agents.ts';
import { registerAgentRpc } from './register-agent.ts';
import { unregisterAgentRpc } from './unregister-agent.ts';
import { watchRoutesRpc } from './watch-routes.ts';

/** What the RPCs are made of. */
export interface RegistryRpcParts extends RegisterParts {
  readonly feed: RouteFeed;
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
    watchRoutes: typedStream('WatchRoutes', onDefect, watchRoutesRpc(parts)),
  };
}
