import type { Client } from '@connectrpc/connect';
import { EventService } from '@skein/contracts/eventlog';
import { LlmService } from '@skein/contracts/llm';
import { AgentRegistryService, RpcRegistryService, ToolService } from '@skein/contracts/registry';
import { RunService, WorkflowService } from '@skein/contracts/scheduler';
import { explainOutage } from './explain-outage.ts';

/** The services behind the edge. */
export interface Clients {
  readonly runs: Client<typeof RunService>;
  readonly workflows: Client<typeof WorkflowService>;
  readonly agents: Client<typeof AgentRegistryService>;
  readonly services: Client<typeof RpcRegistryService>;
  readonly tools: Client<typeof ToolService>;
  readonly events: Client<typeof EventService>;
  readonly llm: Client<typeof LlmService>;
}

/** The same clients; a service that does not answer is named in the error. */
export function explainedClients({ runs, workflows, agents, services, tools, events, llm }: Clients): Clients {
  return {
    runs: explainOutage(RunService, 'scheduler', runs),
    workflows: explainOutage(WorkflowService, 'scheduler', workflows),
    agents: explainOutage(AgentRegistryService, 'registry', agents),
    services: explainOutage(RpcRegistryService, 'registry', services),
    tools: explainOutage(ToolService, 'registry', tools),
    events: explainOutage(EventService, 'event-log', events),
    llm: explainOutage(LlmService, 'llm-proxy', llm),
  };
}
