import type { DrainInstanceRequest, EnableInstanceRequest } from '@skein/contracts/registry';
import type { AgentStore, InstanceKey } from '../app/agent-store.ts';
import { InstanceNotFoundError } from '../app/registry-errors.ts';
import { instanceToMessage, type Loads } from './agent-message.ts';
import { agentIdOf, namespaceOf, textOf } from './request-fields.ts';
import { Violations } from './violations.ts';

const MAX_REASON_LENGTH = 1024;

interface Parts {
  readonly store: AgentStore;
  readonly loads: Loads;
}

/** AgentRegistryService.DrainInstance. */
export function drainInstanceRpc(parts: Parts) {
  return async (request: DrainInstanceRequest) => {
    const violations = new Violations();
    const key = instanceKeyOf(request, violations);
    const reason = textOf('reason', request.reason, MAX_REASON_LENGTH, violations);
    violations.throwIfAny();
    return { instance: await setDrained(parts, key, true, reason) };
  };
}

/** AgentRegistryService.EnableInstance. */
export function enableInstanceRpc(parts: Parts) {
  return async (request: EnableInstanceRequest) => {
    const violations = new Violations();
    const key = instanceKeyOf(request, violations);
    violations.throwIfAny();
    return { instance: await setDrained(parts, key, false, '') };
  };
}

async function setDrained({ store, loads }: Parts, key: InstanceKey, drained: boolean, reason: string) {
  const agent = await store.setDrained(key, drained, reason);
  const instance = agent?.instances.find(({ instanceId }) => instanceId === key.instanceId);
  if (instance === undefined) throw new InstanceNotFoundError(key, key.instanceId);
  return instanceToMessage(instance, loads);
}

/** The instance that a request names. */
export function instanceKeyOf(
  request: { readonly namespace: string; readonly agentId: string; readonly instanceId: string },
  violations: Violations,
): InstanceKey {
  const namespace = namespaceOf(request.namespace, violations);
  const agentId = agentIdOf(request.agentId, violations);
  if (request.instanceId === '') violations.add('instance_id', 'is required', 'REQUIRED');
  return { namespace, agentId, instanceId: textOf('instance_id', request.instanceId, 128, violations) };
}
