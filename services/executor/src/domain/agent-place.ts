/** An agent and its address, as failures name their place. */
export function agentPlace(agentId: string, endpoint: string): string {
  return `agent ${agentId} at ${endpoint}`;
}
