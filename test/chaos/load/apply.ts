import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { AgentProtocol } from '@skein/contracts/registry';
import type { Clients } from '../../e2e/harness/clients.ts';
import type { AgentsUnderTest } from '../set/agents-member.ts';
import { WORK_DESCRIPTORS } from '../agents/work-service.ts';
import { RPC_SERVICE, TOOL, type AgentId } from './graph.ts';
import { GRAPHS } from './graphs/all.ts';
import { CALL_LIMITS } from './graphs/crowded.ts';

/**
 * Agents fail and are late by their scripts, many of them at once after a fault. A circuit breaker would take that for sick
 * instances, as it should, and runs would wait for it, or use up their attempts: neither is what is measured here.
 */
const PATIENT = { circuitBreaker: { failureThreshold: 1000 } };

/** Registers the agents, what else nodes call, and applies the workflows of every graph. */
export async function prepare(clients: Clients, namespace: string, agents: AgentsUnderTest): Promise<void> {
  const { httpUrl, grpcAddress } = agents;
  const registrations: readonly (readonly [AgentId, AgentProtocol, string])[] = [
    ['by-process', AgentProtocol.HTTP_PROCESS, httpUrl],
    ['by-invoke', AgentProtocol.HTTP_INVOKE_SSE, httpUrl],
    ['by-grpc', AgentProtocol.GRPC, grpcAddress],
  ];
  for (const { agentId, maxConcurrency = 0, rate } of CALL_LIMITS) {
    const limit = {
      maxConcurrency,
      ...(rate === undefined ? {} : { rateLimit: rate.limit, ratePer: durationFromMs(rate.perMs) }),
    };
    const where = { protocol: AgentProtocol.HTTP_PROCESS, endpoints: [httpUrl] };
    await clients.agents.registerAgent({ namespace, agentId, ...where, routing: { ...PATIENT, limit } });
  }
  for (const [agentId, protocol, endpoint] of registrations) {
    await clients.agents.registerAgent({ namespace, agentId, protocol, endpoints: [endpoint], routing: PATIENT });
  }
  const service = { namespace, serviceId: RPC_SERVICE, addresses: [grpcAddress], descriptorSet: WORK_DESCRIPTORS };
  await clients.services.registerService(service);
  const http = { method: 'POST', url: `${httpUrl}/tool` };
  await clients.tools.registerTool({ tool: { namespace, toolId: TOOL, kind: { case: 'http', value: http } } });
  const definitions = GRAPHS.flatMap(({ definition, within = [] }) => [
    ...within.map((workflow) => workflow.definition),
    definition,
  ]);
  for (const definition of definitions) {
    if (definition === undefined) continue;
    const value = JSON.stringify(definition);
    await clients.workflows.applyWorkflow({ namespace, definition: { case: 'source', value } });
  }
}
