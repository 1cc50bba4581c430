import type { HandlerContext } from '@connectrpc/connect';
import type { RegisterAgentRequest } from '@skein/contracts/registry';
import { durationOfMs } from '@skein/events';
import type { AgentSourceStore } from '../app/agent-source-store.ts';
import { AgentListedError } from '../app/registry-errors.ts';
import { registerAgent, type RegisterParts } from '../app/register-agent.ts';
import { agentToMessage, type Loads } from './agent-message.ts';
import { registrationOf } from './registration-fields.ts';

/** Heartbeats within the life of a lease: two may be lost. */
const HEARTBEATS_PER_LEASE = 3;

/** AgentRegistryService.RegisterAgent. */
export function registerAgentRpc(
  parts: RegisterParts & { readonly loads: Loads; readonly sources: Pick<AgentSourceStore, 'sourceOf'> },
) {
  return async (request: RegisterAgentRequest, context: HandlerContext) => {
    const registration = registrationOf(request);
    const source = await parts.sources.sourceOf(registration.key);
    if (source !== 'REGISTERED') throw new AgentListedError(registration.key, source);
    const { agent, created, instanceIds } = await registerAgent(parts, registration, context.signal);
    const { leaseTtlMs } = registration;
    return {
      agent: agentToMessage(agent, parts.loads),
      created,
      instanceIds: [...instanceIds],
      ...(leaseTtlMs === undefined ? {} : { heartbeatInterval: durationOfMs(leaseTtlMs / HEARTBEATS_PER_LEASE) }),
    };
  };
}
