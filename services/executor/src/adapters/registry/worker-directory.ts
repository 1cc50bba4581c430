import type { Client } from '@connectrpc/connect';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { AgentProtocol, InstanceHealth, type AgentRegistryService } from '@skein/contracts/registry';
import type { WorkerDirectory } from '../../app/worker-registrar.ts';
import { workerEndpoint } from '../../domain/worker-address.ts';

const TIMEOUT_MS = 5000;

/** Registers workers as instances that this executor answers for. */
export function workerDirectory(
  registry: Client<typeof AgentRegistryService>,
  executorAddress: string,
): WorkerDirectory {
  const options = { timeoutMs: TIMEOUT_MS };
  return {
    async register({ namespace, agentId, workerId, card, agentType, labels, config }, leaseMs) {
      const { instanceIds } = await registry.registerAgent(
        {
          namespace,
          agentId,
          version: card.version,
          name: card.name,
          description: card.description,
          agentType,
          capabilities: card.skills.flatMap(({ skillId, tags }) => [skillId, ...tags]),
          skills: card.skills,
          protocol: AgentProtocol.PULL,
          endpoints: [workerEndpoint(executorAddress, workerId)],
          labels: { ...labels },
          ...(config === undefined ? {} : { config }),
          leaseTtl: durationFromMs(leaseMs),
          probe: { disabled: true },
        },
        options,
      );
      return instanceIds[0] ?? '';
    },

    async beat(namespace, agentId, beats) {
      const instances = beats.map(({ instanceId, isConnected, inFlight, load }) => ({
        instanceId,
        inFlight,
        load,
        health: isConnected ? InstanceHealth.HEALTHY : InstanceHealth.UNHEALTHY,
        healthDetail: isConnected ? '' : 'the worker is not connected, or takes no more tasks',
      }));
      return (await registry.heartbeat({ namespace, agentId, instances }, options)).unknownInstanceIds;
    },

    async remove({ namespace, agentId }, instanceId) {
      await registry.removeInstance({ namespace, agentId, instanceId }, options);
    },
  };
}
