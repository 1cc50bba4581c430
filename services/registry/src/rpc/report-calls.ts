import type { ReportCallsRequest } from '@skein/contracts/registry';
import type { LoadBook } from '../app/load-book.ts';
import { breakerOfMessage } from './agent-message.ts';
import { idOf, namespaceOf } from './request-fields.ts';
import { Violations } from './violations.ts';

const MAX_INSTANCES = 10_000;

/** AgentRegistryService.ReportCalls. */
export function reportCallsRpc({ loads }: { readonly loads: LoadBook }) {
  return async (request: ReportCallsRequest) => {
    const violations = new Violations();
    const executorId = idOf('executor_id', request.executorId, violations);
    if (request.instances.length > MAX_INSTANCES) violations.add('instances', `give at most ${MAX_INSTANCES}`);
    const calls = request.instances.map(({ namespace, agentId, instanceId, inFlight, latencyMs, breaker }, at) => {
      if (!(latencyMs >= 0 && Number.isFinite(latencyMs)))
        violations.add(`instances[${at}].latency_ms`, 'give 0 or more');
      return {
        executorId,
        namespace: namespaceOf(namespace, violations),
        agentId,
        instanceId,
        inFlight,
        latencyMs,
        breaker: breakerOfMessage(breaker) ?? ('CLOSED' as const),
      };
    });
    violations.throwIfAny();
    for (const each of calls) loads.calls(each);
    return {};
  };
}
