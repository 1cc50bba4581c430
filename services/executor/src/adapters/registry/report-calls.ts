import type { Client } from '@connectrpc/connect';
import { BreakerState, type AgentRegistryService } from '@skein/contracts/registry';
import type { InstanceCalls } from '../../app/instance-ledger.ts';

const TIMEOUT_MS = 2000;

/** Tells the registry how the calls of this executor go. */
export async function reportCalls(
  registry: Client<typeof AgentRegistryService>,
  executorId: string,
  calls: readonly InstanceCalls[],
): Promise<void> {
  const instances = calls.map((each) => ({ ...each, breaker: BreakerState[each.breaker] }));
  await registry.reportCalls({ executorId, instances }, { timeoutMs: TIMEOUT_MS });
}
