import type { GetAgentRequest } from '@skein/contracts/registry';
import type { AgentStore } from '../app/agent-store.ts';
import { AgentNotFoundError } from '../app/registry-errors.ts';
import { agentToMessage, type Loads } from './agent-message.ts';
import { agentKeyOf } from './request-fields.ts';

/** AgentRegistryService.GetAgent. */
export function getAgentRpc({ store, loads }: { readonly store: AgentStore; readonly loads: Loads }) {
  return async (request: GetAgentRequest) => {
    const key = agentKeyOf(request);
    const agent = await store.get(key);
    if (agent === undefined) throw new AgentNotFoundError(key);
    return { agent: agentToMessage(agent, loads) };
  };
}
