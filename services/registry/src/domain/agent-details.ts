import { isDeepStrictEqual } from 'node:util';
import type { AgentDetails, AgentRecord } from './agent-record.ts';

/** The details of an agent alone. */
export function detailsOf(agent: AgentDetails): AgentDetails {
  const { version, name, description, capabilities, skills, agentType, protocol, labels, config, timeoutMs } = agent;
  const { probe, credentials, cardFacts } = agent;
  return {
    version,
    name,
    description,
    capabilities,
    skills,
    agentType,
    protocol,
    labels,
    config,
    timeoutMs,
    probe,
    credentials,
    cardFacts,
  };
}

/** Whether two agents differ in no detail. */
export function sameDetails(one: AgentDetails, other: AgentDetails): boolean {
  return isDeepStrictEqual(detailsOf(one), detailsOf(other));
}

/** Whether nobody who routes to the agent need know of the difference. */
export function sameRoutes(one: AgentRecord, other: AgentRecord): boolean {
  return isDeepStrictEqual(withoutSigns(one), withoutSigns(other));
}

function withoutSigns(agent: AgentRecord): AgentRecord {
  const instances = agent.instances.map((instance) => ({
    ...instance,
    lastHealthyAtMs: undefined,
    leaseExpiresAtMs: undefined,
  }));
  return { ...agent, instances };
}
