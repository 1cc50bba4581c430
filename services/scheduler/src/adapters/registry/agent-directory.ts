import type { Client } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';
import type { AgentRegistryService } from '@skein/contracts/registry';
import type { AgentDirectory } from '../../app/agent-directory.ts';

/** Time for which an agent that was found counts as there. */
const REMEMBER_MS = 5000;
const TIMEOUT_MS = 2000;

/**
 * Asks the registry, and remembers for a moment which agents it found. Many runs that start at once, as by schedules,
 * ask once.
 */
export function registryAgentDirectory(
  registry: Client<typeof AgentRegistryService>,
  nowMs: () => number,
  onUnreachable: (error: unknown) => void,
): AgentDirectory {
  const seenAtMs = new Map<string, number>();
  const asking = new Map<string, Promise<boolean>>();

  const isMissing = async (namespace: string, agentId: string): Promise<boolean> => {
    const key = `${namespace}/${agentId}`;
    if ((seenAtMs.get(key) ?? Number.NEGATIVE_INFINITY) > nowMs() - REMEMBER_MS) return false;
    let answer = asking.get(key);
    if (answer === undefined) {
      answer = ask(namespace, agentId, key).finally(() => asking.delete(key));
      asking.set(key, answer);
    }
    return answer;
  };

  const ask = async (namespace: string, agentId: string, key: string): Promise<boolean> => {
    try {
      await registry.getAgent({ namespace, agentId }, { timeoutMs: TIMEOUT_MS });
      seenAtMs.set(key, nowMs());
      return false;
    } catch (error) {
      seenAtMs.delete(key);
      if (ConnectError.from(error).code === Code.NotFound) return true;
      // A run need not wait for the registry: the executor asks again, and fails the node if it must.
      onUnreachable(error);
      return false;
    }
  };

  return {
    async missing(namespace, agentIds) {
      const answers = await Promise.all(agentIds.map((agentId) => isMissing(namespace, agentId)));
      return agentIds.filter((_, index) => answers[index]);
    },
  };
}
