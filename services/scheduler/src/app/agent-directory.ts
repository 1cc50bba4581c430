/** Whether agents exist, as far as the registry can say right now. */
export interface AgentDirectory {
  /** The agents of these that are certainly not registered. Empty where the registry does not answer. */
  missing(namespace: string, agentIds: readonly string[]): Promise<readonly string[]>;
}
