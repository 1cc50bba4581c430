import type { RemoveInstanceRequest } from '@skein/contracts/registry';
import type { AgentStore } from '../app/agent-store.ts';
import { instanceKeyOf } from './drain-instance.ts';
import { Violations } from './violations.ts';

/** AgentRegistryService.RemoveInstance. */
export function removeInstanceRpc({ store }: { readonly store: AgentStore }) {
  return async (request: RemoveInstanceRequest) => {
    const violations = new Violations();
    const key = instanceKeyOf(request, violations);
    violations.throwIfAny();
    await store.removeInstance(key);
    return {};
  };
}
