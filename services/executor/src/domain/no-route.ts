/** What becomes of a call that no instance can be given. */
import type { AgentRoutes } from './agent-routes.ts';
import { versionFits } from './agent-version.ts';
import { lasting, passing, type CallError } from './call-failure.ts';

/** The registry has not answered yet. */
export function routesUnknown(agentId: string): CallError {
  return passing('SERVICE_UNAVAILABLE', {
    message: `the registry has not said yet where agents are; agent ${agentId} is not known`,
    place: 'registry',
    remedy: 'check that the registry runs: `skein doctor`',
  });
}

/** Nobody has registered the agent. */
export function agentNotFound(namespace: string, agentId: string, place: string): CallError {
  return lasting('AGENT_NOT_FOUND', {
    message: `no agent ${agentId} is registered in namespace ${namespace}`,
    place,
    remedy: `skein agents register ${agentId} --endpoint URL`,
  });
}

/** Why no instance of an agent may be called. */
export function noInstance(
  routes: AgentRoutes,
  range: string,
  place: string,
  restsForMs: (instanceIds: readonly string[]) => number | undefined,
): CallError {
  const { agentId, versions, targets } = routes;
  if (!versions.some((version) => versionFits(version, range))) {
    const known = versions.length === 1 ? `version ${versions[0]}` : `versions ${versions.join(', ')}`;
    return lasting('AGENT_NOT_FOUND', {
      message: `agent ${agentId} has ${known}, and the node asks for ${range}`,
      place,
      remedy: `register a version of ${agentId} that is in ${range}, or change the node's version range`,
    });
  }
  const wanted = targets.filter(({ version }) => versionFits(version, range));
  const enabled = wanted.filter(({ isDrained }) => !isDrained);
  const at = { place: `agent ${agentId}` };
  if (wanted.length > 0 && enabled.length === 0) {
    return passing('AGENT_UNAVAILABLE', {
      ...at,
      message: `every instance of agent ${agentId} is drained`,
      remedy: `put one back: skein agents enable ${agentId} INSTANCE`,
    });
  }
  const restMs = restsForMs(enabled.map(({ instanceId }) => instanceId));
  if (enabled.length > 0 && restMs !== undefined) {
    return passing('AGENT_UNAVAILABLE', {
      ...at,
      message: `every instance of agent ${agentId} failed too often just now and gets no calls for ${Math.ceil(restMs)} ms`,
      remedy: `see why they fail: skein agents get ${agentId}; or register a fallback agent`,
      retryAfterMs: restMs,
    });
  }
  return passing('AGENT_UNAVAILABLE', {
    ...at,
    message: `agent ${agentId} has no instance${range === '' ? '' : ` of a version in ${range}`}`,
    remedy: `start one, or register its address: skein agents register ${agentId} --endpoint URL`,
  });
}
