import type { HandlerContext } from '@connectrpc/connect';
import type { RegisterAgentRequest } from '@skein/contracts/registry';
import { registerAgent, type RegisterParts } from '../app/register-agent.ts';
import { agentToMessage } from './agent-message.ts';
import { registrationOf } from './registration-fields.ts';

/** AgentRegistryService.RegisterAgent. */
export function registerAgentRpc(parts: RegisterParts) {
  return async (request: RegisterAgentRequest, context: HandlerContext) => {
    const { agent, created } = await registerAgent(parts, registrationOf(request), context.signal);
    return { agent: agentToMessage(agent), created };
  };
}
