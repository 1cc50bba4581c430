import { AgentProtocol, InstanceHealth, type Agent } from '@skein/contracts/registry';

/** Protocols as they are written on the command line. */
export const PROTOCOLS: Readonly<Record<string, AgentProtocol>> = {
  auto: AgentProtocol.UNSPECIFIED,
  grpc: AgentProtocol.GRPC,
  'http-process': AgentProtocol.HTTP_PROCESS,
  'http-invoke-sse': AgentProtocol.HTTP_INVOKE_SSE,
  'in-process': AgentProtocol.IN_PROCESS,
};

/** The word for a protocol. */
export function protocolWord(protocol: number): string {
  return Object.entries(PROTOCOLS).find(([, known]) => known === protocol)?.[0] ?? String(protocol);
}

const HEALTH_WORDS: ReadonlyMap<number, string> = new Map([
  [InstanceHealth.UNSPECIFIED, 'UNKNOWN'],
  [InstanceHealth.HEALTHY, 'HEALTHY'],
  [InstanceHealth.UNHEALTHY, 'UNHEALTHY'],
]);

/** The word for what the registry thinks of an instance. */
export function healthWord(health: number): string {
  return HEALTH_WORDS.get(health) ?? String(health);
}

/** The best that the registry thinks of any instance: one that answers is enough to be called. */
export function agentHealth({ instances }: Agent): string {
  if (instances.some(({ health }) => health === InstanceHealth.HEALTHY)) return 'HEALTHY';
  return instances.every(({ health }) => health === InstanceHealth.UNHEALTHY) ? 'UNHEALTHY' : 'UNKNOWN';
}
