import type { Client } from '@connectrpc/connect';
import { DoctorService } from '@skein/contracts/doctor';
import { EventService } from '@skein/contracts/eventlog';
import { LlmService } from '@skein/contracts/llm';
import { AgentRegistryService } from '@skein/contracts/registry';
import { RunService, WorkflowService } from '@skein/contracts/scheduler';
import { explainOutage } from './explain-outage.ts';

/** The services behind the edge. */
export interface Clients {
  readonly runs: Client<typeof RunService>;
  readonly workflows: Client<typeof WorkflowService>;
  readonly agents: Client<typeof AgentRegistryService>;
  readonly events: Client<typeof EventService>;
  readonly llm: Client<typeof LlmService>;
  /** The audit of each service that has a database, by its name. */
  readonly doctors: Readonly<Record<string, Client<typeof DoctorService>>>;
}

/** The same clients; a service that does not answer is named in the error. */
export function explainedClients({ runs, workflows, agents, events, llm, doctors }: Clients): Clients {
  return {
    runs: explainOutage(RunService, 'scheduler', runs),
    workflows: explainOutage(WorkflowService, 'scheduler', workflows),
    agents: explainOutage(AgentRegistryService, 'registry', agents),
    events: explainOutage(EventService, 'event-log', events),
    llm: explainOutage(LlmService, 'llm-proxy', llm),
    doctors: Object.fromEntries(
      Object.entries(doctors).map(([name, doctor]) => [name, explainOutage(DoctorService, name, doctor)]),
    ),
  };
}
