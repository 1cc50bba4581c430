import type { Client } from '@connectrpc/connect';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { AgentProtocol, InstanceHealth, type AgentRegistryService } from '@skein/contracts/registry';
import type { RouteTable } from '../../app/route-table.ts';
import type { WorkerDirectory } from '../../app/worker-registrar.ts';
import { workerEndpoint, workerOf } from '../../domain/worker-address.ts';

const TIMEOUT_MS = 5000;

/** Registers workers as instances that this executor answers for; `routes` tells where else they are. */
export function workerDirectory(
  registry: Client<typeof AgentRegistryService>,
  executorAddress: string,
  routes: RouteTable,
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

    elsewhere({ namespace, agentId, workerId }) {
      const targets = routes.find(namespace, agentId)?.targets ?? [];
      const others = targets.filter(({ endpoint }) => {
        const worker = workerOf(endpoint);
        return worker?.workerId === workerId && worker.executorAddress !== executorAddress;
      });
      return others.map(({ instanceId }) => instanceId);
    },

    async remove({ namespace, agentId }, instanceId) {
      await registry.removeInstance({ namespace, agentId, instanceId }, options);
    },
  };
}
