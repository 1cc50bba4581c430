import { AgentProtocol } from '@skein/contracts/registry';
import type { Clients } from '../../e2e/harness/clients.ts';
import type { AgentsUnderTest } from '../set/agents-member.ts';
import type { AgentId } from './graph.ts';
import { GRAPHS } from './graphs/all.ts';

/** Registers the agents and applies the workflows of every graph. */
export async function prepare(clients: Clients, namespace: string, agents: AgentsUnderTest): Promise<void> {
  const { httpUrl, grpcAddress } = agents;
  const registrations: readonly (readonly [AgentId, AgentProtocol, string])[] = [
    ['by-process', AgentProtocol.HTTP_PROCESS, httpUrl],
    ['by-invoke', AgentProtocol.HTTP_INVOKE_SSE, httpUrl],
    ['by-grpc', AgentProtocol.GRPC, grpcAddress],
  ];
  for (const [agentId, protocol, endpoint] of registrations) {
    await clients.agents.registerAgent({ namespace, agentId, protocol, endpoints: [endpoint] });
  }
  for (const { definition } of GRAPHS) {
    if (definition === undefined) continue;
    const value = JSON.stringify(definition);
    await clients.workflows.applyWorkflow({ namespace, definition: { case: 'source', value } });
  }
}
