import type { UnregisterAgentRequest } from '@skein/contracts/registry';
import type { AgentStore } from '../app/agent-store.ts';
import { AgentNotFoundError } from '../app/registry-errors.ts';
import { agentKeyOf } from './request-fields.ts';

/** AgentRegistryService.UnregisterAgent. */
export function unregisterAgentRpc({ store }: { readonly store: AgentStore }) {
  return async (request: UnregisterAgentRequest) => {
    const key = agentKeyOf(request);
    if (!(await store.remove(key, request.version))) throw new AgentNotFoundError(key, request.version);
    return {};
  };
}
