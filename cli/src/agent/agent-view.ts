import {
  AgentProtocol,
  BreakerState,
  InstanceHealth,
  RoutingStrategy,
  type Agent,
  type Instance,
} from '@skein/contracts/registry';

/** Protocols as they are written on the command line. */
export const PROTOCOLS: Readonly<Record<string, AgentProtocol>> = {
  auto: AgentProtocol.UNSPECIFIED,
  grpc: AgentProtocol.GRPC,
  'http-process': AgentProtocol.HTTP_PROCESS,
  'http-invoke-sse': AgentProtocol.HTTP_INVOKE_SSE,
  'http-execute': AgentProtocol.HTTP_EXECUTE,
  a2a: AgentProtocol.A2A,
  'in-process': AgentProtocol.IN_PROCESS,
  pull: AgentProtocol.PULL,
};

/** The word for a protocol. */
export function protocolWord(protocol: number): string {
  return Object.entries(PROTOCOLS).find(([, known]) => known === protocol)?.[0] ?? String(protocol);
}

const HEALTH_WORDS: ReadonlyMap<number, string> = new Map([
  [InstanceHealth.UNSPECIFIED, 'UNKNOWN'],
  [InstanceHealth.HEALTHY, 'HEALTHY'],
  [InstanceHealth.DEGRADED, 'DEGRADED'],
  [InstanceHealth.UNHEALTHY, 'UNHEALTHY'],
]);

/** The word for what the registry thinks of an instance. */
export function healthWord(health: number): string {
  return HEALTH_WORDS.get(health) ?? String(health);
}

/** Healths as they are written on the command line. */
export const HEALTHS = {
  healthy: InstanceHealth.HEALTHY,
  degraded: InstanceHealth.DEGRADED,
  unhealthy: InstanceHealth.UNHEALTHY,
} as const;

/** Routing strategies as they are written on the command line. */
export const STRATEGIES: Readonly<Record<string, RoutingStrategy>> = {
  'least-loaded': RoutingStrategy.LEAST_LOADED,
  'round-robin': RoutingStrategy.ROUND_ROBIN,
  random: RoutingStrategy.RANDOM,
  'latency-based': RoutingStrategy.LATENCY_BASED,
};

/** The word for a strategy. */
export function strategyWord(strategy: number): string {
  return Object.entries(STRATEGIES).find(([, known]) => known === strategy)?.[0] ?? 'least-loaded';
}

/** Why an instance takes no calls, else its health. */
export function instanceState({ drained, health, load }: Instance): string {
  if (drained) return 'DRAINED';
  if (load?.breaker === BreakerState.OPEN) return 'BREAKER_OPEN';
  return healthWord(health);
}

/** The best that the registry thinks of any instance: one that answers is enough to be called. */
export function agentHealth({ instances }: Agent): string {
  for (const best of [InstanceHealth.HEALTHY, InstanceHealth.DEGRADED]) {
    if (instances.some(({ health }) => health === best)) return healthWord(best);
  }
  return instances.every(({ health }) => health === InstanceHealth.UNHEALTHY) ? 'UNHEALTHY' : 'UNKNOWN';
}
